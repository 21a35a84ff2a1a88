//! Runs a function behind an HTTP API.

use std::convert::Infallible;
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use lambda_runtime::{Context, LambdaEvent, service_fn};

use super::{Request, Response};
use crate::deadline::Deadline;
use crate::problem::Problem;
use crate::text::chain;

/// How long an HTTP API waits for the function ("Quotas for configuring and running an HTTP API in
/// API Gateway", integration timeout).
const HTTP_API_TIMEOUT: Duration = Duration::from_secs(30);

/// Runs the function: each request goes to `handler`, and what that returns is the answer. A
/// failure (5xx) is logged with its causes, a refusal by its status: what the client sent is not
/// in the log.
///
/// # Errors
/// When the Lambda runtime's API cannot be reached.
pub async fn serve<H, F>(handler: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let handler = &handler;
    lambda_runtime::run(service_fn(
        move |event: LambdaEvent<ApiGatewayV2httpRequest>| async move {
            let deadline = deadline(&event.context, HTTP_API_TIMEOUT);
            let response = answer(handler, event.payload.into(), deadline).await;
            Ok::<_, Infallible>(into_event(response))
        },
    ))
    .await
}

/// Returns when the answer is due: before Lambda ends the invocation, and before API Gateway gives
/// up on it.
pub(super) fn deadline(context: &Context, timeout: Duration) -> Deadline {
    Deadline::of(context).min(Deadline::after(timeout))
}

pub(super) async fn answer<H, F>(handler: &H, request: Request, deadline: Deadline) -> Response
where
    H: Fn(Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let request_id = request.request_id.clone();
    let answer = deadline.bound(handler(request)).await;
    let answer = answer.unwrap_or_else(|time_is_up| Err(Problem::unavailable(time_is_up)));
    let mut response = answer.unwrap_or_else(|problem| {
        log(&problem, &request_id);
        problem.into_response(&request_id)
    });
    // Every answer is one caller's own, and is what its Content-Type says.
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn log(problem: &Problem, request_id: &str) {
    let status = problem.status().as_u16();
    match problem.cause() {
        Some(cause) => tracing::error!(request_id, status, cause = chain(cause), "request failed"),
        None => {
            let mistakes = problem.mistakes();
            tracing::info!(request_id, status, mistakes, "request refused");
        }
    }
}

fn into_event(response: Response) -> ApiGatewayV2httpResponse {
    let (parts, body) = response.into_parts();
    let mut event = ApiGatewayV2httpResponse::default();
    event.status_code = parts.status.as_u16().into();
    event.headers = parts.headers;
    event.body = Some(Body::Text(body));
    event
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::super::request::tests::request;
    use super::*;
    use crate::deadline::MARGIN;

    /// What was logged.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn far() -> Deadline {
        Deadline::after(HTTP_API_TIMEOUT)
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_answered_all_the_same() {
        let deadline = Deadline::after(MARGIN);
        let endless = async |_| std::future::pending().await;
        let response = answer(&endless, request("/", ""), deadline).await;
        assert_eq!(response.status(), 503);
        assert!(deadline.left() > Duration::ZERO);
    }

    /// A name of megabytes, sent as a duplicate, would otherwise be answered and logged in full.
    #[tokio::test]
    async fn what_a_client_sends_is_answered_in_brief_and_not_logged() {
        let name = "secret".repeat(500_000);
        let mut duplicate = request("/", "");
        duplicate.body = format!(r#"{{"{name}":1,"{name}":2}}"#);
        let handler = async |request: Request| {
            request
                .json::<Value>(usize::MAX)
                .and(Err(Problem::internal("unreachable")))
        };
        let log = Log::default();
        let logged = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || logged.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let response = answer(&handler, duplicate, far()).await;
        assert_eq!(response.status(), 400);
        assert!(response.body().len() < 1024, "{}", response.body().len());
        let broken = async |_| Err(Problem::internal("cause".repeat(1_000_000)));
        answer(&broken, request("/", ""), far()).await;

        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].contains("400") && !log.contains("secret"),
            "{log:.200}"
        );
        assert!(lines.iter().all(|line| line.len() < 4096));
    }

    #[tokio::test]
    async fn a_failure_is_answered_with_the_request_it_is_about() {
        let busy = async |_| Err(Problem::unavailable("secret"));
        let event = into_event(answer(&busy, request("/", ""), far()).await);
        assert_eq!(event.status_code, 503);
        assert_eq!(event.headers["cache-control"], "no-store");
        let Some(Body::Text(body)) = event.body else {
            panic!("no body")
        };
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["instance"], "id");
    }
}
