//! Calls of functions.

use std::sync::Arc;

use super::super::session::{Call, Outcome, Session, not_offered};
use crate::{
    Diagnostic, FunctionError, Provider, Signature,
    catalog::AnyFunction,
    proto::{self, DynamicValue, call_function},
    value::Value,
};

impl<P: Provider> Session<P> {
    pub(super) async fn call_function(
        self: &Arc<Self>,
        request: call_function::Request,
    ) -> call_function::Response {
        let name = request.name;
        let Some(function) = self.catalog.functions.get(name.as_str()).cloned() else {
            let Diagnostic { summary, .. } = not_offered("function", &name);
            return failed(FunctionError::new(summary), None);
        };
        let call = Call {
            rpc: "CallFunction",
            of: &name,
        };
        let called = function.clone();
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            Ok(match decode(called.as_ref(), request.arguments) {
                Ok(arguments) => called.call(&cx, arguments).await,
                Err(error) => Err(error),
            })
        });
        let Outcome {
            value, diagnostics, ..
        } = outcome.await;
        match value {
            Some(Ok(result)) => call_function::Response {
                result: Some(DynamicValue::encode(&result)),
                error: None,
            },
            Some(Err(error)) => failed(error, Some(function.signature())),
            None => {
                let texts = diagnostics
                    .iter()
                    .map(|d| format!("{}: {}", d.summary, d.detail));
                let text = texts.collect::<Vec<_>>().join("\n");
                failed(FunctionError::new(text), None)
            }
        }
    }
}

fn decode<C>(
    function: &dyn AnyFunction<C>,
    arguments: Vec<DynamicValue>,
) -> Result<Vec<Value>, FunctionError> {
    let Signature {
        parameters,
        variadic,
        ..
    } = function.signature();
    let (given, wanted) = (arguments.len(), parameters.len());
    if given < wanted || (given > wanted && variadic.is_none()) {
        let text = format!("The function takes {wanted} arguments, and was given {given}.");
        return Err(FunctionError::new(text));
    }
    let types = parameters
        .iter()
        .chain(std::iter::repeat(variadic).flatten());
    let decoded = arguments
        .into_iter()
        .zip(types)
        .map(|(argument, parameter)| {
            DynamicValue::decode(Some(argument), &parameter.ty)
                .map_err(|error| FunctionError::new(error.to_string()).at(&parameter.name))
        });
    decoded.collect()
}

/// The error as the protocol has it: with the position of the argument.
fn failed(error: FunctionError, signature: Option<&Signature>) -> call_function::Response {
    let position = signature.and_then(|signature| {
        let parameter = error.parameter.as_deref()?;
        let mut all = signature.parameters.iter().chain(&signature.variadic);
        all.position(|p| p.name == parameter)
            .and_then(|at| i64::try_from(at).ok())
    });
    let error = proto::FunctionError {
        text: error.text,
        function_argument: position,
    };
    call_function::Response {
        result: None,
        error: Some(error),
    }
}
