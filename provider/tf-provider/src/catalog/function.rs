//! Functions over values.

use async_trait::async_trait;

use crate::block::Attribute;
use crate::function::{FunctionError, Parameter, Signature};
use crate::model::{Field, Model};
use crate::value::{Step, Type, Value, ValueError};
use crate::{Context, Function};

/// [`Function`], whatever its arguments.
#[async_trait]
pub trait AnyFunction<C>: Send + Sync + 'static {
    fn signature(&self) -> &Signature;
    /// Calls it with as many arguments as there are parameters, and any number
    /// more if it is variadic.
    async fn run(&self, cx: &Context<C>, arguments: Vec<Value>) -> Result<Value, FunctionError>;
}

pub struct Adapter<F> {
    function: F,
    signature: Signature,
}

impl<F: Function> Adapter<F> {
    pub fn new(function: F) -> Self {
        let block = F::Arguments::block();
        let mut parameters: Vec<_> = block.attributes.into_iter().map(parameter).collect();
        let variadic = if F::VARIADIC {
            parameters.pop().map(each)
        } else {
            None
        };
        let signature = Signature {
            description: block.description,
            parameters,
            variadic,
            returns: F::Output::shape().ty(),
            deprecated: F::DEPRECATED,
        };
        Self {
            function,
            signature,
        }
    }
}

fn parameter(attribute: Attribute) -> Parameter {
    Parameter {
        ty: attribute.shape.ty(),
        name: attribute.name,
        description: attribute.description,
        nullable: attribute.nullable,
        unknowable: attribute.unknowable,
    }
}

/// The parameter for each element of a list.
fn each(parameter: Parameter) -> Parameter {
    match parameter.ty {
        Type::List(element) | Type::Set(element) => Parameter {
            ty: *element,
            ..parameter
        },
        _ => parameter,
    }
}

#[async_trait]
impl<F: Function> AnyFunction<F::Client> for Adapter<F> {
    fn signature(&self) -> &Signature {
        &self.signature
    }

    async fn run(
        &self,
        cx: &Context<F::Client>,
        arguments: Vec<Value>,
    ) -> Result<Value, FunctionError> {
        let signature = &self.signature;
        let fixed = signature.parameters.len();
        let mut arguments = arguments.into_iter();
        let names = signature.parameters.iter().map(|it| it.name.clone());
        let mut named: Vec<_> = names.zip(arguments.by_ref()).collect();
        if let Some(rest) = &signature.variadic {
            named.push((rest.name.clone(), Value::List(arguments.collect())));
        }
        let arguments = F::Arguments::from_value(&Value::object(named))
            .map_err(|error| invalid(signature, fixed, error))?;
        Ok(self.function.run(cx, arguments).await?.to_value())
    }
}

/// Returns the error of the argument that `error`, one of the model of all of them, is about.
fn invalid(signature: &Signature, fixed: usize, error: ValueError) -> FunctionError {
    let (position, rest) = match error.path.steps() {
        [Step::Attribute(name), rest @ ..] => {
            let position = signature.parameters.iter().position(|it| it.name == *name);
            match (position, rest) {
                (Some(position), rest) => (position, rest),
                (None, [Step::Index(index), rest @ ..]) => (fixed + index, rest),
                (None, rest) => (fixed, rest),
            }
        }
        _ => return FunctionError::new(format!("{error}.")),
    };
    let inner = ValueError {
        path: rest.iter().cloned().collect(),
        ..error
    };
    match signature.parameter(position) {
        Some(parameter) => FunctionError::invalid(parameter, position, &inner),
        None => FunctionError::new(format!("{inner}.")),
    }
}
