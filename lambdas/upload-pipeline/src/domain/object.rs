//! Objects in S3: their places, versions and checksums.

use serde::{Deserialize, Serialize};

use super::Sha256Digest;

/// The place of an object in S3.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// Name of the bucket.
    pub bucket: String,
    /// Key in the bucket.
    pub key: String,
}

/// One version of an object, which never changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Object {
    /// S3's id of the version.
    pub version: String,
    /// Size in bytes.
    pub size: u64,
    /// What S3 verified the bytes with.
    #[serde(flatten)]
    pub checksum: Checksum,
}

/// A checksum that S3 keeps with an object ("Checking object integrity in Amazon S3").
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Checksum {
    /// Of the whole content.
    #[serde(rename = "sha256")]
    Sha256(Sha256Digest),
    /// Of the whole content, in base64: what S3 adds where the client sends none.
    #[serde(rename = "crc64nvme")]
    Crc64Nvme(String),
    /// Of the checksums of a multipart upload's parts: base64, `-`, and the number of parts.
    #[serde(rename = "composite")]
    Composite(String),
}

/// An object that processing wrote.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stored {
    /// Its place.
    #[serde(flatten)]
    pub location: Location,
    /// Its version.
    #[serde(flatten)]
    pub object: Object,
}
