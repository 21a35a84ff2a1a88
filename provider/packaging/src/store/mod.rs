//! Where zips lie: on this disk, in S3 by fingerprint, and in S3 as releases with a version.

pub(crate) mod artifacts;
pub(crate) mod aws;
pub(crate) mod constraint;
mod fault;
pub(crate) mod function;
pub(crate) mod local;
pub(crate) mod place;
pub(crate) mod releases;
pub(crate) mod s3;
pub(crate) mod signature;
pub(crate) mod version;
