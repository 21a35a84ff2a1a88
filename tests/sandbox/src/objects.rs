//! Reads objects of the embedded S3 through presigned URLs.

use std::time::Duration;

use anyhow::{Context, Result};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};

use crate::{
    cancel,
    embedded_aws::{Address, REGION, ROOT_KEY},
    http::Client,
};

/// How long the pipeline may take until its result is there.
const PATIENCE: Duration = Duration::from_secs(60);

/// The key under which the pipeline stores what it makes of the upload under `upload_key`.
pub fn processed_key(upload_key: &str) -> String {
    upload_key.replacen("uploads/", "processed/", 1)
}

/// Waits for what the pipeline makes of the upload under `upload_key`, and gives its text.
///
/// Fails when there is nothing in `processed_bucket` after a minute.
pub fn wait_for_processed(
    aws: &Address,
    processed_bucket: &str,
    upload_key: &str,
) -> Result<String> {
    let key = processed_key(upload_key);
    cancel::poll(PATIENCE, || read(aws, processed_bucket, &key))?
        .with_context(|| format!("no {key} in {processed_bucket} after {PATIENCE:?}"))
}

/// Returns the status that somebody without credentials gets for an object, or for the bucket's
/// listing where `key` is empty.
pub fn status_without_credentials(aws: &Address, bucket: &str, key: &str) -> Result<u16> {
    let url = format!("{}/{bucket}/{key}", aws.endpoint());
    Ok(Client::of(aws)?.get(&url)?.status)
}

/// The text of an object, or `None` while there is none under that key.
pub fn read(aws: &Address, bucket: &str, key: &str) -> Result<Option<String>> {
    let endpoint = aws.endpoint().parse().context("the endpoint is no URL")?;
    let bucket = Bucket::new(endpoint, UrlStyle::Path, bucket.to_owned(), REGION)?;
    let credentials = Credentials::new(ROOT_KEY, ROOT_KEY);
    let url = bucket
        .get_object(Some(&credentials), key)
        .sign(Duration::from_secs(60));
    let answer = Client::of(aws)?.get(url.as_str())?;
    match answer.status {
        404 => Ok(None),
        _ => Ok(Some(answer.success(&format!("GetObject of {key}"))?.body)),
    }
}
