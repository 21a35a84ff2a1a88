//! A signed-in user's view: users and orders over HTTP.

use std::time::Duration;

use acceptance_tests::{answers::ensure_status, deployment::Deployment};
use anyhow::{Context, Result, bail, ensure};
use aws_sdk_dynamodb::types::AttributeValue;
use sandbox::{
    api::{Answer, Api},
    cancel,
};
use serde_json::{Value, json};

use crate::tables::table_name;

/// How long an order may take before a scenario gives up on it. Four tries of a task take 14 s.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The application, as the user sees it who most scenarios share.
pub struct Shop<'a> {
    pub api: Api,
    token: &'a str,
    deployment: &'a Deployment,
}

/// Which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    pub user_id: String,
    pub order_id: String,
}

impl<'a> Shop<'a> {
    pub fn new(deployment: &'a Deployment) -> Result<Self> {
        Ok(Self {
            api: deployment.api()?,
            token: &deployment.user()?.id,
            deployment,
        })
    }

    /// The application with each request under this Idempotency-Key.
    pub fn under_key(mut self, key: &str) -> Self {
        self.api = self.api.with_header("idempotency-key", key);
        self
    }

    /// `POST` with the user's token.
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.api
            .post(path, Some(self.token), body.to_string().as_bytes())
    }

    /// `GET` with the user's token.
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.api.get(path, Some(self.token))
    }

    /// Registers a user, whom an operator puts on that plan, and gives what the API shows of it.
    pub fn register(&self, plan: &str) -> Result<Value> {
        let answer = self.post("/users", &json!({"name": "Ann", "plan": "pro"}))?;
        ensure_status(&answer, 201)?;
        let user = answer.json()?;
        ensure!(user["plan"] == "free", "a client chose its plan: {user}");
        if plan == "free" {
            return Ok(user);
        }
        let id = user["id"].as_str().context("a user has an id")?;
        self.set_plan(id, plan)?;
        let seen = self.get(&format!("/users/{id}"))?;
        ensure_status(&seen, 200)?;
        seen.json()
    }

    /// Writes a user's plan into the row, as an operator does.
    fn set_plan(&self, id: &str, plan: &str) -> Result<()> {
        let clients = self.deployment.clients();
        let request = clients
            .dynamodb
            .update_item()
            .table_name(table_name(self.deployment, "users")?)
            .key("id", AttributeValue::S(id.to_owned()))
            .update_expression("SET #plan = :plan")
            .expression_attribute_names("#plan", "plan")
            .expression_attribute_values(":plan", AttributeValue::S(plan.to_owned()));
        clients.wait(request.send())?;
        Ok(())
    }

    /// Places an order for a new user on that plan.
    pub fn place(&self, plan: &str, items: &[(&str, u32)]) -> Result<Placed> {
        let user = self.register(plan)?;
        let items: Vec<Value> = items
            .iter()
            .map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity}))
            .collect();
        let answer = self.post("/orders", &json!({"userId": user["id"], "items": items}))?;
        Placed::of(&answer)
    }

    /// The order as the API shows it.
    pub fn order(&self, placed: &Placed) -> Result<Value> {
        let answer = self.get(&placed.path())?;
        ensure_status(&answer, 200)?;
        answer.json()
    }

    /// Waits until the order has one of these statuses, and gives it.
    pub fn wait_for_any(&self, placed: &Placed, statuses: &[&str]) -> Result<Value> {
        let found = cancel::poll(PATIENCE, || {
            let order = self.order(placed)?;
            let reached = statuses.iter().any(|&status| order["status"] == status);
            Ok(reached.then_some(order))
        })?;
        match found {
            Some(order) => Ok(order),
            None => bail!("did not become {statuses:?}: {}", self.order(placed)?),
        }
    }

    /// Waits until the order has this status, and gives it.
    pub fn wait_for(&self, placed: &Placed, status: &str) -> Result<Value> {
        self.wait_for_any(placed, &[status])
    }
}

impl Placed {
    /// The order that was answered with 201.
    pub fn of(answer: &Answer) -> Result<Self> {
        ensure_status(answer, 201)?;
        let order = answer.json()?;
        let text = |name: &str| {
            let value = order[name].as_str().map(str::to_owned);
            value.with_context(|| format!("the order has no {name}: {order}"))
        };
        Ok(Self {
            user_id: text("userId")?,
            order_id: text("orderId")?,
        })
    }

    /// Where the order is.
    pub fn path(&self) -> String {
        format!("/users/{}/orders/{}", self.user_id, self.order_id)
    }

    /// What an event, an execution and a task say of it.
    pub fn key(&self) -> Value {
        json!({"userId": self.user_id, "orderId": self.order_id})
    }
}
