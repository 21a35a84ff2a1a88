//! From an event to an execution.

use std::sync::Arc;
use std::time::Duration;

use function_kit::Deadline;
use function_kit::testing::Fault;
use order_system::domain::Plan;
use order_system::message::Event;
use order_system::start::{Starter, handle};
use serde_json::{Value, json};

use crate::world::World;

fn minute() -> Deadline {
    Deadline::after(Duration::from_secs(60))
}

/// Handles messages of those bodies. Gives the places of those that have to come again.
async fn run(world: &World, bodies: &[String]) -> Vec<usize> {
    let starter = Starter {
        executions: Arc::new(world.clone()),
    };
    let message = |(index, body): (usize, &String)| json!({"messageId": index.to_string(), "body": body, "receiptHandle": "ignored"});
    let messages: Vec<Value> = bodies.iter().enumerate().map(message).collect();
    let batch = serde_json::from_value(json!({"Records": messages})).unwrap();
    let failures = handle(&starter, batch, minute()).await.batch_item_failures;
    failures
        .into_iter()
        .map(|failure| failure.item_identifier.unwrap().parse().unwrap())
        .collect()
}

fn delivered(world: &World) -> String {
    world.add_product("keyboard", 4_900, 3);
    let key = world.add_order(Plan::Free, "keyboard", 1);
    let event = Event::from(&world.order(key));
    json!({"detail-type": event.detail_type, "detail": event.detail}).to_string()
}

#[tokio::test]
async fn an_event_that_comes_twice_starts_one_execution() {
    let world = World::default();
    let event = delivered(&world);
    assert_eq!(run(&world, &[event.clone(), event]).await, [0; 0]);
    assert_eq!(world.state().executions.len(), 1);
}

#[tokio::test]
async fn a_message_that_fails_keeps_no_other_from_being_done() {
    let world = World::default();
    let bodies = [
        "not JSON".to_owned(),
        r#"{"detail": {"orderId": "1"}}"#.to_owned(),
        delivered(&world),
        delivered(&world),
    ];
    world.break_call(0, Fault::Refused);
    assert_eq!(run(&world, &bodies).await, [0, 1, 2]);
    assert_eq!(world.state().executions.len(), 1);
}

/// A message as "Using Lambda with Amazon SQS" of the Lambda developer guide prints it
/// (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html), whose body is an event with the members of
/// "AWS service event metadata" (docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html).
#[tokio::test]
async fn the_events_of_aws_s_documentation_are_read() {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    let key = world.add_order(Plan::Free, "keyboard", 1);
    let event = json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "OrderCreated",
        "source": "order-system",
        "account": "111122223333",
        "time": "2017-12-22T18:43:48Z",
        "region": "us-west-1",
        "replay-name": "replay_archive",
        "resources": [],
        "detail": Event::from(&world.order(key)).detail,
    });
    let message = json!({
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
        "body": event.to_string(),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:my-queue",
        "awsRegion": "us-east-2",
    });
    let batch = serde_json::from_value(json!({"Records": [message]})).unwrap();
    let starter = Starter {
        executions: Arc::new(world.clone()),
    };
    assert!(
        handle(&starter, batch, minute())
            .await
            .batch_item_failures
            .is_empty()
    );
    assert_eq!(world.state().executions.len(), 1);
}
