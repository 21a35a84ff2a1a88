//! A table in memory, requests as a REST API sends them, and their answers.

use std::collections::BTreeMap;
use std::ops::Deref;

use async_trait::async_trait;
use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use function_kit::{Request, testing};
use items_api::api;
use items_api::domain::{Entry, IdempotencyKey, Item, ItemId, Owner, Receipt};
use items_api::ports::{Expected, ItemTable, Page, PortError, Write};
use serde_json::{Value, json};

pub const ALICE: &str = "alice";
pub const BOB: &str = "bob";

type Key = (String, ItemId);

#[derive(Debug, Default)]
pub struct State {
    pub rows: BTreeMap<Key, Item>,
    pub receipts: BTreeMap<(String, IdempotencyKey), Entry>,
}

#[derive(Default)]
pub struct World(testing::World<State>);

impl Deref for World {
    type Target = testing::World<State>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// An answer, with its body read.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body, without exact numbers.
    pub fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// The item that was created, as it was answered.
    pub fn created(&self) -> String {
        let text = self
            .text
            .strip_prefix(r#"{"message":"Item created","item":"#);
        text.unwrap().strip_suffix('}').unwrap().to_owned()
    }

    /// The id of the item that was created.
    pub fn id(&self) -> String {
        self.body()["item"]["id"].as_str().unwrap().to_owned()
    }

    /// The place and the words of each mistake in the body.
    pub fn errors(&self) -> Vec<(String, String)> {
        let word = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        let body = self.body();
        let errors = body["errors"].as_array().unwrap().iter();
        errors
            .map(|error| (word(error, "pointer"), word(error, "detail")))
            .collect()
    }
}

impl World {
    /// How many items there are.
    pub fn count(&self) -> usize {
        self.state().rows.len()
    }

    /// Sends a request in the name of `sub`, if of anybody; `target` may have a query.
    pub async fn send(&self, sub: Option<&str>, method: &str, target: &str, body: &str) -> Answer {
        self.send_with(sub, method, target, body, &[]).await
    }

    /// Sends a request with these headers.
    pub async fn send_with(
        &self,
        sub: Option<&str>,
        method: &str,
        target: &str,
        body: &str,
        headers: &[(&'static str, &str)],
    ) -> Answer {
        let mut request = Request::from(event(sub, method, target, body));
        for (name, value) in headers {
            request.headers.insert(*name, value.parse().unwrap());
        }
        let response = api::handle(self, &request)
            .await
            .unwrap_or_else(|problem| problem.into_response("request"));
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text: response.into_body(),
        }
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.send(Some(ALICE), "GET", target, "").await
    }

    pub async fn post(&self, body: &str) -> Answer {
        self.send(Some(ALICE), "POST", "/items", body).await
    }
}

pub fn event(sub: Option<&str>, method: &str, target: &str, body: &str) -> ApiGatewayProxyRequest {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query: BTreeMap<&str, &str> = query.split('&').filter_map(|p| p.split_once('=')).collect();
    let authorizer = sub.map(|sub| json!({"claims": {"sub": sub}}));
    let event = json!({
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "queryStringParameters": query,
        "requestContext": {"requestId": "request", "httpMethod": method, "authorizer": authorizer},
        "body": body,
        "isBase64Encoded": false,
    });
    serde_json::from_value(event).unwrap()
}

fn key(owner: &Owner, id: ItemId) -> Key {
    (owner.to_string(), id)
}

fn is_as_expected(row: Option<&Item>, expected: Expected) -> bool {
    row.is_some_and(|row| match expected {
        Expected::Any => true,
        Expected::Version(version) => row.version == version,
    })
}

#[async_trait]
impl ItemTable for World {
    async fn insert(&self, item: &Item, receipt: Option<&Receipt>) -> Result<Write, PortError> {
        self.call(|state| {
            if let Some(Receipt { owner, key, entry }) = receipt {
                let place = (owner.to_string(), key.clone());
                if state.receipts.contains_key(&place) {
                    return Write::Conflict;
                }
                state.receipts.insert(place, entry.clone());
            }
            state.rows.insert(key(&item.owner, item.id), item.clone());
            Write::Done
        })
    }

    async fn receipt(
        &self,
        owner: &Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<Entry>, PortError> {
        self.call(|state| {
            let place = (owner.to_string(), key.clone());
            state.receipts.get(&place).cloned()
        })
    }

    async fn replace(&self, item: &Item, expected: Expected) -> Result<Write, PortError> {
        self.call(|state| {
            let place = key(&item.owner, item.id);
            if !is_as_expected(state.rows.get(&place), expected) {
                return Write::Conflict;
            }
            state.rows.insert(place, item.clone());
            Write::Done
        })
    }

    async fn find(&self, owner: &Owner, id: ItemId) -> Result<Option<Item>, PortError> {
        self.call(|state| state.rows.get(&key(owner, id)).cloned())
    }

    async fn remove(
        &self,
        owner: &Owner,
        id: ItemId,
        expected: Expected,
    ) -> Result<Write, PortError> {
        self.call(|state| {
            let place = key(owner, id);
            if !is_as_expected(state.rows.get(&place), expected) {
                return Write::Conflict;
            }
            state.rows.remove(&place);
            Write::Done
        })
    }

    async fn page(
        &self,
        owner: &Owner,
        after: Option<ItemId>,
        limit: u8,
    ) -> Result<Page<Item>, PortError> {
        self.call(|state| {
            let mine = state
                .rows
                .values()
                .rev()
                .filter(|item| item.owner == *owner);
            let mut left = mine.filter(|item| after.is_none_or(|after| item.id < after));
            Page {
                entries: left.by_ref().take(limit.into()).cloned().collect(),
                more: left.next().is_some(),
            }
        })
    }
}
