//! Places inside a value, for people and for the protocol.

use std::fmt;

use super::quoted;
use crate::proto;

/// A place inside a resource, such as `rule[2].name`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path(Vec<Step>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into an attribute or a block.
    Attribute(String),
    /// To an element of a list, from 0.
    Index(usize),
    /// To an entry of a map.
    Key(String),
    /// To an element of a set, which has no name.
    Element,
}

impl Path {
    /// Returns the path of the whole resource.
    pub const fn root() -> Self {
        Self(Vec::new())
    }

    /// Returns whether the path is the whole resource.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the path to an attribute of what this path names.
    #[must_use]
    pub fn attribute(self, name: impl Into<String>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// Returns the path to an element of the list that this path names.
    #[must_use]
    pub fn index(self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// Returns the path to an entry of the map that this path names.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// Returns the path one step further.
    #[must_use]
    pub fn step(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// Returns the path that begins with `step` and continues as this one.
    #[must_use]
    pub(crate) fn under(mut self, step: Step) -> Self {
        self.0.insert(0, step);
        self
    }

    /// Returns the path without its last step.
    #[must_use]
    pub(crate) fn parent(mut self) -> Self {
        self.0.pop();
        self
    }

    /// Returns the steps from the whole resource inwards.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Encodes the path up to the first set: Terraform would take the position of an
    /// element for that of another, in the order of the configuration.
    pub(crate) fn to_proto(&self) -> proto::AttributePath {
        use proto::attribute_path::step::Selector;
        let selectors = self.0.iter().map_while(|step| match step {
            Step::Attribute(name) => Some(Selector::AttributeName(name.clone())),
            Step::Key(key) => Some(Selector::ElementKeyString(key.clone())),
            Step::Index(index) => Some(Selector::ElementKeyInt(
                i64::try_from(*index).unwrap_or(i64::MAX),
            )),
            Step::Element => None,
        });
        let steps = selectors.map(|selector| proto::attribute_path::Step {
            selector: Some(selector),
        });
        proto::AttributePath {
            steps: steps.collect(),
        }
    }
}

impl FromIterator<Step> for Path {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

/// An attribute of the whole resource.
impl From<&str> for Path {
    fn from(attribute: &str) -> Self {
        Self::root().attribute(attribute)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if at == 0 => write!(f, "{name}")?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Key(key) => write!(f, "[{}]", quoted(key))?,
                Step::Element => write!(f, "[*]")?,
            }
        }
        Ok(())
    }
}
