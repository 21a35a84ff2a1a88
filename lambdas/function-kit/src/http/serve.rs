//! Runs a function behind an HTTP API.

use std::convert::Infallible;
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use lambda_runtime::{Context, LambdaEvent, service_fn};

use super::size::{MAX_PAYLOAD_BYTES, escaped_bytes};
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
    let answer = answer.and_then(of_bounded_size);
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

/// Lambda would end an invocation with a larger answer, and the client would read of no reason.
fn of_bounded_size(response: Response) -> Result<Response, Problem> {
    // This leaves room for the headers, of which a function sends few.
    let fits = escaped_bytes(response.body()) < MAX_PAYLOAD_BYTES - 100_000;
    let problem = || Problem::internal("the answer is larger than Lambda takes");
    fits.then_some(response).ok_or_else(problem)
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
    use std::sync::{Arc, Mutex, PoisonError};

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

    /// Whether anybody listens to a log line is found once for the process: a test that logs without
    /// a listener would silence another.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

    /// Answers the request. Returns the answer and what was logged meanwhile.
    fn answered<H, F>(handler: &H, request: Request, deadline: Deadline) -> (Response, String)
    where
        H: Fn(Request) -> F,
        F: Future<Output = Result<Response, Problem>>,
    {
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        let response = tracing::subscriber::with_default(subscriber, || {
            runtime
                .unwrap()
                .block_on(answer(handler, request, deadline))
        });
        let logged = log.0.lock().unwrap().clone();
        (response, String::from_utf8(logged).unwrap())
    }

    fn far() -> Deadline {
        Deadline::after(HTTP_API_TIMEOUT)
    }

    #[test]
    fn a_request_that_takes_too_long_is_answered_all_the_same() {
        let deadline = Deadline::after(MARGIN);
        let endless = async |_| std::future::pending().await;
        let (response, log) = answered(&endless, request("/", ""), deadline);
        assert_eq!(response.status(), 503);
        assert!(deadline.left() > Duration::ZERO);
        assert!(log.contains("time is up"), "{log}");
    }

    #[test]
    fn an_answer_that_lambda_would_not_take_is_a_failure_that_is_logged() {
        for (length, status) in [(2_900_000, 200), (3_000_000, 500)] {
            let large = async |_| Ok(Response::new("\"".repeat(length)));
            let (response, log) = answered(&large, request("/", ""), far());
            assert_eq!(response.status(), status);
            assert_eq!(log.contains("larger than Lambda"), status == 500, "{log}");
        }
    }

    /// A name of megabytes, sent as a duplicate, would otherwise be answered and logged in full.
    #[test]
    fn what_a_client_sends_is_answered_in_brief_and_not_logged() {
        let name = "secret".repeat(500_000);
        let mut duplicate = request("/", "");
        duplicate.body = format!(r#"{{"{name}":1,"{name}":2}}"#);
        let handler = async |request: Request| {
            request
                .json::<Value>(usize::MAX)
                .and(Err(Problem::internal("unreachable")))
        };
        let (response, log) = answered(&handler, duplicate, far());
        assert_eq!(response.status(), 400);
        assert!(response.body().len() < 1024, "{}", response.body().len());
        assert!(log.contains("400") && !log.contains("secret"), "{log:.200}");
        assert_eq!(log.lines().count(), 1);
    }

    #[test]
    fn a_long_cause_is_logged_in_one_line_of_bounded_length() {
        let broken = async |_| Err(Problem::internal("cause".repeat(1_000_000)));
        let (_, log) = answered(&broken, request("/", ""), far());
        assert!(
            log.contains("causecause") && log.len() < 4096,
            "{}",
            log.len()
        );
        assert_eq!(log.lines().count(), 1);
    }

    #[test]
    fn a_failure_is_answered_with_the_request_it_is_about() {
        let busy = async |_| Err(Problem::unavailable("secret"));
        let (response, _) = answered(&busy, request("/", ""), far());
        let event = into_event(response);
        assert_eq!(event.status_code, 503);
        assert_eq!(event.headers["cache-control"], "no-store");
        let Some(Body::Text(body)) = event.body else {
            panic!("no body")
        };
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["instance"], "id");
    }
}
