//! New rows, from a table's stream to the bus.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::dynamodb::{Event as Batch, EventRecord};
use function_kit::testing::Fault;
use function_kit::{Deadline, PortError};
use order_system::announce::{Announcer, Rows, handle};
use order_system::domain::{Order, Plan};
use serde::Serialize;
use serde_json::{Value, json};

use crate::world::World;

/// The record of a new row.
fn record(number: u32, row: &impl Serialize) -> EventRecord {
    record_of(1_763_708_400, number, row)
}

/// The record of a row that was written so many seconds after 1970.
fn record_of(created: u32, number: u32, row: &impl Serialize) -> EventRecord {
    let image: Value = {
        let item: serde_dynamo::Item = serde_dynamo::to_item(row).unwrap();
        serde_json::to_value(item).unwrap()
    };
    let record = json!({
        "eventID": format!("event-{number}"),
        "eventName": "INSERT",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": created,
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
    let deadline = Deadline::after(Duration::from_secs(60));
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
    assert_eq!(
        state.letters[0].reason,
        "the row cannot be read as an order"
    );
}

/// serde's errors quote what they do not expect, and logs and queues live longer than rows.
#[tokio::test]
async fn a_dead_letter_quotes_nothing_of_the_row() {
    let world = World::default();
    let bad = record(
        1,
        &json!({"id": "ann@example.com", "email": "ann@example.com"}),
    );
    run(&world, Rows::Users, &[bad]).await.unwrap();
    let letters = serde_json::to_string(&world.state().letters).unwrap();
    assert!(!letters.contains("example.com"), "{letters}");
}

/// Lambda gives the record up later, and its message would name no row.
#[tokio::test]
async fn a_row_that_the_bus_does_not_take_for_12_hours_goes_to_the_dead_letters_with_its_event() {
    let world = World::default();
    let order = order(&world);
    let records = [record_of(60, 1, &order), record_of(3600, 2, &order)];
    world.pass(Duration::from_secs(12 * 60 * 60));
    world.break_call(0, Fault::Refused);
    assert!(run(&world, Rows::Orders, &records).await.is_err());
    world.pass(Duration::from_secs(61));
    world.break_call(0, Fault::Refused);
    world.break_call(2, Fault::Refused);
    let again = run(&world, Rows::Orders, &records).await;
    assert_eq!(again.unwrap(), ["2"]);
    let letters = serde_json::to_value(&world.state().letters).unwrap();
    let event = &letters[0]["event"];
    assert_eq!(letters[0]["keys"], json!({"userId": "ann"}));
    assert_eq!(event["DetailType"], "OrderCreated");
    assert_eq!(event["Detail"]["orderId"], order.order_id.to_string());
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

/// An event as "Using AWS Lambda with Amazon DynamoDB" of the Lambda developer guide prints it
/// (docs.aws.amazon.com/lambda/latest/dg/with-ddb.html): a foreign table's, and without the time of
/// creation.
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
        "eventSourceARN": "arn:aws:dynamodb:us-east-2:123456789012:table/my-table/stream/2024-06-10T19:26:16.525",
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

/// A record with the members of `example-dynamodb-event.json` of the crate aws_lambda_events, which
/// AWS publishes: with the writer's identity, and numbers, sets and bytes in the row.
#[tokio::test]
async fn the_event_of_aws_lambda_events_is_read() {
    let world = World::default();
    let order = order(&world);
    let item: serde_dynamo::Item = serde_dynamo::to_item(&order).unwrap();
    let mut image = serde_json::to_value(item).unwrap();
    image["asdf1"] = json!({"B": "AAEqQQ=="});
    image["asdf2"] = json!({"BS": ["AAEqQQ==", "QSoBAA=="]});
    let event = json!({"Records": [{
        "eventID": "f07f8ca4b0b26cb9c4e5e77e69f274ee",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
        "dynamodb": {
            "ApproximateCreationDateTime": 1_480_642_020,
            "Keys": {"val": {"S": "data"}, "key": {"S": "binary"}},
            "NewImage": image,
            "SequenceNumber": "1405400000000002063282832",
            "SizeBytes": 54,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/Example-Table/stream/2016-12-01T00:00:00.000",
    }]});
    let batch: Batch = serde_json::from_value(event).unwrap();
    let again = run(&world, Rows::Orders, &batch.records).await;
    assert_eq!(again.unwrap(), [""; 0]);
    let state = world.state();
    assert_eq!(state.events.len(), 1);
    assert_eq!(
        state.events[0].detail["orderId"],
        order.order_id.to_string()
    );
}
