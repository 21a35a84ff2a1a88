//! New rows, from a table's stream to the bus.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event as Batch, EventRecord};
use function_kit::PortError;
use order_system::announce::{Announcer, Rows, handle};
use order_system::domain::{Order, Plan};
use serde::Serialize;
use serde_json::{Value, json};

use crate::world::{Fault, World};

/// The record of a new row.
fn record(number: u32, row: &impl Serialize) -> EventRecord {
    let image: Value = {
        let item: serde_dynamo::Item = serde_dynamo::to_item(row).unwrap();
        serde_json::to_value(item).unwrap()
    };
    let record = json!({
        "eventID": format!("event-{number}"),
        "eventName": "INSERT",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_763_708_400,
            "Keys": {"userId": {"S": "ann"}},
            "NewImage": image,
            "SequenceNumber": number.to_string(),
            "SizeBytes": 1,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    });
    serde_json::from_value(record).unwrap()
}

fn order(world: &World) -> Order {
    world.add_product("keyboard", 4_900, 3);
    let key = world.add_order(Plan::Free, "keyboard", 1);
    world.order(key)
}

/// Announces the records. Gives the sequence numbers that have to come again.
async fn run(world: &World, rows: Rows, records: &[EventRecord]) -> Result<Vec<String>, PortError> {
    let announcer = Announcer {
        rows,
        bus: Arc::new(world.clone()),
        dead_letters: Arc::new(world.clone()),
        clock: Arc::new(world.clone()),
    };
    let deadline = world.state().now + Duration::from_secs(60);
    let mut batch = Batch::default();
    batch.records = records.to_vec();
    let response = handle(&announcer, batch, deadline).await?;
    let failures = response.batch_item_failures.into_iter();
    Ok(failures
        .filter_map(|failure| failure.item_identifier)
        .collect())
}

#[tokio::test]
async fn each_new_row_is_announced_without_what_is_private() {
    let world = World::default();
    let user = world.add_user(Plan::Pro);
    let order = order(&world);
    let again = run(&world, Rows::Users, &[record(1, &user)]).await;
    assert_eq!(again.unwrap(), [""; 0]);
    let again = run(&world, Rows::Orders, &[record(2, &order)]).await;
    assert_eq!(again.unwrap(), [""; 0]);

    let events = world.state().events.clone();
    assert_eq!(events[0].detail_type, "UserCreated");
    assert_eq!(events[0].detail["userId"], user.id.to_string());
    assert_eq!(events[1].detail_type, "OrderCreated");
    assert_eq!(events[1].detail["orderId"], order.order_id.to_string());
    assert!(!format!("{events:?}").contains("example.com"));
}

#[tokio::test]
async fn a_row_that_is_none_goes_to_the_dead_letters_and_those_behind_it_go_on() {
    let world = World::default();
    let good = record(2, &order(&world));
    let bad = record(1, &json!({"userId": "ann", "status": "?"}));
    let again = run(&world, Rows::Orders, &[bad, good]).await;
    assert_eq!(again.unwrap(), [""; 0]);
    let state = world.state();
    assert_eq!(state.events.len(), 1);
    assert_eq!(state.letters.len(), 1);
    assert_eq!(state.letters[0].event_id, "event-1");
    assert_eq!(state.letters[0].keys, json!({"userId": "ann"}));
    assert!(state.letters[0].reason.contains("cannot be read"));
}

#[tokio::test]
async fn what_could_not_be_announced_comes_again_with_all_behind_it() {
    let world = World::default();
    let order = order(&world);
    let records = [record(1, &order), record(2, &order), record(3, &order)];
    world.break_call(1, Fault::Refused);
    let again = run(&world, Rows::Orders, &records).await;
    assert_eq!(again.unwrap(), ["2"]);
    assert_eq!(world.state().events.len(), 1);

    world.break_call(0, Fault::Refused);
    assert!(run(&world, Rows::Orders, &records).await.is_err());
}

#[tokio::test]
async fn a_dead_letter_that_cannot_be_sent_is_not_forgotten() {
    let world = World::default();
    let bad = record(1, &json!({"userId": "ann"}));
    world.break_call(0, Fault::Refused);
    let records = [bad];
    assert!(run(&world, Rows::Orders, &records).await.is_err());
}

/// An event as "Process DynamoDB records with Lambda" of the Lambda developer guide prints it: a
/// foreign table's, and without the time of creation.
#[tokio::test]
async fn the_event_of_aws_s_documentation_is_read() {
    let event = r#"{"Records": [{
        "eventID": "1",
        "eventVersion": "1.0",
        "dynamodb": {
            "Keys": {"Id": {"N": "101"}},
            "NewImage": {"Message": {"S": "New item!"}, "Id": {"N": "101"}},
            "StreamViewType": "NEW_AND_OLD_IMAGES",
            "SequenceNumber": "111",
            "SizeBytes": 26
        },
        "awsRegion": "us-west-2",
        "eventName": "INSERT",
        "eventSourceARN": "arn:aws:dynamodb:us-west-2:111122223333:table/T/stream/2015",
        "eventSource": "aws:dynamodb"
    }]}"#;
    let batch: Batch = serde_json::from_str(event).unwrap();
    let world = World::default();
    let again = run(&world, Rows::Orders, &batch.records).await;
    assert_eq!(again.unwrap(), [""; 0]);
    let state = world.state();
    assert_eq!(state.letters[0].event_id, "1");
    assert_eq!(state.letters[0].keys, json!({"Id": 101}));
}
