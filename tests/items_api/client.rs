//! What the scenarios share: users who sign in, requests, and a look into the table.

use acceptance_tests::{
    answers::ensure_status,
    deployment::{Deployment, PASSWORD},
};
use anyhow::{Context, Result, ensure};
use sandbox::{
    api::{Answer, Api},
    cognito::{HostedUi, Tokens, sign_up},
};
use serde_json::Value;

/// Where the example's client takes the authorization code.
const REDIRECT_URI: &str = "http://localhost:3000/callback";

/// All that the API asks for.
pub const ALL_SCOPES: &str = "openid items/read items/write";

/// Somebody new who has signed up, and may sign in at the hosted UI.
pub struct Person<'a> {
    deployment: &'a Deployment,
    email: &'a str,
}

impl<'a> Person<'a> {
    /// Signs up.
    pub fn new(deployment: &'a Deployment, email: &'a str) -> Result<Self> {
        let client_id = deployment.output("user_pool_client_id")?;
        sign_up(deployment.address(), client_id, email, PASSWORD)?;
        Ok(Self { deployment, email })
    }

    /// Signs in at the hosted UI and gets tokens with these scopes.
    pub fn tokens(&self, scopes: &str) -> Result<Tokens> {
        let hosted_ui = HostedUi {
            aws: self.deployment.address(),
            client_id: self.deployment.output("user_pool_client_id")?,
            redirect_uri: REDIRECT_URI,
        };
        hosted_ui.sign_in(scopes, self.email, PASSWORD)
    }

    /// The API with all that this person may do.
    pub fn session(&self) -> Result<Session> {
        Ok(Session {
            api: self.deployment.api()?,
            token: self.tokens(ALL_SCOPES)?.access,
        })
    }
}

/// The API in the name of one person.
pub struct Session {
    api: Api,
    token: String,
}

impl Session {
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.send("GET", path, None)
    }

    pub fn post(&self, body: &str) -> Result<Answer> {
        self.send("POST", "/items", Some(body))
    }

    pub fn put(&self, id: &str, body: &str) -> Result<Answer> {
        self.send("PUT", &format!("/items/{id}"), Some(body))
    }

    pub fn delete(&self, id: &str) -> Result<Answer> {
        self.send("DELETE", &format!("/items/{id}"), None)
    }

    /// Posts a body that is said to be of that type.
    pub fn post_as(&self, content_type: &str, body: &str) -> Result<Answer> {
        let body = Some((content_type, body.as_bytes()));
        self.api.send("POST", "/items", Some(&self.token), body)
    }

    /// Any method, with a body that is said to be JSON, whatever it holds.
    pub fn send(&self, method: &str, path: &str, body: Option<&str>) -> Result<Answer> {
        let body = body.map(|body| ("application/json", body.as_bytes()));
        self.api.send(method, path, Some(&self.token), body)
    }

    /// Creates an item and gives its id.
    pub fn create(&self, body: &str) -> Result<String> {
        let answer = self.post(body)?;
        ensure_status(&answer, 201)?;
        id_of(&answer.json()?["item"])
    }
}

/// The id of an item.
pub fn id_of(item: &Value) -> Result<String> {
    let id = item["id"].as_str().map(str::to_owned);
    id.with_context(|| format!("an item without an id: {item}"))
}

/// How many rows the table has, by a strongly consistent scan of its first page.
pub fn rows(deployment: &Deployment) -> Result<usize> {
    let clients = deployment.clients();
    let scan = clients.dynamodb.scan().consistent_read(true);
    let scan = scan.table_name(deployment.output("items_table")?).send();
    let scanned = clients.wait(scan)?;
    ensure!(
        scanned.last_evaluated_key.is_none(),
        "more rows than one page"
    );
    Ok(scanned.items().len())
}
