//! Faults that a test injects between clients and the embedded AWS, as a network and a busy AWS
//! make them: one by one ([`Faults::inject`]), at random ([`Faults::at_random`]), or all of a
//! service for a while ([`Faults::outage`]).

mod chance;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use hyper::{HeaderMap, Method, StatusCode, Uri, header::AUTHORIZATION};

pub use chance::{Chance, Likelihood};

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
    /// The access key that signed it.
    access_key: String,
    /// The service of the signature (SigV4's credential scope), such as `dynamodb`.
    service: String,
    /// The operation, such as `PutItem`.
    operation: String,
}

#[derive(Debug)]
struct Planned {
    service: String,
    operation: String,
    fault: Fault,
    left: usize,
}

/// A service that refuses everybody but one access key.
#[derive(Debug)]
struct Outage {
    service: String,
    spared: String,
    fault: Fault,
    refused: usize,
}

#[derive(Debug, Default)]
struct Plan {
    injected: Vec<Planned>,
    outage: Option<Outage>,
    chance: Option<Chance>,
}

/// The faults to come; without any, every request passes.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Plan>);

impl Faults {
    /// Makes the next `times` requests of an operation fail, such as `dynamodb` `PutItem`.
    ///
    /// Several faults of one operation come in the order of their injection.
    pub fn inject(&self, service: &str, operation: &str, fault: Fault, times: usize) {
        let planned = Planned {
            service: service.to_owned(),
            operation: operation.to_owned(),
            fault,
            left: times,
        };
        self.lock().injected.push(planned);
    }

    /// How many of the injected faults have not happened yet.
    pub fn left(&self) -> usize {
        self.lock()
            .injected
            .iter()
            .map(|planned| planned.left)
            .sum()
    }

    /// Makes calls fail by chance from now on.
    pub fn at_random(&self, chance: Chance) {
        self.lock().chance = Some(chance);
    }

    /// Ends the faults by chance; returns how many have come, by service and kind.
    pub fn end_of_chance(&self) -> BTreeMap<(&'static str, &'static str), usize> {
        let chance = self.lock().chance.take();
        chance.map_or_else(BTreeMap::new, |chance| chance.happened().clone())
    }

    /// Answers every call of a service with `fault` from now on, but for those of the access key
    /// `spared`.
    pub fn outage(&self, service: &str, spared: &str, fault: Fault) {
        self.lock().outage = Some(Outage {
            service: service.to_owned(),
            spared: spared.to_owned(),
            fault,
            refused: 0,
        });
    }

    /// Ends the outage; returns how many calls it has refused.
    pub fn end_of_outage(&self) -> usize {
        let outage = self.lock().outage.take();
        outage.map_or(0, |outage| outage.refused)
    }

    /// Takes the fault of a request, if one is planned.
    pub(super) fn take(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Fault> {
        let mut plan = self.lock();
        let call = Call::of(method, uri, headers)?;
        let mut due = plan.injected.iter_mut().filter(|planned| planned.left > 0);
        if let Some(due) = due.find(|planned| planned.is_of(&call)) {
            due.left -= 1;
            return Some(due.fault.clone());
        }
        let outage = plan.outage.as_mut();
        if let Some(outage) = outage.filter(|outage| outage.hits(&call)) {
            outage.refused += 1;
            return Some(outage.fault.clone());
        }
        plan.chance.as_mut()?.fault(&call)
    }

    fn lock(&self) -> MutexGuard<'_, Plan> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Planned {
    fn is_of(&self, call: &Call) -> bool {
        (&self.service, &self.operation) == (&call.service, &call.operation)
    }
}

impl Outage {
    fn hits(&self, call: &Call) -> bool {
        self.service == call.service && self.spared != call.access_key
    }
}

impl Call {
    /// Reads what a signed request calls: the JSON protocols name the operation in `X-Amz-Target`
    /// (`DynamoDB_20120810.PutItem`), S3's clients in the parameter `x-id`.
    fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let (_, scope) = text(AUTHORIZATION.as_str())?.split_once("Credential=")?;
        // <access key>/<date>/<region>/<service>/aws4_request
        let mut scope = scope.split('/');
        let (access_key, service) = (scope.next()?.to_owned(), scope.nth(2)?.to_owned());
        let target = text("x-amz-target").and_then(|target| target.rsplit('.').next());
        let parameters = uri.query().unwrap_or_default().split('&');
        let id = parameters.filter_map(|it| it.strip_prefix("x-id=")).next();
        let operation = target.or(id).unwrap_or(method.as_str()).to_owned();
        Some(Self {
            access_key,
            service,
            operation,
        })
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
