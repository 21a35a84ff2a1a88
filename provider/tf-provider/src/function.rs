//! Provider functions.

use crate::Context;
use crate::model::{Field, Model};
use crate::value::{Type, ValueError};

/// A function that configurations call as `provider::<provider>::<name>(…)`.
///
/// It must return the same result for the same arguments, and have no side effects: a
/// call is dropped when Terraform asks to stop. It runs without the provider's
/// configuration, whenever Terraform evaluates an expression.
pub trait Function: Send + Sync + 'static {
    /// Its name.
    const NAME: &'static str;

    /// Whether the last parameter, a `Vec`, takes any number of arguments, none of
    /// them null or unknown.
    const VARIADIC: bool = false;

    /// What to use instead, where the function is deprecated.
    const DEPRECATED: Option<&'static str> = None;

    /// The client that [`Provider::configure`](crate::Provider::configure) returns.
    type Client: Send + Sync + 'static;

    /// Its parameters, in the order of the fields. The model's description is the
    /// function's, and the first paragraph its summary. Use `Option` for a parameter that
    /// accepts null, and [`Attr`](crate::Attr) for one that also accepts unknown values.
    type Arguments: Model;

    /// The type of its result.
    type Output: Field + Send;

    /// Computes the result.
    fn run(
        &self,
        cx: &Context<Self::Client>,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<Self::Output, FunctionError>> + Send;
}

/// An error of a function, and the argument at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionError {
    /// What is wrong, and the next step.
    pub text: String,
    /// The parameter whose argument is at fault.
    pub parameter: Option<String>,
    /// The position of the argument at fault, from 0, if it is one of many of its parameter.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// Creates an error.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            parameter: None,
            argument: None,
        }
    }

    /// Returns the error of an argument that its parameter does not take.
    pub(crate) fn invalid(parameter: &Parameter, position: usize, error: &ValueError) -> Self {
        let (number, name) = (position + 1, &parameter.name);
        Self {
            argument: Some(position),
            ..Self::new(format!("Argument {number} ({name}): {error}.")).at(name)
        }
    }

    /// Returns the same error, about the argument of this parameter.
    #[must_use]
    pub fn at(mut self, parameter: impl Into<String>) -> Self {
        self.parameter = Some(parameter.into());
        self
    }
}

impl<E: std::error::Error> From<E> for FunctionError {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

/// The signature of a function.
#[derive(Debug, Clone)]
pub struct Signature {
    /// What it does, in Markdown; the first paragraph is its summary.
    pub description: String,
    /// The parameters in order.
    pub parameters: Vec<Parameter>,
    /// The last parameter, if it takes any number of arguments.
    pub variadic: Option<Parameter>,
    /// The type of the result.
    pub returns: Type,
    /// What to use instead, where it is deprecated.
    pub deprecated: Option<&'static str>,
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name, for documentation.
    pub name: String,
    /// What it is, in Markdown.
    pub description: String,
    /// The type of each of its arguments.
    pub ty: Type,
    /// Whether an argument may be null.
    pub nullable: bool,
    /// Whether an argument may be unknown.
    pub unknowable: bool,
}

impl Signature {
    /// Returns the parameter that takes the argument at this position, from 0.
    pub(crate) fn parameter(&self, position: usize) -> Option<&Parameter> {
        self.parameters.get(position).or(self.variadic.as_ref())
    }

    /// Returns the position of the argument that an error is about.
    pub(crate) fn position(&self, error: &FunctionError) -> Option<usize> {
        error.argument.or_else(|| {
            let mut all = self.parameters.iter().chain(&self.variadic);
            all.position(|parameter| Some(&parameter.name) == error.parameter.as_ref())
        })
    }

    /// Returns the first paragraph of the description, in one line.
    pub fn summary(&self) -> String {
        let lines = self.description.lines().map(str::trim);
        let first = lines.take_while(|line| !line.is_empty());
        first.collect::<Vec<_>>().join(" ")
    }
}
