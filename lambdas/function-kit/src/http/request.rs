//! A request as handlers want it.

use std::borrow::Cow;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::query_map::QueryMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;

use super::members::UniqueMembers;
use crate::claims::Claims;
use crate::problem::Problem;
use crate::problem_type::ProblemType;

/// A request of an HTTP API or of a REST API.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method, such as POST.
    pub method: Method,
    /// The path below the stage, percent-decoded by API Gateway.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// Who is calling; empty where the route has no authorizer.
    pub claims: Claims,
    /// API Gateway's id of this request.
    pub request_id: String,
    pub(super) query: QueryMap,
    pub(super) body: String,
    pub(super) body_is_base64: bool,
}

impl Request {
    /// The first value of a parameter of the query string, decoded by API Gateway.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.first(name)
    }

    /// Returns the body, a JSON object of at most `max_bytes` bytes, as a `T`. Ignores members that
    /// `T` does not know, and rejects duplicates at any depth.
    ///
    /// # Errors
    /// 415 when the request declares another media type, 413 when the body is too large, 400 when
    /// it is not such an object.
    pub fn json<T: DeserializeOwned>(&self, max_bytes: usize) -> Result<T, Problem> {
        let body = self.json_object(max_bytes)?;
        serde_json::from_slice(&body)
            .and_then(|UniqueMembers| serde_json::from_slice(&body))
            .map_err(|error| {
                Problem::bad_request(format!("the body is not the JSON expected: {error}"))
            })
    }

    /// Returns the body's bytes, at most `max_bytes`, if they may be a JSON object: for a handler
    /// that reads it in its own way.
    ///
    /// # Errors
    /// 415 when the request declares another media type, 413 when the body is too large, 400 when
    /// it does not begin as an object does.
    pub fn json_object(&self, max_bytes: usize) -> Result<Cow<'_, [u8]>, Problem> {
        self.expect_json()?;
        let body = self.body(max_bytes)?;
        // serde would read an array as a struct's members in order.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Err(Problem::bad_request("the body must be a JSON object"));
        }
        Ok(body)
    }

    fn body(&self, max_bytes: usize) -> Result<Cow<'_, [u8]>, Problem> {
        let too_large = || {
            let detail = format!("the body is too large; at most {max_bytes} bytes are taken");
            Problem::new(ProblemType::CONTENT_TOO_LARGE, detail)
        };
        let body = if !self.body_is_base64 {
            Cow::Borrowed(self.body.as_bytes())
        // Three bytes take four characters (RFC 4648, section 4), the last ones with padding.
        } else if self.body.len() / 4 > max_bytes / 3 + 1 {
            return Err(too_large());
        } else {
            let body = BASE64_STANDARD.decode(&self.body);
            Cow::Owned(body.map_err(|error| {
                Problem::bad_request(format!("the body is not base64: {error}"))
            })?)
        };
        if body.len() > max_bytes {
            return Err(too_large());
        }
        Ok(body)
    }

    /// Without a Content-Type the body decides (RFC 9110, section 8.3).
    fn expect_json(&self) -> Result<(), Problem> {
        let Some(declared) = self.headers.get(CONTENT_TYPE) else {
            return Ok(());
        };
        let declared = declared.to_str().unwrap_or_default();
        let essence = declared.split(';').next().unwrap_or_default().trim();
        let essence = essence.to_ascii_lowercase();
        if essence == "application/json" || essence.ends_with("+json") {
            return Ok(());
        }
        Err(Problem::new(
            ProblemType::UNSUPPORTED_MEDIA_TYPE,
            "send the body as JSON, with the header Content-Type: application/json",
        ))
    }
}

impl From<ApiGatewayV2httpRequest> for Request {
    fn from(event: ApiGatewayV2httpRequest) -> Self {
        let context = event.request_context;
        let claims = context
            .authorizer
            .and_then(|authorizer| authorizer.jwt)
            .map(|jwt| Claims::from(jwt.claims));
        Self {
            method: context.http.method,
            path: below_stage(event.raw_path.unwrap_or_default(), context.stage.as_deref()),
            headers: event.headers,
            claims: claims.unwrap_or_default(),
            request_id: context.request_id.unwrap_or_default(),
            query: event.query_string_parameters,
            body: event.body.unwrap_or_default(),
            body_is_base64: event.is_base64_encoded,
        }
    }
}

/// A named stage is the first part of the path that clients see; `$default` is not.
fn below_stage(path: String, stage: Option<&str>) -> String {
    stage
        .and_then(|stage| path.strip_prefix('/')?.strip_prefix(stage))
        .filter(|rest| rest.starts_with('/'))
        .map_or_else(|| path.clone(), str::to_owned)
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::{Value, json};

    use super::*;

    pub fn request(path: &str, stage: &str) -> Request {
        let event = json!({
            "rawPath": path,
            "queryStringParameters": {"limit": "5"},
            "requestContext": {
                "stage": stage, "requestId": "id", "timeEpoch": 1,
                "http": {"method": "PUT"},
                "authorizer": {"jwt": {"claims": {"sub": "alice"}}},
            },
            "headers": {},
            "body": "[1]",
            "isBase64Encoded": false,
        });
        let event: ApiGatewayV2httpRequest = serde_json::from_value(event).unwrap();
        event.into()
    }

    fn json_of(body: &str) -> Result<Value, Problem> {
        let mut request = request("/", "");
        request.body = body.to_owned();
        request.json(usize::MAX)
    }

    #[test]
    fn the_stage_is_not_in_the_path() {
        for (path, stage, expected) in [
            ("/items/1", "$default", "/items/1"),
            ("/dev/items", "dev", "/items"),
            ("/dev", "dev", "/dev"),
            ("/devices", "dev", "/devices"),
            ("", "dev", ""),
        ] {
            assert_eq!(request(path, stage).path, expected, "{path} {stage}");
        }
    }

    #[test]
    fn the_event_tells_who_calls_and_how() {
        let request = request("/", "$default");
        assert_eq!(request.method, Method::PUT);
        assert_eq!(request.claims.subject().unwrap(), "alice");
        assert_eq!(
            (request.query("limit"), request.query("cursor")),
            (Some("5"), None)
        );
        assert_eq!(Claims::default().subject().unwrap_err().status(), 401);
    }

    /// The request as "Create AWS Lambda proxy integrations for HTTP APIs" of the API Gateway
    /// developer guide prints it, format 2.0.
    #[test]
    fn the_event_of_aws_s_documentation_is_read() {
        let event = r#"{
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": "/my/path",
            "rawQueryString": "parameter1=value1&parameter1=value2&parameter2=value",
            "cookies": ["cookie1", "cookie2"],
            "headers": {"header1": "value1", "header2": "value1,value2"},
            "queryStringParameters": {"parameter1": "value1,value2", "parameter2": "value"},
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api-id",
                "authentication": {"clientCert": {
                    "clientCertPem": "CERT_CONTENT",
                    "subjectDN": "www.example.com",
                    "issuerDN": "Example issuer",
                    "serialNumber": "a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1",
                    "validity": {
                        "notBefore": "May 28 12:30:02 2019 GMT",
                        "notAfter": "Aug  5 09:36:04 2021 GMT"
                    }
                }},
                "authorizer": {"jwt": {
                    "claims": {"claim1": "value1", "claim2": "value2"},
                    "scopes": ["scope1", "scope2"]
                }},
                "domainName": "id.execute-api.us-east-1.amazonaws.com",
                "domainPrefix": "id",
                "http": {
                    "method": "POST",
                    "path": "/my/path",
                    "protocol": "HTTP/1.1",
                    "sourceIp": "192.0.2.1",
                    "userAgent": "agent"
                },
                "requestId": "id",
                "routeKey": "$default",
                "stage": "$default",
                "time": "12/Mar/2020:19:03:58 +0000",
                "timeEpoch": 1583348638390
            },
            "body": "Hello from Lambda",
            "pathParameters": {"parameter1": "value1"},
            "isBase64Encoded": false,
            "stageVariables": {"stageVariable1": "value1", "stageVariable2": "value2"}
        }"#;
        let event: ApiGatewayV2httpRequest = serde_json::from_str(event).unwrap();
        let request = Request::from(event);
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", "/my/path")
        );
        assert_eq!(request.claims.get("claim2"), Some("value2"));
        assert_eq!(request.query("parameter2"), Some("value"));
        assert_eq!(request.headers["header1"], "value1");
        assert_eq!(*request.body(100).unwrap(), *b"Hello from Lambda");
    }

    /// An operator calls the function as the README of the module `upload-pipeline` says.
    #[test]
    fn reads_an_event_that_no_gateway_wrote() {
        let event = json!({
            "rawPath": "/uploads/id/retry", "headers": {}, "isBase64Encoded": false,
            "requestContext": {
                "timeEpoch": 0, "http": {"method": "POST"},
                "authorizer": {"jwt": {"claims": {"sub": "alice"}}},
            },
        });
        let event: ApiGatewayV2httpRequest = serde_json::from_value(event).unwrap();
        let request = Request::from(event);
        let called = (request.method.as_str(), request.path.as_str());
        assert_eq!(called, ("POST", "/uploads/id/retry"));
        assert_eq!(request.claims.subject().unwrap(), "alice");
    }

    #[test]
    fn an_array_is_not_taken_for_an_object() {
        #[derive(Debug, serde::Deserialize)]
        struct Body {
            #[expect(dead_code)]
            number: u8,
        }
        assert_eq!(
            request("/", "").json::<Body>(100).unwrap_err().status(),
            400
        );
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_at_any_depth() {
        let plain = r#"{"a":[{"b":1,"c":{"b":-1.5e3}},{"b":null}],"b":true,"":"ü"}"#;
        let value: Value = serde_json::from_str(plain).unwrap();
        assert_eq!(json_of(plain).unwrap(), value);
        for body in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
            r#"{"a":{"b":{"ü":1,"\u00fc":2}}}"#,
        ] {
            assert_eq!(json_of(body).unwrap_err().status(), 400, "{body}");
        }
    }

    #[test]
    fn a_body_has_at_most_that_many_bytes() {
        for is_base64 in [false, true] {
            for length in 2..20 {
                let mut request = request("/", "");
                let body = format!("{{{}}}", " ".repeat(length - 2));
                request.body = match is_base64 {
                    true => BASE64_STANDARD.encode(&body),
                    false => body.clone(),
                };
                request.body_is_base64 = is_base64;
                assert_eq!(*request.json_object(length).unwrap(), *body.as_bytes());
                let error = request.json_object(length - 1).unwrap_err();
                assert_eq!(error.status(), 413);
            }
        }
    }
}
