use std::collections::BTreeMap;

use aws_sdk_s3::config::{Credentials, Region, SharedCredentialsProvider};
use function_kit::aws::sdk_config;

use super::*;
use crate::domain::Checksum;

async fn direct() -> S3Direct {
    let token = Some("token".to_owned());
    let credentials = Credentials::new("id", "secret", token, None, "test");
    let config = sdk_config()
        .await
        .into_builder()
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build();
    S3Direct::new(&config)
}

fn location() -> Location {
    Location {
        bucket: "bucket".to_owned(),
        key: "uploads/alice/1/März 1.txt".to_owned(),
    }
}

fn sha256() -> Sha256Digest {
    Sha256Digest::of(b"abc")
}

/// SHA-256 of `abc` (FIPS 180-4), in base64.
const CHECKSUM: &str = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

/// Returns the parameters of the URL, as they are written there.
fn query(url: &str) -> BTreeMap<&str, &str> {
    let (_, query) = url.split_once('?').unwrap();
    let pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
    pairs.collect()
}

/// Whatever is signed beside what HTTP clients send by themselves has to be sent, and nothing else
/// may be: the client would not know.
fn assert_binds(signed: &SignedRequest, headers: &[(&str, &str)]) {
    let expected = headers
        .iter()
        .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
    assert_eq!(signed.headers, expected.collect());
    let query = query(&signed.url);
    let mut names: Vec<_> = signed.headers.keys().map(String::as_str).collect();
    names.extend(["content-length", "host"]);
    names.sort_unstable();
    assert_eq!(query["X-Amz-SignedHeaders"], names.join("%3B"));
    assert_eq!(query["X-Amz-Expires"], "900");
    assert_eq!(query["X-Amz-Security-Token"], "token");
    let checksums = query
        .keys()
        .filter(|name| name.to_lowercase().contains("checksum"));
    assert_eq!(checksums.count(), 0, "{}", signed.url);
}

#[tokio::test]
async fn a_put_is_bound_to_length_type_and_checksum_and_writes_once() {
    let (direct, location) = (direct().await, location());
    let content_type = ContentType::default();
    for size in [0, 3, 5 << 30] {
        let signed = direct.sign_put(&location, &content_type, size, sha256());
        assert_binds(
            &signed.await.unwrap(),
            &[
                ("content-type", "text/plain; charset=utf-8"),
                ("if-none-match", "*"),
                ("x-amz-checksum-sha256", CHECKSUM),
            ],
        );
    }
}

#[tokio::test]
async fn a_part_is_bound_to_number_length_and_checksum() {
    let (direct, location) = (direct().await, location());
    let signed = direct.sign_part(&location, "m/1", 10_000, 5 << 30, sha256());
    let signed = signed.await.unwrap();
    assert_binds(&signed, &[("x-amz-checksum-sha256", CHECKSUM)]);
    let query = query(&signed.url);
    assert_eq!((query["partNumber"], query["uploadId"]), ("10000", "m%2F1"));
}

#[tokio::test]
async fn a_download_is_of_one_version_and_saved_under_its_name() {
    let direct = direct().await;
    let object = Object {
        version: "v1".to_owned(),
        size: 3,
        checksum: Checksum::Sha256(sha256()),
    };
    let name = FileName::parse("März 1.txt").unwrap();
    let url = direct.sign_get(&location(), &object, &name).await.unwrap();
    let query = query(&url);
    assert_eq!(query["versionId"], "v1");
    assert_eq!(
        query["response-content-disposition"],
        "attachment%3B%20filename%2A%3DUTF-8%27%27M%25C3%25A4rz%25201.txt"
    );
    assert_eq!(query["X-Amz-SignedHeaders"], "host");
}
