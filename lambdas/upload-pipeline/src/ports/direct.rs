//! What announced uploads need of S3, to which clients send their bytes without a function in
//! between.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::Serialize;

use super::PortError;
use crate::domain::{ContentType, FileName, Location, Object, Sha256Digest};

/// A request that a client may send in this function's name, for some minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedRequest {
    /// Where to.
    pub url: String,
    /// Headers that it must have, besides those that every HTTP client sets itself: `Host` and
    /// `Content-Length`.
    pub headers: BTreeMap<String, String>,
}

/// A part of a multipart upload that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub number: u16,
    /// Size in bytes.
    pub size: u64,
    /// What S3 verified the bytes with; every part that came by a signed request has it.
    pub sha256: Option<Sha256Digest>,
    /// S3's name for these bytes.
    pub e_tag: String,
}

/// Some of the parts that have arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartPage {
    /// The parts, in the order of their numbers.
    pub parts: Vec<Part>,
    /// Whether there are more.
    pub more: bool,
}

/// Outcome of joining parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// The object was made of them.
    Done,
    /// There is an object of that key, and the parts are still there.
    Exists,
    /// There is no such multipart upload: it was joined or aborted before.
    Gone,
    /// S3 takes longer than the invocation lasts. It may end all the same.
    Running,
}

/// S3, as far as clients send to it and fetch from it themselves.
#[async_trait]
pub trait DirectStore: Send + Sync {
    /// Signs the PUT of a whole object, which must be new. S3 refuses another length, type or
    /// content.
    async fn sign_put(
        &self,
        location: &Location,
        content_type: &ContentType,
        size: u64,
        sha256: Sha256Digest,
    ) -> Result<SignedRequest, PortError>;

    /// Signs the PUT of a part. S3 refuses another length or content.
    async fn sign_part(
        &self,
        location: &Location,
        id: &str,
        number: u16,
        size: u64,
        sha256: Sha256Digest,
    ) -> Result<SignedRequest, PortError>;

    /// Returns an address at which this version of the object can be fetched as a file of that
    /// name.
    async fn sign_get(
        &self,
        location: &Location,
        object: &Object,
        file_name: &FileName,
    ) -> Result<String, PortError>;

    /// Begins a multipart upload and returns its id.
    async fn begin(
        &self,
        location: &Location,
        content_type: &ContentType,
    ) -> Result<String, PortError>;

    /// Aborts a multipart upload, if it is there.
    async fn abort(&self, location: &Location, id: &str) -> Result<(), PortError>;

    /// Returns the ids of all multipart uploads of exactly that key.
    async fn begun(&self, location: &Location) -> Result<Vec<String>, PortError>;

    /// Returns the parts that have arrived behind number `after`, [`MAX_PAGE_PARTS`] at most;
    /// nothing, if there is no such multipart upload.
    async fn parts(
        &self,
        location: &Location,
        id: &str,
        after: u16,
    ) -> Result<Option<PartPage>, PortError>;

    /// Makes a new object of these parts, which are all of the multipart upload.
    async fn join(
        &self,
        location: &Location,
        id: &str,
        parts: &[Part],
    ) -> Result<Joined, PortError>;
}

/// Most parts of a page ("Amazon S3 multipart upload limits").
pub const MAX_PAGE_PARTS: u16 = 1000;
