//! Faults that a test injects between clients and the embedded AWS, as a network and a busy AWS
//! make them.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hyper::{HeaderMap, Method, StatusCode, Uri, header::AUTHORIZATION};

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The service refuses it with this status and this error code, such as 503 `SlowDown`.
    Error(StatusCode, &'static str),
    /// The connection ends before the request reaches the service.
    Reset,
    /// The service does it, and the connection ends before the answer arrives.
    LostAnswer,
    /// It reaches the service late.
    Delay(Duration),
}

/// An operation of a service, as its requests name it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    /// The service of the signature (SigV4's credential scope), such as `dynamodb`.
    service: String,
    /// The operation, such as `PutItem`.
    operation: String,
}

#[derive(Debug)]
struct Planned {
    call: Call,
    fault: Fault,
    left: usize,
}

/// The faults to come; without any, every request passes.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Planned>>);

impl Faults {
    /// Makes the next `times` requests of an operation fail, such as `dynamodb` `PutItem`.
    ///
    /// Several faults of one operation come in the order of their injection.
    pub fn inject(&self, service: &str, operation: &str, fault: Fault, times: usize) {
        let call = Call {
            service: service.to_owned(),
            operation: operation.to_owned(),
        };
        let left = times;
        self.lock().push(Planned { call, fault, left });
    }

    /// How many of the injected faults have not happened yet.
    pub fn left(&self) -> usize {
        self.lock().iter().map(|planned| planned.left).sum()
    }

    /// Takes the fault of a request, if one is planned.
    pub(super) fn take(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Fault> {
        let mut planned = self.lock();
        let call = Call::of(method, uri, headers)?;
        let mut due = planned.iter_mut().filter(|planned| planned.left > 0);
        let due = due.find(|planned| planned.call == call)?;
        due.left -= 1;
        Some(due.fault.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Planned>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Call {
    /// Reads what a signed request calls: the JSON protocols name the operation in `X-Amz-Target`
    /// (`DynamoDB_20120810.PutItem`), S3's clients in the parameter `x-id`.
    fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (_, scope) = text(AUTHORIZATION.as_str())?.split_once("Credential=")?;
        // <access key>/<date>/<region>/<service>/aws4_request
        let service = scope.split('/').nth(3)?.to_owned();
        let target = text("x-amz-target").and_then(|target| target.rsplit('.').next());
        let parameters = uri.query().unwrap_or_default().split('&');
        let id = parameters.filter_map(|it| it.strip_prefix("x-id=")).next();
        let operation = target.or(id).unwrap_or(method.as_str()).to_owned();
        Some(Self { service, operation })
    }
}

/// The body of an error: XML of S3, JSON of the others (AWS JSON 1.0 and 1.1, "Operation error
/// serialization" in the Smithy documentation).
pub(super) fn body(code: &str, headers: &HeaderMap) -> (&'static str, String) {
    if headers.contains_key("x-amz-target") {
        let body = format!(r#"{{"__type":"{code}","message":"injected by a test"}}"#);
        return ("application/x-amz-json-1.0", body);
    }
    let body = format!("<Error><Code>{code}</Code><Message>injected by a test</Message></Error>");
    ("application/xml", body)
}
