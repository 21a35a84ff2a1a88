//! Attributes and blocks: what a schema consists of, and what follows from it.
//!
//! The protocol's messages, validation, planning and documentation all read it.
//! Models declare it: see [`model!`](crate::model!).

mod check;
mod encode;
pub(crate) mod plan;
mod validate;
mod validator;

pub(crate) use check::Role;
pub(crate) use validate::{refuse_write_only, validate};
pub use validator::Validator;

use crate::value::{Path, Step, Type, Value};

/// The schema of a resource, data source, ephemeral resource or provider.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Version of the shape of stored state; see
    /// [`Resource::VERSION`](crate::Resource::VERSION).
    pub version: i64,
    /// The attributes and blocks.
    pub block: Block,
}

/// The attributes and blocks of one level.
#[derive(Debug, Clone)]
pub struct Block {
    /// Its description, in Markdown.
    pub description: String,
    /// The attributes, in the order of their declaration.
    pub attributes: Vec<Attribute>,
    /// The blocks, in the order of their declaration.
    pub blocks: Vec<NestedBlock>,
}

/// An attribute.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Its name in the configuration.
    pub name: String,
    /// Its description, in Markdown.
    pub description: String,
    /// Its type, or the objects that it holds.
    pub shape: Shape,
    /// Who sets its value.
    pub mode: Mode,
    /// Whether Terraform hides its value.
    pub sensitive: bool,
    /// Whether its value is never stored; the provider sees it while applying.
    pub write_only: bool,
    /// The replacement to name, if it is deprecated.
    pub deprecated: Option<String>,
    /// Its value if the configuration leaves it out.
    pub default: Option<Value>,
    /// Whether a change of it replaces the resource.
    pub requires_replace: bool,
    /// Whether an update keeps its value, unless the plan says otherwise.
    pub use_state_for_unknown: bool,
    /// Whether it is part of the resource's identity.
    pub identity: bool,
    /// The checks of its value.
    pub validators: Vec<Validator>,
    /// Its relations to its siblings.
    pub relations: Vec<Relation>,
    /// Whether its field in the model can hold null.
    pub nullable: bool,
    /// Whether its field in the model can hold an unknown value.
    pub unknowable: bool,
}

/// What an attribute holds.
#[derive(Debug, Clone)]
pub enum Shape {
    /// A value of this type.
    Value(Type),
    /// Objects with attributes of their own.
    Objects(Nesting, Block),
}

impl Shape {
    /// Returns the type of its values.
    pub fn ty(&self) -> Type {
        match self {
            Self::Value(ty) => ty.clone(),
            Self::Objects(nesting, block) => nesting.ty(block.ty()),
        }
    }

    /// Returns the shape of a collection of these.
    pub(crate) fn collected(self, nesting: Nesting) -> Self {
        match self {
            Self::Objects(Nesting::Single, block) => Self::Objects(nesting, block),
            other => Self::Value(nesting.ty(other.ty())),
        }
    }
}

/// Who sets the value of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The configuration, always.
    Required,
    /// The configuration, or nobody.
    Optional,
    /// The provider, always.
    Computed,
    /// The configuration, or else the provider.
    OptionalComputed,
}

impl Mode {
    /// Returns whether the provider may set the value.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}

/// A relation of an attribute to its siblings, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// None of them may be set if this one is.
    ConflictsWith(Vec<String>),
    /// All of them must be set if this one is.
    AlsoRequires(Vec<String>),
    /// Exactly one of this one and them must be set.
    ExactlyOneOf(Vec<String>),
    /// At least one of this one and them must be set.
    AtLeastOneOf(Vec<String>),
}

/// A block inside another.
#[derive(Debug, Clone)]
pub struct NestedBlock {
    /// Its name in the configuration.
    pub name: String,
    /// How its objects are held.
    pub nesting: Nesting,
    /// The least number of such blocks.
    pub min_items: u32,
    /// The greatest number of such blocks; 0 for any number.
    pub max_items: u32,
    /// Its attributes and blocks.
    pub block: Block,
    /// Whether its declaration says more than a block can express.
    pub(crate) overdeclared: bool,
}

/// An attribute or a nested block.
pub(crate) struct Member<'a> {
    pub name: &'a str,
    /// None for a block.
    pub attribute: Option<&'a Attribute>,
    /// The objects that it holds, if it does.
    pub objects: Option<(Nesting, &'a Block)>,
}

/// How objects are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nesting {
    /// One object, or none.
    Single,
    /// In order.
    List,
    /// Without order or duplicates.
    Set,
    /// By name.
    Map,
}

impl Nesting {
    pub(crate) fn ty(self, element: Type) -> Type {
        match self {
            Self::Single => element,
            Self::List => Type::list(element),
            Self::Set => Type::set(element),
            Self::Map => Type::map(element),
        }
    }

    /// Returns the objects that `value` holds, each with the step to it.
    pub(crate) fn objects(self, value: &Value) -> Vec<(Option<Step>, &Value)> {
        match (self, value) {
            (Self::Single, Value::Map(_)) => vec![(None, value)],
            (_, Value::List(elements)) => elements
                .iter()
                .enumerate()
                .map(|(i, e)| (Some(Step::Index(i)), e))
                .collect(),
            (_, Value::Set(elements)) => {
                elements.iter().map(|e| (Some(Step::Element), e)).collect()
            }
            (Self::Map, Value::Map(entries)) => entries
                .iter()
                .map(|(k, e)| (Some(Step::Key(k.clone())), e))
                .collect(),
            _ => Vec::new(),
        }
    }
}

impl Block {
    /// Creates a block without attributes.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            attributes: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Returns the attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// Returns as much of `path` as Terraform finds in the text of a configuration: through
    /// blocks to an attribute and an element of it, but not into the objects it holds.
    pub(crate) fn written(&self, path: &Path) -> Path {
        let mut block = self;
        let mut written = Path::root();
        let mut steps = path.steps().iter().peekable();
        while let Some(step) = steps.next() {
            written = written.step(step.clone());
            if let Some(element) = steps.next_if(|step| !matches!(step, Step::Attribute(_))) {
                written = written.step(element.clone());
            }
            let Step::Attribute(name) = step else { break };
            match block.blocks.iter().find(|nested| nested.name == *name) {
                Some(nested) => block = &nested.block,
                None => break,
            }
        }
        written
    }

    /// Returns the attributes, and then the blocks.
    pub(crate) fn members(&self) -> impl Iterator<Item = Member<'_>> {
        let attributes = self.attributes.iter().map(|attribute| Member {
            name: &attribute.name,
            attribute: Some(attribute),
            objects: match &attribute.shape {
                Shape::Objects(nesting, block) => Some((*nesting, block)),
                Shape::Value(_) => None,
            },
        });
        attributes.chain(self.blocks.iter().map(|nested| Member {
            name: &nested.name,
            attribute: None,
            objects: Some((nested.nesting, &nested.block)),
        }))
    }

    /// Returns the type of the object that a configuration of this block is.
    pub fn ty(&self) -> Type {
        Type::object(self.members().filter_map(|member| {
            let ty = match (member.attribute, member.objects) {
                (Some(attribute), _) => attribute.shape.ty(),
                (None, objects) => objects.map(|(nesting, block)| nesting.ty(block.ty()))?,
            };
            Some((member.name, ty))
        }))
    }
}
