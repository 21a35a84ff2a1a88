//! S3's event "Object Created", as EventBridge delivers it ("EventBridge event message structure"
//! of the S3 user guide).

use serde::Deserialize;

use crate::arrive::{Arrival, Arrivals};
use crate::ports::PortError;

/// An event. What it says of the object beside its place is not read: S3 is asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Notification {
    detail: Detail,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Detail {
    bucket: Bucket,
    object: Key,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Key {
    key: String,
}

/// Receives the object that the event tells of.
///
/// # Errors
/// When a port fails, and the event is to be delivered again.
pub async fn handle(arrivals: &Arrivals, event: Notification) -> Result<(), PortError> {
    let Detail { bucket, object } = event.detail;
    let key = object.key;
    if bucket.name != arrivals.uploads_bucket {
        tracing::warn!(bucket = bucket.name, "event of another bucket");
        return Ok(());
    }
    match arrivals.at(&key).await? {
        None => tracing::warn!(key, "no upload waits for this object"),
        Some(Arrival::Missing(_)) => tracing::warn!(key, "the object is not there"),
        Some(Arrival::TooLate) => tracing::warn!(
            key,
            "the object came too late; it is removed, now or by the reconciler"
        ),
        Some(Arrival::Received(_) | Arrival::Refused(_)) => {}
    }
    Ok(())
}
