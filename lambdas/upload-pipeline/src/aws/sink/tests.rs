use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_s3::config::http::{HttpRequest, HttpResponse};
use aws_sdk_s3::config::{AsyncSleep, Credentials, Region, SharedCredentialsProvider, Sleep};
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use function_kit::aws::sdk_config;

use super::*;

/// An S3 of which every call is answered at once.
#[derive(Debug, Clone, Default)]
struct Service(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    refuses_parts: bool,
    /// Sizes of the parts that it took.
    parts: Vec<u64>,
    is_complete: bool,
    /// What was begun and neither completed nor aborted, besides what is begun now.
    left: bool,
    /// How long the SDK would have waited for its answers.
    waits: Vec<Duration>,
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = self.answer(&request);
        let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
        response.headers_mut().insert("etag", "\"e\"");
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl AsyncSleep for Service {
    fn sleep(&self, duration: Duration) -> Sleep {
        self.0.lock().unwrap().waits.push(duration);
        Sleep::new(std::future::pending())
    }
}

impl Service {
    fn answer(&self, request: &HttpRequest) -> (u16, &'static str) {
        let mut state = self.0.lock().unwrap();
        match request.method() {
            "GET" if state.left => (
                200,
                "<ListMultipartUploadsResult><Upload><Key>key</Key><UploadId>left</UploadId></Upload></ListMultipartUploadsResult>",
            ),
            "GET" => (200, "<ListMultipartUploadsResult/>"),
            "DELETE" if request.uri().contains("uploadId=left") => {
                state.left = false;
                (204, "")
            }
            "POST" if request.uri().contains("?uploads") => (
                200,
                "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>",
            ),
            "POST" => {
                state.is_complete = true;
                (
                    200,
                    "<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>",
                )
            }
            "PUT" if state.refuses_parts => (403, "<Error><Code>AccessDenied</Code></Error>"),
            "PUT" => {
                state
                    .parts
                    .push(request.body().bytes().unwrap().len() as u64);
                (200, "")
            }
            _ => (204, ""),
        }
    }

    async fn sink(&self) -> Box<S3Sink> {
        let connector = SharedHttpConnector::new(self.clone());
        let credentials = Credentials::new("id", "secret", None, None, "test");
        let config = sdk_config()
            .await
            .into_builder()
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .sleep_impl(self.clone())
            .build();
        let location = Location {
            bucket: "bucket".to_owned(),
            key: "key".to_owned(),
        };
        let content_type = ContentType::binary();
        Box::new(S3Sink::new(Client::new(&config), &location, &content_type))
    }
}

/// Returns more bytes than a part has.
fn bytes() -> Bytes {
    vec![b'x'; PART_BYTES + 1].into()
}

#[tokio::test]
async fn s3_may_take_minutes_to_make_an_object_of_its_parts() {
    let service = Service::default();
    let mut sink = service.sink().await;
    sink.write(bytes()).await.unwrap();
    let put = sink.finish().await.unwrap();
    assert!(matches!(put, Put::Created(object) if object.size == PART_BYTES as u64 + 1));
    let state = service.0.lock().unwrap();
    assert_eq!(state.parts, [PART_BYTES as u64, 1]);
    let longest = state.waits.iter().max().unwrap();
    assert!(*longest > Duration::from_secs(3 * 60), "{longest:?}");
}

/// A processor may ignore that a write failed, or give it up.
#[tokio::test]
async fn an_object_that_lacks_a_part_is_not_made() {
    let service = Service::default();
    let mut sink = service.sink().await;
    sink.write(bytes()).await.unwrap();
    service.0.lock().unwrap().refuses_parts = true;
    assert!(sink.write(bytes()).await.is_err());
    service.0.lock().unwrap().refuses_parts = false;
    let error = sink.finish().await.unwrap_err();
    assert!(error.operation.contains("bucket"), "{error}");
    assert!(!service.0.lock().unwrap().is_complete);
}

#[tokio::test]
async fn what_a_killed_try_has_left_is_removed() {
    let service = Service::default();
    service.0.lock().unwrap().left = true;
    let mut sink = service.sink().await;
    sink.write(bytes()).await.unwrap();
    sink.finish().await.unwrap();
    let state = service.0.lock().unwrap();
    assert!(state.is_complete && !state.left);
}
