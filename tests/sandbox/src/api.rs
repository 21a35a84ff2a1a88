//! Plain HTTP calls to the deployed API, with every status an answer and none an error.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use ureq::{
    Agent,
    config::ConfigBuilder,
    http::{HeaderMap, Request},
    typestate::AgentScope,
};

use crate::embedded_aws::Address;

/// An HTTP API, or a stage of a REST API, of the embedded AWS.
#[derive(Debug)]
pub struct Api {
    agent: Agent,
    base: String,
    host: String,
    header: Option<(&'static str, String)>,
}

/// What the API answered.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as it came.
    pub body: String,
    headers: HeaderMap,
}

impl Answer {
    /// A header's value, or an empty string.
    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body)
            .with_context(|| format!("not JSON (status {}): {}", self.status, self.body))
    }
}

/// An HTTP client that gives up after a minute and takes every status for an answer.
pub(crate) fn agent() -> Agent {
    config().build().into()
}

/// How [`agent`] is configured.
pub(crate) fn config() -> ConfigBuilder<AgentScope> {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
}

impl Api {
    /// The API whose Terraform output is `api_endpoint`.
    pub fn new(aws: &Address, api_endpoint: &str) -> Result<Self> {
        Ok(Self {
            agent: agent(),
            base: format!("{}{}", aws.endpoint(), path_of(api_endpoint)),
            host: aws.api_host(api_endpoint)?,
            header: None,
        })
    }

    /// Sends this header with every request.
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.header = Some((name, value.into()));
        self
    }

    /// The `Host` header under which it is called on loopback.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// `GET path`.
    pub fn get(&self, path: &str, token: Option<&str>) -> Result<Answer> {
        self.send("GET", path, token, None)
    }

    /// `POST path` with a body that is said to be JSON, whatever it holds.
    pub fn post(&self, path: &str, token: Option<&str>, body: &[u8]) -> Result<Answer> {
        self.send("POST", path, token, Some(("application/json", body)))
    }

    /// Any method, with a body of any content type.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<(&str, &[u8])>,
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("host", &self.host);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some((name, value)) = &self.header {
            request = request.header(*name, value);
        }
        if let Some((content_type, _)) = body {
            request = request.header("content-type", content_type);
        }
        let mut response = match body {
            Some((_, bytes)) => self.agent.run(request.body(bytes)?),
            None => self.agent.run(request.body(())?),
        }
        .with_context(|| format!("{method} {path} got no answer"))?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.body_mut().read_to_string()?,
        })
    }
}

/// What follows the host: `/` and the stage of a REST API, nothing of an HTTP API.
fn path_of(api_endpoint: &str) -> &str {
    let rest = api_endpoint.split_once("://").map_or("", |(_, rest)| rest);
    rest.find('/').map_or("", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_a_part_of_every_path() {
        assert_eq!(
            path_of("https://a1b2c3.execute-api.us-east-1.amazonaws.com/v1"),
            "/v1"
        );
        assert_eq!(
            path_of("https://a1b2c3.execute-api.us-east-1.amazonaws.com"),
            ""
        );
    }
}
