//! Lambda functions of the order system, in one binary.

use aws_lambda_events::dynamodb::Event as StreamBatch;
use function_kit::text::chain;
use function_kit::{Deadline, Environment, PortError, http, telemetry};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use order_system::api::{orders, users};
use order_system::role::Role;
use order_system::workflow::{Task, TaskError, TaskInput, TaskResult};
use order_system::{announce, erase, start};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let environment = Environment::of_process();
    telemetry::init(&environment)?;
    let served = match &Role::of(&environment).await? {
        Role::Users(api) => http::serve(async |request| users::handle(api, request).await).await,
        Role::Orders(api) => http::serve(async |request| orders::handle(api, request).await).await,
        Role::Stream(announcer) => {
            run(service_fn(async |event: LambdaEvent<StreamBatch>| {
                let deadline = Deadline::of(&event.context);
                Ok::<_, Error>(announce::handle(announcer, event.payload, deadline).await?)
            }))
            .await
        }
        Role::Start(starter) => {
            run(service_fn(async |event: LambdaEvent<start::Batch>| {
                let deadline = Deadline::of(&event.context);
                Ok::<_, Error>(start::handle(starter, event.payload, deadline).await)
            }))
            .await
        }
        Role::Erase(eraser) => {
            run(service_fn(async |event: LambdaEvent<erase::Erase>| {
                let deadline = Deadline::of(&event.context);
                Ok::<_, Error>(erase::handle(eraser, event.payload, deadline).await?)
            }))
            .await
        }
        Role::Task(task) => {
            run(service_fn(async |event: LambdaEvent<TaskInput>| {
                let deadline = Deadline::of(&event.context);
                attempt(&**task, event.payload, deadline).await
            }))
            .await
        }
    };
    served.map_err(anyhow::Error::from_boxed)
}

async fn attempt(
    task: &dyn Task,
    input: TaskInput,
    deadline: Deadline,
) -> Result<TaskResult, TaskError> {
    let (user_id, order_id) = (input.order.user_id, input.order.order_id);
    let outcome = deadline.bound(task.run(&input)).await;
    let outcome = outcome.unwrap_or_else(|late| Err(PortError::from(late).into()));
    match &outcome {
        Ok(TaskResult { status, .. }) => tracing::info!(%user_id, %order_id, ?status, "task done"),
        Err(error) => {
            let (error, cause) = (error.name(), chain(error));
            tracing::warn!(%user_id, %order_id, error, cause, "task failed");
        }
    }
    outcome
}
