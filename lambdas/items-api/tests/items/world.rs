//! A table in memory, requests as a REST API sends them, and their answers.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use function_kit::{PortErrorKind, Request};
use items_api::api;
use items_api::domain::{Item, ItemId, Owner};
use items_api::ports::{Found, ItemTable, Page, PortError};
use serde_json::{Value, json};

pub const ALICE: &str = "alice";
pub const BOB: &str = "bob";

type Key = (String, ItemId);

#[derive(Default)]
pub struct World {
    rows: Mutex<BTreeMap<Key, Item>>,
    broken: Mutex<Option<PortErrorKind>>,
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
    pub fn rows(&self) -> MutexGuard<'_, BTreeMap<Key, Item>> {
        self.rows.lock().unwrap()
    }

    /// Lets every call of the table fail from now on.
    pub fn break_table(&self, kind: PortErrorKind) {
        *self.broken.lock().unwrap() = Some(kind);
    }

    /// Sends a request in the name of `sub`, if of anybody; `target` may have a query.
    pub async fn send(&self, sub: Option<&str>, method: &str, target: &str, body: &str) -> Answer {
        let request = Request::from(event(sub, method, target, body));
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

    fn check(&self) -> Result<(), PortError> {
        match *self.broken.lock().unwrap() {
            None => Ok(()),
            Some(kind) => Err(PortError {
                operation: "a call".into(),
                kind,
                source: "arn:aws:secret".into(),
            }),
        }
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

#[async_trait]
impl ItemTable for World {
    async fn insert(&self, item: &Item) -> Result<(), PortError> {
        self.check()?;
        self.rows().insert(key(&item.owner, item.id), item.clone());
        Ok(())
    }

    async fn replace(&self, item: &Item) -> Result<Found, PortError> {
        self.check()?;
        Ok(match self.rows().get_mut(&key(&item.owner, item.id)) {
            Some(row) => {
                *row = item.clone();
                Found::Yes
            }
            None => Found::No,
        })
    }

    async fn find(&self, owner: &Owner, id: ItemId) -> Result<Option<Item>, PortError> {
        self.check()?;
        Ok(self.rows().get(&key(owner, id)).cloned())
    }

    async fn remove(&self, owner: &Owner, id: ItemId) -> Result<Found, PortError> {
        self.check()?;
        Ok(match self.rows().remove(&key(owner, id)) {
            Some(_) => Found::Yes,
            None => Found::No,
        })
    }

    async fn page(
        &self,
        owner: &Owner,
        after: Option<ItemId>,
        limit: u8,
    ) -> Result<Page, PortError> {
        self.check()?;
        let rows = self.rows();
        let mine = rows.values().rev().filter(|item| item.owner == *owner);
        let mut left = mine.filter(|item| after.is_none_or(|after| item.id < after));
        Ok(Page {
            items: left.by_ref().take(limit.into()).cloned().collect(),
            more: left.next().is_some(),
        })
    }
}
