//! The executions of a state machine in Step Functions.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_sfn::Client;
use function_kit::aws::{code, port_error};
use function_kit::{PortError, Write};

use crate::domain::OrderKey;
use crate::ports::Executions;

/// A state machine.
#[derive(Debug, Clone)]
pub struct StateMachine {
    client: Client,
    arn: String,
}

impl StateMachine {
    /// Returns the state machine of that ARN.
    pub fn new(config: &SdkConfig, arn: String) -> Self {
        Self {
            client: Client::new(config),
            arn,
        }
    }
}

#[async_trait]
impl Executions for StateMachine {
    async fn start(&self, order: OrderKey) -> Result<Write, PortError> {
        let operation = || format!("StartExecution of {}", self.arn);
        let input =
            serde_json::to_string(&order).map_err(|error| PortError::broken(operation(), error))?;
        let request = self.client.start_execution().state_machine_arn(&self.arn);
        let started = request
            .name(order.order_id.to_string())
            .input(input)
            .send()
            .await;
        match started {
            Ok(_) => Ok(Write::Done),
            Err(error) if code(&error) == Some("ExecutionAlreadyExists") => Ok(Write::Conflict),
            Err(error) => Err(port_error(operation(), error)),
        }
    }
}
