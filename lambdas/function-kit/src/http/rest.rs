//! Requests and responses of a REST API (API Gateway, Lambda proxy integration, payload format
//! 1.0), with a Cognito authorizer.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use aws_lambda_events::encodings::Body;
use http::HeaderValue;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS};
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

use super::serve::{answer, deadline};
use super::{Request, Response};
use crate::claims::Claims;
use crate::problem::Problem;

impl From<ApiGatewayProxyRequest> for Request {
    fn from(event: ApiGatewayProxyRequest) -> Self {
        let mut context = event.request_context;
        let resource = event.resource.unwrap_or_default();
        Self {
            method: event.http_method,
            path: path_of(&resource, &event.path_parameters),
            headers: event.headers,
            claims: context
                .authorizer
                .fields
                .remove("claims")
                .map(claims_of)
                .unwrap_or_default(),
            request_id: context.request_id.unwrap_or_default(),
            query: event.query_string_parameters,
            body: event.body.unwrap_or_default(),
            body_is_base64: event.is_base64_encoded,
        }
    }
}

/// The path as the API's resources spell it. The event's own `path` begins with the base path of
/// a custom domain, of which the function knows nothing.
fn path_of(resource: &str, parameters: &HashMap<String, String>) -> String {
    let segment = |part: &str| {
        let name = part
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let name = name.map(|name| name.strip_suffix('+').unwrap_or(name));
        name.and_then(|name| parameters.get(name))
            .cloned()
            .unwrap_or_else(|| part.to_owned())
    };
    let segments: Vec<String> = resource.split('/').map(segment).collect();
    segments.join("/")
}

/// The authorizer gives claims as text; a claim that is a list comes as text too.
fn claims_of(claims: Value) -> Claims {
    let Value::Object(claims) = claims else {
        return Claims::default();
    };
    let text = claims.into_iter().filter_map(|(name, value)| match value {
        Value::String(text) => Some((name, text)),
        _ => None,
    });
    Claims::from(text.collect::<HashMap<_, _>>())
}

/// How long a REST API waits for the function, unless its owner had the quota raised ("Quotas for
/// configuring and running a REST API in API Gateway", integration timeout).
const REST_API_TIMEOUT: Duration = Duration::from_secs(29);

/// Headers of an answer that a script of another web site may read besides the few that it always
/// may (the Fetch standard's "CORS-safelisted response-header name").
const EXPOSED: HeaderValue = HeaderValue::from_static("allow, etag, location, retry-after");

/// [`serve`](super::serve), for a function behind a REST API. Scripts of the web site
/// `allowed_origin` (`*` for every one) may read its answers: a REST API, unlike an HTTP API, leaves
/// that to the function.
///
/// # Errors
/// When the Lambda runtime's API cannot be reached.
pub async fn serve_rest<H, F>(
    allowed_origin: Option<HeaderValue>,
    handler: H,
) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Request) -> F,
    F: Future<Output = Result<Response, Problem>>,
{
    let (handler, allowed_origin) = (&handler, allowed_origin.as_ref());
    lambda_runtime::run(service_fn(
        move |event: LambdaEvent<ApiGatewayProxyRequest>| async move {
            let deadline = deadline(&event.context, REST_API_TIMEOUT);
            let response = answer(handler, event.payload.into(), deadline).await;
            let response = readable_by(allowed_origin, response);
            Ok::<_, Infallible>(into_event(response))
        },
    ))
    .await
}

fn readable_by(origin: Option<&HeaderValue>, mut response: Response) -> Response {
    if let Some(origin) = origin {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    }
    response
}

fn into_event(response: Response) -> ApiGatewayProxyResponse {
    let (parts, body) = response.into_parts();
    let mut event = ApiGatewayProxyResponse::default();
    event.status_code = parts.status.as_u16().into();
    event.headers = parts.headers;
    event.body = Some(Body::Text(body));
    event
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::*;

    fn request(resource: &str, parameters: Value) -> Request {
        let event = json!({
            "resource": resource,
            "path": "/base/path/of/a/domain",
            "httpMethod": "PATCH",
            "headers": null,
            "multiValueHeaders": null,
            "queryStringParameters": {"cursor": "a"},
            "multiValueQueryStringParameters": {"cursor": ["a"]},
            "pathParameters": parameters,
            "stageVariables": null,
            "requestContext": {
                "stage": "v1", "requestId": "id", "httpMethod": "PATCH", "path": "/v1/items",
                "authorizer": {"claims": {"sub": "alice", "cognito:groups": ["a"]}},
            },
            "body": null,
            "isBase64Encoded": false,
        });
        let event: ApiGatewayProxyRequest = serde_json::from_value(event).unwrap();
        event.into()
    }

    #[test]
    fn the_event_tells_who_calls_and_how() {
        let request = request("/items", Value::Null);
        assert_eq!(request.method, Method::PATCH);
        assert_eq!(request.claims.subject().unwrap(), "alice");
        assert_eq!(request.query("cursor"), Some("a"));
        assert_eq!(request.request_id, "id");
    }

    /// An operator calls the function as the README of the module `upload-pipeline` says.
    #[test]
    fn reads_an_event_that_no_gateway_wrote() {
        let event = json!({
            "resource": "/uploads/{upload_id}/retry", "pathParameters": {"upload_id": "id"},
            "httpMethod": "POST",
            "requestContext": {"httpMethod": "POST", "authorizer": {"claims": {"sub": "alice"}}},
        });
        let event: ApiGatewayProxyRequest = serde_json::from_value(event).unwrap();
        let request = Request::from(event);
        let called = (request.method.as_str(), request.path.as_str());
        assert_eq!(called, ("POST", "/uploads/id/retry"));
        assert_eq!(request.claims.subject().unwrap(), "alice");
    }

    /// The request as "Create AWS Lambda proxy integrations for HTTP APIs in API Gateway" of the API
    /// Gateway developer guide prints it, format 1.0, which is that of a REST API.
    #[test]
    fn the_event_of_aws_s_documentation_is_read() {
        let event = r#"{
            "version": "1.0",
            "resource": "/my/path",
            "path": "/my/path",
            "httpMethod": "GET",
            "headers": {"header1": "value1", "header2": "value2"},
            "multiValueHeaders": {"header1": ["value1"], "header2": ["value1", "value2"]},
            "queryStringParameters": {"parameter1": "value1", "parameter2": "value"},
            "multiValueQueryStringParameters": {
                "parameter1": ["value1", "value2"],
                "parameter2": ["value"]
            },
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "id",
                "authorizer": {"claims": null, "scopes": null},
                "domainName": "id.execute-api.us-east-1.amazonaws.com",
                "domainPrefix": "id",
                "extendedRequestId": "request-id",
                "httpMethod": "GET",
                "identity": {
                    "accessKey": null,
                    "accountId": null,
                    "caller": null,
                    "cognitoAuthenticationProvider": null,
                    "cognitoAuthenticationType": null,
                    "cognitoIdentityId": null,
                    "cognitoIdentityPoolId": null,
                    "principalOrgId": null,
                    "sourceIp": "192.0.2.1",
                    "user": null,
                    "userAgent": "user-agent",
                    "userArn": null,
                    "clientCert": {
                        "clientCertPem": "CERT_CONTENT",
                        "subjectDN": "www.example.com",
                        "issuerDN": "Example issuer",
                        "serialNumber": "a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1:a1",
                        "validity": {
                            "notBefore": "May 28 12:30:02 2019 GMT",
                            "notAfter": "Aug  5 09:36:04 2021 GMT"
                        }
                    }
                },
                "path": "/my/path",
                "protocol": "HTTP/1.1",
                "requestId": "id=",
                "requestTime": "04/Mar/2020:19:15:17 +0000",
                "requestTimeEpoch": 1583349317135,
                "resourceId": null,
                "resourcePath": "/my/path",
                "stage": "$default"
            },
            "pathParameters": null,
            "stageVariables": null,
            "body": "Hello from Lambda!",
            "isBase64Encoded": false
        }"#;
        let event: ApiGatewayProxyRequest = serde_json::from_str(event).unwrap();
        let request = Request::from(event);
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("GET", "/my/path")
        );
        assert_eq!(request.request_id, "id=");
        assert_eq!(request.query("parameter2"), Some("value"));
        assert_eq!(request.headers["header2"], "value2");
        assert_eq!(request.body, "Hello from Lambda!");
        assert_eq!(request.claims.subject().unwrap_err().status(), 401);
    }

    #[test]
    fn the_path_is_the_resources_with_the_parameters_in_it() {
        for (resource, parameters, path) in [
            ("/", Value::Null, "/"),
            ("/items/{id}", json!({"id": "1"}), "/items/1"),
            ("/files/{path+}", json!({"path": "a/b"}), "/files/a/b"),
            ("/items/{id}", Value::Null, "/items/{id}"),
        ] {
            assert_eq!(request(resource, parameters).path, path, "{resource}");
        }
    }

    #[test]
    fn scripts_of_the_allowed_web_site_alone_may_read_an_answer() {
        let origin = HeaderValue::from_static("https://app.example.com");
        let response = readable_by(Some(&origin), Response::default());
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], origin);
        let response = readable_by(None, Response::default());
        assert!(response.headers().is_empty());
    }

    #[test]
    fn the_answer_has_the_members_that_a_rest_api_takes_and_no_others() {
        let event = serde_json::to_value(into_event(Response::new("body".to_owned()))).unwrap();
        let members: Vec<&String> = event.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            [
                "body",
                "headers",
                "isBase64Encoded",
                "multiValueHeaders",
                "statusCode"
            ]
        );
    }
}
