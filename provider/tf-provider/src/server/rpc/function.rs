//! Calls of functions.

use std::sync::Arc;

use super::answer::MAX_DETAIL;
use crate::proto::{self, DynamicValue, call_function};
use crate::server::session::{Call, Session};
use crate::value::{Value, excerpt};
use crate::{FunctionError, Provider, Signature};

impl<P: Provider> Session<P> {
    pub(super) async fn call_function(
        self: &Arc<Self>,
        request: call_function::Request,
    ) -> call_function::Response {
        match self.run_function(request).await {
            Ok(result) => call_function::Response {
                result: Some(DynamicValue::encode(&result)),
                error: None,
            },
            Err(error) => call_function::Response {
                result: None,
                error: Some(error),
            },
        }
    }

    async fn run_function(
        self: &Arc<Self>,
        request: call_function::Request,
    ) -> Result<Value, proto::FunctionError> {
        let failed = |error: FunctionError, position: Option<usize>| proto::FunctionError {
            text: excerpt(&error.text, MAX_DETAIL).into_owned(),
            function_argument: position.and_then(|position| i64::try_from(position).ok()),
        };
        let functions = &self.catalog.functions;
        let function = functions
            .get(&request.name)
            .map_err(|error| failed(FunctionError::new(error.summary), None))?;
        let call = Call {
            rpc: "CallFunction",
            of: &request.name,
            droppable: true,
        };
        let called = function.clone();
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let arguments = match decode(called.signature(), request.arguments) {
                Ok(arguments) => arguments,
                Err(error) => return Ok(Err(error)),
            };
            // A function has no effects, so that it can be dropped wherever it is.
            let run = cx
                .cancellation()
                .run_until_cancelled(called.run(&cx, arguments));
            run.await.ok_or_else(|| cx.stopped().into())
        });
        let outcome = outcome.await;
        match outcome.value {
            Some(Ok(result)) => Ok(result),
            Some(Err(error)) => {
                let position = function.signature().position(&error);
                Err(failed(error, position))
            }
            None => {
                let texts = outcome.diagnostics.iter();
                let texts = texts.map(|found| format!("{}: {}", found.summary, found.detail));
                let texts: Vec<_> = texts.collect();
                Err(failed(FunctionError::new(texts.join("\n")), None))
            }
        }
    }
}

/// Decodes as many arguments as the function has parameters, and more if it is variadic.
fn decode(
    signature: &Signature,
    arguments: Vec<DynamicValue>,
) -> Result<Vec<Value>, FunctionError> {
    let (found, fixed) = (arguments.len(), signature.parameters.len());
    if found < fixed || (found > fixed && signature.variadic.is_none()) {
        let least = signature.variadic.as_ref().map_or("", |_| "at least ");
        let text = format!("Expected {least}{fixed} arguments, found {found}.");
        return Err(FunctionError::new(text));
    }
    let parameters = (0..found).filter_map(|position| signature.parameter(position));
    let decoded = arguments.into_iter().zip(parameters).enumerate();
    decoded
        .map(|(position, (argument, parameter))| {
            DynamicValue::decode(Some(argument), &parameter.ty)
                .map_err(|error| FunctionError::invalid(parameter, position, &error))
        })
        .collect()
}
