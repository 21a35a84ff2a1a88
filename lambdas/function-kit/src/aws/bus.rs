//! A bus in EventBridge, for what others should hear of.

use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, PutEventsResultEntry};

use super::{kind_of, port_error};
use crate::port::PortError;

/// A bus of EventBridge.
#[derive(Debug, Clone)]
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// Returns the bus of that name or ARN.
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self {
            client: Client::new(config),
            name,
        }
    }

    /// Puts an event on it, whose `detail` is JSON. Sends one entry a call, so that what is retried
    /// is what failed.
    ///
    /// # Errors
    /// When EventBridge refuses the event, or cannot be reached.
    pub async fn put_event(
        &self,
        source: &str,
        detail_type: &str,
        detail: String,
    ) -> Result<(), PortError> {
        let operation = || format!("PutEvents on bus {}", self.name);
        let entry = PutEventsRequestEntry::builder()
            .event_bus_name(&self.name)
            .source(source)
            .detail_type(detail_type)
            .detail(detail)
            .build();
        let sent = self.client.put_events().entries(entry).send().await;
        let output = sent.map_err(|error| port_error(operation(), error))?;
        taken(output.entries(), operation)
    }
}

/// Fails when an entry was refused: PutEvents answers 200 all the same, and says so in the entry's
/// result.
fn taken(
    entries: &[PutEventsResultEntry],
    operation: impl FnOnce() -> String,
) -> Result<(), PortError> {
    let Some(code) = entries.iter().find_map(PutEventsResultEntry::error_code) else {
        return Ok(());
    };
    Err(PortError {
        operation: operation(),
        kind: kind_of(code),
        source: code.into(),
    })
}

#[cfg(test)]
mod tests {
    use crate::port::PortErrorKind;

    use super::*;

    /// The codes of "PutEventsResultEntry"
    /// (docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html).
    #[test]
    fn an_entry_that_the_bus_refuses_is_a_failure_of_its_kind() {
        let entry = PutEventsResultEntry::builder();
        let put = entry
            .event_id("11710aed-b79e-4468-a20b-bb3c0c3b4860")
            .build();
        let kind = |code: &str| {
            let refused = PutEventsResultEntry::builder().error_code(code).build();
            let error = taken(&[refused], || "PutEvents".to_owned()).unwrap_err();
            error.kind
        };
        assert!(taken(&[put], || "PutEvents".to_owned()).is_ok());
        for code in ["InternalFailure", "ThrottlingException"] {
            assert_eq!(kind(code), PortErrorKind::Busy, "{code}");
        }
        for code in [
            "AccessDeniedException",
            "MalformedDetail",
            "NotAuthorizedForSourceException",
        ] {
            assert_eq!(kind(code), PortErrorKind::Broken, "{code}");
        }
    }
}
