//! From an event to an execution.

use std::sync::Arc;

use order_system::domain::Plan;
use order_system::message::Event;
use order_system::start::{Starter, handle};
use serde_json::{Value, json};

use crate::world::{Fault, World};

/// Handles messages of those bodies. Gives the places of those that have to come again.
async fn run(world: &World, bodies: &[String]) -> Vec<usize> {
    let starter = Starter {
        executions: Arc::new(world.clone()),
    };
    let message = |(index, body): (usize, &String)| json!({"messageId": index.to_string(), "body": body, "receiptHandle": "ignored"});
    let messages: Vec<Value> = bodies.iter().enumerate().map(message).collect();
    let batch = serde_json::from_value(json!({"Records": messages})).unwrap();
    let failures = handle(&starter, batch).await.batch_item_failures;
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
