//! Releases in a bucket.

use packaging::{
    Architecture, Builder, Constraint, Error, Publication, Release, Releases, Version,
};

use crate::store::script;
use crate::stub::Bucket;

async fn opened(bucket: &Bucket) -> Releases {
    let (s3, place) = (bucket.s3(), bucket.place());
    let releases = Releases::open(&s3, place, "api", Architecture::X86_64);
    releases.await.unwrap()
}

/// Publishes a script whose contents depend on the version.
async fn publish(bucket: &Bucket, version: &str, publisher: &str) -> Release {
    let folder = tempfile::tempdir().unwrap();
    let package = script(folder.path(), version);
    let builder = Builder::default();
    let zip = package.build(folder.path(), &builder);
    let zip = zip.await.unwrap();
    let publication = Publication {
        version: Version::parse(version).unwrap(),
        fingerprint: package.fingerprint().clone(),
        sha256: zip.sha256,
        pinned: Some(zip.sha256),
        file: zip.file,
        stored: None,
        runtime: "provided.al2023".to_owned(),
        handler: "bootstrap".to_owned(),
    };
    let releases = opened(bucket).await;
    releases.publish(&publication, publisher).await.unwrap()
}

async fn versions(bucket: &Bucket) -> Vec<String> {
    let versions = opened(bucket).await.versions().await.unwrap();
    versions.iter().map(Version::to_string).collect()
}

#[tokio::test]
async fn an_overwritten_release_is_refused() {
    let bucket = Bucket::start();
    let release = publish(&bucket, "1.4.0", "a").await;
    let overwrite = |with_headers: bool| {
        bucket.change(&release.zip.key, |object| {
            object.content = b"other".to_vec();
            if with_headers {
                // Of the release, but for S3's own.
                let sha256 = packaging::Checksum::of(b"other").base64();
                let headers = &mut object.headers;
                headers.insert("x-amz-checksum-sha256".to_owned(), sha256);
            } else {
                object.headers.clear();
            }
        });
    };
    for with_headers in [true, false] {
        overwrite(with_headers);
        let resolved = opened(&bucket).await.resolve(&Constraint::any()).await;
        let error = resolved.unwrap_err();
        assert!(matches!(error, Error::Store { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_release_is_the_pinned_one_and_signed_by_its_publisher() {
    let bucket = Bucket::start();
    let release = publish(&bucket, "1.4.0", "a").await;
    let releases = opened(&bucket).await;
    let pinned = |content: &[u8]| {
        let pin = Some(packaging::Checksum::of(content));
        releases.pinned(&release.version, release.zip.sha256, pin)
    };
    let zip = bucket.object(&release.zip.key).content;
    pinned(&zip).unwrap();
    let error = pinned(b"other").unwrap_err();
    assert!(matches!(error, Error::ReleaseNotPinned { .. }), "{error}");

    let keys = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    let key = keys.pk.to_base64().parse().unwrap();
    let unsigned = releases.verify(&release, &key).await.unwrap_err();
    assert!(
        unsigned
            .to_string()
            .contains("Ask its publisher to sign it")
    );
    let sign = |zip: &[u8]| {
        let comment = Some("api 1.4.0 x86_64");
        let signature = minisign::sign(Some(&keys.pk), &keys.sk, zip, comment, None).unwrap();
        bucket.change(&format!("{}.minisig", release.zip.key), |object| {
            object.content = signature.into_string().into_bytes();
        });
    };
    sign(&zip);
    releases.verify(&release, &key).await.unwrap();
    sign(b"other");
    let error = releases.verify(&release, &key).await.unwrap_err();
    assert!(matches!(error, Error::Signature { .. }), "{error}");
}

#[tokio::test]
async fn the_record_of_an_old_release_is_none_of_a_newer_version() {
    let bucket = Bucket::start();
    publish(&bucket, "1.4.0", "a").await;
    let folder = "team/api/releases/x86_64/";
    let old = bucket.object(&format!("{folder}1.4.0.json"));
    bucket.change(&format!("{folder}1.5.0.json"), |record| *record = old);
    let resolved = opened(&bucket).await.resolve(&Constraint::any()).await;
    let error = resolved.unwrap_err().to_string();
    assert!(error.contains("of `api` 1.4.0 for x86_64"), "{error}");
}

#[tokio::test]
async fn a_release_whose_zip_expired_is_published_again_and_not_resolved() {
    let bucket = Bucket::start();
    let release = publish(&bucket, "1.4.0", "a").await;
    bucket.expire(&release.zip.key);
    let releases = opened(&bucket).await;
    let error = releases.resolve(&Constraint::any()).await.unwrap_err();
    assert!(error.to_string().contains("is not there"), "{error}");
    assert_eq!(publish(&bucket, "1.4.0", "a").await, release);
}

#[tokio::test]
async fn a_replacement_that_was_made_first_keeps_what_it_publishes() {
    let bucket = Bucket::start();
    publish(&bucket, "1.0.0", "old").await;
    publish(&bucket, "1.1.0", "old").await;
    publish(&bucket, "1.1.0", "new").await;
    let releases = opened(&bucket).await;
    releases.withdraw("old").await.unwrap();
    assert_eq!(versions(&bucket).await, ["1.1.0", "1.0.0"]);
    releases.withdraw("new").await.unwrap();
    assert_eq!(versions(&bucket).await, ["1.0.0"], "published by another");
}

#[tokio::test]
async fn superseded_releases_go_but_for_those_of_others() {
    let bucket = Bucket::start();
    for version in ["1.0.0-rc.1", "1.0.0", "1.2.0", "2.0.0-rc.1"] {
        publish(&bucket, version, "a").await;
    }
    publish(&bucket, "1.1.0", "b").await;
    let current = Version::parse("2.0.0-rc.1").unwrap();
    let releases = opened(&bucket).await;
    releases.retain(1, &current, "a").await.unwrap();
    assert_eq!(versions(&bucket).await, ["2.0.0-rc.1", "1.2.0", "1.1.0"]);
}
