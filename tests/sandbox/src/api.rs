//! Plain HTTP calls to the deployed API, with every status an answer and none an error.

use anyhow::Result;
use hyper::Request;

pub use crate::http::Answer;
use crate::{embedded_aws::Address, http::Client};

/// An HTTP API, a stage of a REST API, or a site, of the embedded AWS.
pub struct Api {
    client: Client,
    base: String,
    host: String,
    header: Option<(&'static str, String)>,
}

impl Api {
    /// The API whose Terraform output is `api_endpoint`.
    pub fn new(aws: &Address, api_endpoint: &str) -> Result<Self> {
        Ok(Self {
            client: Client::of(aws)?,
            base: format!("{}{}", aws.endpoint(), path_of(api_endpoint)),
            host: aws.api_host(api_endpoint)?,
            header: None,
        })
    }

    /// The site whose Terraform output is `url`, as CloudFront serves it to viewers: by TLS, unless
    /// `url` begins with `http://`.
    pub fn of_site(aws: &Address, url: &str) -> Result<Self> {
        let base = if url.starts_with("http://") {
            aws.plain_endpoint()
        } else {
            aws.endpoint()
        };
        let origin = aws.site_origin(url)?;
        Ok(Self {
            client: Client::of(aws)?,
            base,
            host: origin.trim_start_matches("https://").to_owned(),
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
        let (content_type, body) = body.unzip();
        let content_type = content_type.map(|it| ("content-type", it));
        let body = body.unwrap_or_default().to_vec();
        self.send_with(method, path, token, content_type.as_slice(), body)
    }

    /// Any method, with these headers and any body.
    pub fn send_with(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Vec<u8>,
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
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.client.send(request.body(body)?)
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
