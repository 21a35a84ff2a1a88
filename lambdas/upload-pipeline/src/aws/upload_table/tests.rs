use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::{Credentials, Region, SharedCredentialsProvider};
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use function_kit::Environment;
use function_kit::aws::sdk_config;
use serde_json::{Value, json};

use super::super::row::tests::upload;
use super::*;
use crate::domain::{Announced, Sha256Digest, UploadState};

/// A DynamoDB that answers with these, one after another.
#[derive(Debug, Clone)]
struct Service {
    answers: Arc<Mutex<Vec<(u16, Value)>>>,
    requests: Arc<Mutex<Vec<Value>>>,
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.requests.lock().unwrap().push(body);
        let (status, body) = self.answers.lock().unwrap().remove(0);
        let body = SdkBody::from(body.to_string());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status.try_into().unwrap(), body)))
    }
}

impl Service {
    fn answering(answers: Vec<Value>) -> Self {
        let status = |body: Value| {
            (
                if body.get("__type").is_some() {
                    400
                } else {
                    200
                },
                body,
            )
        };
        Self {
            answers: Arc::new(Mutex::new(answers.into_iter().map(status).collect())),
            requests: Arc::default(),
        }
    }

    async fn table(&self, quota: Quota) -> DynamoTable {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let config = sdk_config()
            .await
            .into_builder()
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        let retention = Retention::of(&Environment::default()).unwrap();
        DynamoTable::new(&config, "uploads".to_owned(), retention, quota)
    }

    fn requests(&self) -> Vec<Value> {
        self.requests.lock().unwrap().clone()
    }
}

fn refused(place: usize) -> Value {
    let code = |at| {
        if at == place {
            "ConditionalCheckFailed"
        } else {
            "None"
        }
    };
    let reasons: Vec<_> = (0..3).map(|at| json!({"Code": code(at)})).collect();
    json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "CancellationReasons": reasons,
    })
}

fn pending() -> Upload {
    upload(UploadState::Pending {
        open_until: Timestamp::from_second(1_763_708_400).unwrap(),
        announced: Announced {
            size: 5,
            sha256: None,
        },
        multipart: None,
    })
}

/// The row as DynamoDB answers with it.
fn answer(upload: &Upload) -> Value {
    let attribute = |value: Value| match value {
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Bool(flag) => json!({"BOOL": flag}),
        other => panic!("{other}"),
    };
    let Value::Object(members) = serde_json::to_value(upload).unwrap() else {
        panic!("{upload:?}");
    };
    let row: serde_json::Map<_, _> = members
        .into_iter()
        .map(|(name, value)| (name, attribute(value)))
        .collect();
    Value::Object(row)
}

#[tokio::test]
async fn a_full_quota_says_which_limit_it_is() {
    let quota = Quota {
        bytes: Some(10),
        open_uploads: Some(2),
    };
    for (bytes, open, exceeded) in [
        ("6", "0", Exceeded::Bytes(10)),
        ("0", "2", Exceeded::OpenUploads(2)),
    ] {
        let used = json!({"Item": {"bytes": {"N": bytes}, "open": {"N": open}}});
        let service = Service::answering(vec![refused(1), used]);
        let inserted = service.table(quota).await.insert(&pending(), None).await;
        assert_eq!(inserted.unwrap(), Insert::QuotaExceeded(exceeded));
    }
}

#[tokio::test]
async fn a_new_upload_its_key_and_its_share_are_one_transaction() {
    let service = Service::answering(vec![json!({})]);
    let upload = pending();
    let key = IdempotencyKey::try_from("k").unwrap();
    let receipt = Receipt::of(&upload, key, Sha256Digest::of(b"x"));
    let table = service.table(Quota::default()).await;
    let inserted = table.insert(&upload, Some(&receipt)).await;
    assert_eq!(inserted.unwrap(), Insert::Done);
    let writes = &service.requests()[0]["TransactItems"];
    assert_eq!(writes[0]["Put"]["Item"]["upload_id"]["S"], "request#k");
    let id = upload.upload_id.to_string();
    assert_eq!(writes[0]["Put"]["Item"]["made"]["S"], id.as_str());
    assert_eq!(writes[1]["Put"]["Item"]["upload_id"]["S"], id.as_str());
    assert_eq!(writes[2]["Update"]["Key"]["upload_id"]["S"], "quota");
    assert_eq!(writes.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_change_of_the_count_whose_answer_was_lost_is_found_in_the_row() {
    let before = pending();
    let next = before.deleted(before.updated_at).unwrap();
    let written = json!({"Item": answer(&next)});
    for (row, outcome) in [(written, Write::Done), (json!({}), Write::Conflict)] {
        let service = Service::answering(vec![refused(0), row]);
        let table = service.table(Quota::default()).await;
        assert_eq!(table.update(&before, &next).await.unwrap(), outcome);
    }
}

#[tokio::test]
async fn a_transition_that_changes_no_count_writes_the_row_alone() {
    let service = Service::answering(vec![json!({})]);
    let before = pending();
    let next = before.looked_after(before.updated_at);
    let table = service.table(Quota::default()).await;
    assert_eq!(table.update(&before, &next).await.unwrap(), Write::Done);
    assert_eq!(
        service.requests()[0]["Item"]["upload_id"]["S"],
        before.upload_id.to_string()
    );
}

#[tokio::test]
async fn a_listing_goes_on_behind_the_rows_that_it_does_not_show() {
    let hidden = UploadId::generate();
    let shown = pending().deleted(Timestamp::UNIX_EPOCH).unwrap();
    let key = json!({"owner": {"S": "owner"}, "upload_id": {"S": hidden.to_string()}});
    let service = Service::answering(vec![
        json!({"Items": [], "LastEvaluatedKey": key}),
        json!({"Items": [answer(&shown)]}),
    ]);
    let table = service.table(Quota::default()).await;
    let page = table.list(&shown.owner, Some("DELETED"), None, 1).await;
    let page = page.unwrap();
    assert_eq!((page.uploads, page.next), (vec![shown], None));
    let requests = service.requests();
    assert_eq!(requests[1]["ExclusiveStartKey"], key);
    // Receipts and the count are above all ids.
    let below = &requests[0]["ExpressionAttributeValues"][":below"];
    assert_eq!(below["S"], "g");
}

#[tokio::test]
async fn a_page_of_what_is_due_begins_behind_the_last() {
    let service = Service::answering(vec![json!({"Items": []})]);
    let table = service.table(Quota::default()).await;
    let last = Due {
        owner: "owner".parse().unwrap(),
        upload_id: UploadId::generate(),
        due_at: Timestamp::UNIX_EPOCH,
    };
    let due = table.due(10, Timestamp::UNIX_EPOCH, Some(&last), 25).await;
    assert_eq!(due.unwrap(), []);
    let request = &service.requests()[0];
    assert_eq!(request["IndexName"], "unfinished");
    let expected = json!({
        "owner": {"S": "owner"},
        "upload_id": {"S": last.upload_id.to_string()},
        "unfinished": {"S": "a"},
        "due_at": {"S": "1970-01-01T00:00:00.000Z"},
    });
    assert_eq!(request["ExclusiveStartKey"], expected);
}
