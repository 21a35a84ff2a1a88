//! Artifacts in a bucket.

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use packaging::{
    Builder, CargoBuild, Error, Package, Place, Request, Source, Store, StoreFault, Stored,
};

use crate::stub::{Answer, Bucket, OWNER};

/// A package that needs no compiler: a script.
pub fn script(folder: &Path, text: &str) -> Package {
    let path = folder.join("api");
    std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    Package::resolve(Request::new(Source::Executable(path))).unwrap()
}

/// Publishes a script to a place, from a machine that has nothing yet.
async fn publish(bucket: &Bucket, place: Place, verify: bool) -> packaging::Result<Stored> {
    let folder = tempfile::tempdir().unwrap();
    let package = script(folder.path(), "echo");
    let store = Store::open(&bucket.s3(), place, verify).await?;
    let zips = folder.path().join("zips");
    let made = package.publish(&zips, &Builder::default(), &store).await;
    Ok(made?.zip)
}

#[tokio::test]
async fn an_upload_that_meets_another_is_sent_again() {
    let bucket = Bucket::start();
    let conflicts = AtomicU32::new(2);
    bucket.misbehave(move |request| {
        let left = |n: u32| n.checked_sub(1);
        let conflict = request.method == "PUT"
            && conflicts
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left)
                .is_ok();
        conflict.then(|| Answer::error(409, "ConditionalRequestConflict", "Another upload."))
    });
    let stored = publish(&bucket, bucket.place(), false).await.unwrap();
    assert!(bucket.keys().contains(&stored.key), "{:?}", bucket.keys());
}

#[tokio::test]
async fn the_expected_owner_goes_with_every_request() {
    let bucket = Bucket::start();
    let place = Place {
        expected_bucket_owner: Some(OWNER.to_owned()),
        ..bucket.place()
    };
    publish(&bucket, place.clone(), false).await.unwrap();
    publish(&bucket, place, false).await.unwrap();
    for request in bucket.requests() {
        let owner = request.headers.get("x-amz-expected-bucket-owner");
        assert_eq!(owner.map(String::as_str), Some(OWNER), "{request:?}");
    }
}

#[tokio::test]
async fn a_poisoned_store_is_refused() {
    let bucket = Bucket::start();
    let stored = publish(&bucket, bucket.place(), false).await.unwrap();
    publish(&bucket, bucket.place(), true).await.unwrap();

    // Whoever may write puts another zip there, with all that belongs to it.
    let folder = tempfile::tempdir().unwrap();
    let (package, builder) = (script(folder.path(), "steal"), Builder::default());
    let other = package.build(folder.path(), &builder).await.unwrap();
    bucket.change(&stored.key, |object| {
        object.content = std::fs::read(&other.file).unwrap();
        let headers = &mut object.headers;
        headers.insert("x-amz-meta-sha256".to_owned(), other.sha256.hex());
        headers.insert("x-amz-checksum-sha256".to_owned(), other.sha256.base64());
    });
    let error = publish(&bucket, bucket.place(), true).await.unwrap_err();
    assert!(matches!(error, Error::StoreMismatch { .. }), "{error}");

    // The metadata lie; S3's own checksum, or where there is none the bytes, do not.
    bucket.change(&stored.key, |object| {
        let headers = &mut object.headers;
        headers.insert("x-amz-meta-sha256".to_owned(), stored.sha256.hex());
    });
    for _ in ["S3's checksum", "the bytes"] {
        let error = publish(&bucket, bucket.place(), false).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains("do not have the SHA-256"), "{text}");
        bucket.change(&stored.key, |object| {
            object.headers.remove("x-amz-checksum-sha256");
        });
    }
}

#[tokio::test]
async fn nothing_is_written_to_a_store_that_is_read_only() {
    let bucket = Bucket::start();
    let read_only = Place {
        read_only: true,
        ..bucket.place()
    };
    let error = publish(&bucket, read_only.clone(), false)
        .await
        .unwrap_err();
    let Error::Store { fault, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(*fault, StoreFault::ReadOnly);
    publish(&bucket, bucket.place(), false).await.unwrap();
    let before = bucket.requests().len();
    publish(&bucket, read_only, false).await.unwrap();
    let requests = bucket.requests();
    assert!(
        requests[before..]
            .iter()
            .all(|request| request.method != "PUT")
    );
}

/// Publishes a crate that prints what `expression` gives, and returns the error.
async fn refusal(bucket: &Bucket, expression: &str, environment: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let manifest = "[package]\nname = \"api\"\nversion = \"1.0.0\"\nedition = \"2024\"\n";
    write("Cargo.toml", manifest);
    write(
        "src/main.rs",
        &format!("fn main() {{ print!(\"{{}}\", {expression}) }}\n"),
    );
    let mut build = CargoBuild::new(folder.path().join("Cargo.toml"));
    let variable = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    build.environment = environment.iter().map(variable).collect();
    let package = Package::resolve(Request::new(Source::Cargo(build))).unwrap();
    let store = Store::open(&bucket.s3(), bucket.place(), false).await;
    let (store, builder) = (store.unwrap(), Builder::default());
    let zips = folder.path().join("zips");
    let published = package.publish(&zips, &builder, &store);
    published.await.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_other_machines_cannot_know_is_not_published() {
    let bucket = Bucket::start();
    let outside = tempfile::NamedTempFile::new().unwrap();
    let included = format!("include_str!({:?})", outside.path());
    let error = refusal(&bucket, &included, &[]).await;
    assert!(
        error.contains(&outside.path().display().to_string()),
        "{error}"
    );
    let error = refusal(&bucket, "1", &[("RUSTC_WRAPPER", "/usr/bin/env")]).await;
    assert!(error.contains("RUSTC_WRAPPER"), "{error}");
    assert_eq!(bucket.keys(), [""; 0]);
}
