//! Functions over values.

use async_trait::async_trait;

use crate::{
    Context, Function,
    function::{FunctionError, Parameter, Signature},
    model::{Field, Model},
    schema::Attribute,
    value::{Step, Type, Value},
};

/// [`Function`], whatever its arguments.
#[async_trait]
pub trait AnyFunction<C>: Send + Sync {
    fn signature(&self) -> &Signature;
    /// Calls it with as many arguments as there are parameters, and any number
    /// more if it is variadic.
    async fn call(&self, cx: &Context<C>, arguments: Vec<Value>) -> Result<Value, FunctionError>;
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

    async fn call(
        &self,
        cx: &Context<F::Client>,
        arguments: Vec<Value>,
    ) -> Result<Value, FunctionError> {
        let Signature {
            parameters,
            variadic,
            ..
        } = &self.signature;
        let mut arguments = arguments.into_iter();
        let mut named: Vec<_> = parameters
            .iter()
            .map(|p| p.name.clone())
            .zip(arguments.by_ref())
            .collect();
        if let Some(rest) = variadic {
            named.push((rest.name.clone(), Value::List(arguments.collect())));
        }
        let arguments = F::Arguments::from_value(&Value::object(named)).map_err(|error| {
            let at = match error.path.steps().first() {
                Some(Step::Attribute(name)) => name.clone(),
                _ => String::new(),
            };
            FunctionError::new(format!("{error}.")).at(at)
        })?;
        Ok(self.function.call(cx, arguments).await?.to_value())
    }
}
