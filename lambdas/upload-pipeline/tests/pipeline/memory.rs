//! How much memory an event takes, and an upload.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use bytes::Bytes;
use function_kit::Request;
use function_kit::testing::{MAX_PEAK_BYTES, assert_memory_is_bounded, hostile_events};
use upload_pipeline::api;
use upload_pipeline::domain::{Checksum, ContentType, Location, Object, Sha256Digest};
use upload_pipeline::ports::{Chunks, ObjectStore, PortError, Put, ReadError, Sink, Source};
use upload_pipeline::process::Processing;

use crate::requests::{ALICE, event, on_stream, try_deliver_to, upload};
use crate::world::World;

fn bounded(test: &str, member: &str) {
    let template = event("POST", "/uploads", Some(ALICE), None);
    assert_memory_is_bounded(
        test,
        || hostile_events(&template, member),
        |event| {
            let event: ApiGatewayV2httpRequest = serde_json::from_slice(event).unwrap();
            let api = World::default().api();
            let _ = run(api::handle(&api, Request::from(event)));
        },
    );
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().build().unwrap().block_on(future)
}

#[test]
fn no_file_name_takes_64_mib() {
    bounded("memory::no_file_name_takes_64_mib", "filename");
}

#[test]
fn no_content_takes_64_mib() {
    bounded("memory::no_content_takes_64_mib", "content");
}

/// Sixteen times as much as it may take: 1 GiB.
const LARGE: u64 = 16 * MAX_PEAK_BYTES;

/// How long Lambda lets an invocation run at most ("Lambda quotas").
const LONGEST: Duration = Duration::from_secs(15 * 60);

const TEXT: &str = "straße ";

/// No multiple of the text's bytes, so that characters lie across the borders of chunks.
const CHUNK_BYTES: usize = 64 * 1024;

#[test]
fn no_upload_takes_64_mib_to_process() {
    let test = "memory::no_upload_takes_64_mib_to_process";
    assert_memory_is_bounded(
        test,
        || vec![("a large upload".to_owned(), Vec::new())],
        |_| {
            let written = run(process_large());
            assert!(written >= LARGE, "{written}");
        },
    );
}

/// Processes an upload of [`LARGE`] bytes. Returns how many the result has.
async fn process_large() -> u64 {
    let world = World::default();
    upload(&world, "large.txt", "x").await;
    let large = Large::default();
    let processing = Processing {
        objects: Arc::new(large.clone()),
        ..world.processing()
    };
    let records = on_stream(&world);
    let failed = try_deliver_to(&processing, &records, LONGEST).await;
    assert_eq!(failed.unwrap(), None);
    large.written.load(Ordering::Relaxed)
}

/// A store whose objects are large and are not kept.
#[derive(Clone, Default)]
struct Large {
    written: Arc<AtomicU64>,
}

#[async_trait]
impl ObjectStore for Large {
    async fn put_new(
        &self,
        _: &Location,
        _: &ContentType,
        _: Sha256Digest,
        _: Bytes,
    ) -> Result<Put, PortError> {
        Ok(Put::Exists)
    }

    async fn newest(&self, _: &Location) -> Result<Option<Object>, PortError> {
        Ok(None)
    }

    fn source(&self, _: &Location, _: &Object) -> Box<dyn Source> {
        Box::new(self.clone())
    }

    fn sink(&self, _: &Location, _: &ContentType) -> Box<dyn Sink> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Source for Large {
    fn size(&self) -> u64 {
        LARGE
    }

    async fn read(&self, range: Range<u64>) -> Result<Box<dyn Chunks>, ReadError> {
        Ok(Box::new(Repeated {
            text: TEXT.repeat(CHUNK_BYTES / TEXT.len() + 2).into(),
            at: 0,
            left: range.end - range.start,
        }))
    }
}

/// A text again and again, cut into chunks without regard to its characters.
struct Repeated {
    text: Bytes,
    /// Place in the text at which the next chunk begins.
    at: usize,
    left: u64,
}

#[async_trait]
impl Chunks for Repeated {
    async fn next(&mut self) -> Result<Option<Bytes>, ReadError> {
        if self.left == 0 {
            // What is left of the text, so that it ends between characters.
            let rest = self.text.split_off(self.at.min(self.text.len()));
            self.at = usize::MAX;
            return Ok(Some(rest).filter(|rest| !rest.is_empty()));
        }
        self.left = self.left.saturating_sub(CHUNK_BYTES as u64);
        let chunk = self.text.slice(self.at..self.at + CHUNK_BYTES);
        self.at = (self.at + CHUNK_BYTES) % TEXT.len();
        Ok(Some(chunk))
    }
}

#[async_trait]
impl Sink for Large {
    async fn write(&mut self, bytes: Bytes) -> Result<(), PortError> {
        let size = bytes.len() as u64;
        self.written.fetch_add(size, Ordering::Relaxed);
        Ok(())
    }

    async fn finish(self: Box<Self>) -> Result<Put, PortError> {
        Ok(Put::Created(Object {
            version: "1".to_owned(),
            size: self.written.load(Ordering::Relaxed),
            checksum: Checksum::Sha256(Sha256Digest::of(b"")),
        }))
    }
}
