use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use super::*;
use crate::aws::sdk_config;
use crate::deadline::{Deadline, MARGIN};

/// A DynamoDB that answers with these, one after another, and then never.
#[derive(Debug, Clone, Default)]
pub struct Service {
    answers: Arc<Mutex<Vec<(u16, Value)>>>,
    requests: Arc<Mutex<Vec<Value>>>,
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.requests.lock().unwrap().push(body);
        match self.answers.lock().unwrap().pop() {
            Some((status, body)) => HttpConnectorFuture::ready(Ok(HttpResponse::new(
                status.try_into().unwrap(),
                SdkBody::from(body.to_string()),
            ))),
            None => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

impl Service {
    pub fn answering<const N: usize>(answers: [(u16, Value); N]) -> Self {
        let service = Self::default();
        service
            .answers
            .lock()
            .unwrap()
            .extend(answers.into_iter().rev());
        service
    }

    pub async fn table(&self) -> Table {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let config = sdk_config()
            .await
            .into_builder()
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        Table::new(&config, "things".to_owned(), "owner")
    }

    pub fn requests(&self) -> Vec<Value> {
        self.requests.lock().unwrap().clone()
    }
}

fn refused(row: Value) -> (u16, Value) {
    let kind = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
    (400, json!({"__type": kind, "message": "", "Item": row}))
}

fn thing() -> Row {
    key([("owner", text("alice"))])
}

/// API Gateway gives up after 29 s, and Lambda when the function's timeout is over.
#[tokio::test]
async fn calls_that_hang_end_before_their_invocation_does() {
    let table = Service::default().table().await;
    let deadline = Deadline::after(MARGIN + Duration::from_millis(100));
    let calls = deadline.bound(async {
        let mut kinds = Vec::new();
        for _ in 0..4 {
            kinds.push(table.get(thing()).await.unwrap_err().kind);
        }
        kinds
    });
    assert_eq!(calls.await, Ok(vec![PortErrorKind::Busy; 4]));
    assert!(deadline.left() > Duration::ZERO);
}

#[tokio::test]
async fn a_repeated_write_bears_the_mark_of_the_first_and_accepts_it() {
    let internal = (500, json!({"__type": "InternalServerError"}));
    let service = Service::answering([internal, (200, json!({}))]);
    let put = service
        .table()
        .await
        .put_if(thing(), Condition::Absent)
        .await;
    assert_eq!(put.unwrap(), Put::Done);
    let requests = service.requests();
    assert_eq!((requests.len(), &requests[0]), (2, &requests[1]));
    let request = &requests[0];
    let condition = "(attribute_not_exists(#held)) OR #mark = :mark";
    assert_eq!(request["ConditionExpression"], condition);
    let names = json!({"#held": "owner", "#mark": LAST_WRITE});
    assert_eq!(request["ExpressionAttributeNames"], names);
    let mark = &request["Item"][LAST_WRITE];
    assert!(mark["S"].is_string());
    assert_eq!(request["ExpressionAttributeValues"], json!({":mark": mark}));
}

#[tokio::test]
async fn a_row_keeps_the_mark_that_it_brings() {
    let service = Service::answering([(200, json!({}))]);
    let mut row = thing();
    row.insert(LAST_WRITE.into(), text("mine"));
    let table = service.table().await;
    let held = Condition::Holds("revision", Some(text("1")));
    assert_eq!(table.put_if(row, held).await.unwrap(), Put::Done);
    let request = &service.requests()[0];
    assert_eq!(
        request["ConditionExpression"],
        "(#held = :held) OR #mark = :mark"
    );
    let values = json!({":held": {"S": "1"}, ":mark": {"S": "mine"}});
    assert_eq!(request["ExpressionAttributeValues"], values);
}

#[tokio::test]
async fn a_refused_write_shows_the_row_that_is_there() {
    let row = json!({"owner": {"S": "alice"}});
    let service = Service::answering([refused(row.clone()), refused(row)]);
    let table = service.table().await;
    let put = table.put_if(thing(), Condition::Absent).await.unwrap();
    assert_eq!(put, Put::Refused(Some(thing())));
    let absent = Condition::Holds("revision", None);
    let delete = table.delete_if(thing(), absent).await.unwrap();
    assert_eq!(delete, Put::Refused(Some(thing())));
    let request = &service.requests()[1];
    let condition = "attribute_exists(#key) AND attribute_not_exists(#held)";
    assert_eq!(request["ConditionExpression"], condition);
    assert!(request["ExpressionAttributeValues"].is_null());
}

#[tokio::test]
async fn a_page_tells_by_the_row_behind_it_that_there_are_more() {
    let row = |id: &str| json!({"owner": {"S": "alice"}, "id": {"S": id}});
    let page =
        |rows: &[Value], last: Value| (200, json!({"Items": rows, "LastEvaluatedKey": last}));
    for (answer, entries, more) in [
        (page(&[row("3"), row("2"), row("1")], row("1")), 2, true),
        (page(&[row("2"), row("1")], Value::Null), 2, false),
        (page(&[row("3")], row("3")), 1, true),
    ] {
        let service = Service::answering([answer]);
        let page = service.table().await.page(text("alice"), None, 2).await;
        let page = page.unwrap();
        assert_eq!((page.entries.len(), page.more), (entries, more));
        assert_eq!(service.requests()[0]["Limit"], 3);
    }
}
