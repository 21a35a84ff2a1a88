//! What S3 can answer, and what the user is told.

use packaging::{ArtifactId, AwsSettings, Fingerprint, Place, S3, Store};

use crate::stub::{Answer, Bucket};

async fn failure_of(s3: &S3, place: Place) -> String {
    let fingerprint = Fingerprint::from_hex("0123456789abcdef");
    let id = ArtifactId {
        name: "api",
        fingerprint: &fingerprint,
    };
    let found = match Store::open(s3, place, false).await {
        Ok(store) => store.find(id).await,
        Err(error) => Err(error),
    };
    let text = found.unwrap_err().to_string();
    assert!(!text.contains(".."), "two full stops: {text}");
    assert!(text.ends_with('.'), "no full stop: {text}");
    text
}

#[tokio::test]
async fn each_answer_of_s3_has_its_own_advice() {
    let denied = "User: arn:aws:iam::111122223333:user/ci is not authorized.";
    for (answer, texts) in [
        (
            Answer::error(400, "ExpiredToken", "The provided token has expired."),
            ["have expired", "aws sso login"],
        ),
        (
            Answer::error(403, "InvalidAccessKeyId", "No such key id."),
            ["does not accept the credentials", "Check the access key"],
        ),
        (
            Answer::error(301, "PermanentRedirect", "Use another endpoint.")
                .with("x-amz-bucket-region", "eu-central-1"),
            ["the bucket is in eu-central-1", "Set the store's `region`"],
        ),
        (
            Answer::error(403, "AccessDenied", denied),
            [
                "s3:GetObject (and s3:ListBucket on the bucket) is denied",
                denied,
            ],
        ),
        (
            Answer::error(503, "SlowDown", "Reduce your request rate."),
            [
                "SlowDown: Reduce your request rate",
                "s3://artifacts/team/api/",
            ],
        ),
    ] {
        let bucket = Bucket::start();
        bucket.misbehave(move |_| Some(answer.clone()));
        let text = failure_of(&bucket.s3(), bucket.place()).await;
        for expected in texts {
            assert!(
                text.contains(expected.trim_end_matches('.')),
                "{expected}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_bucket_of_another_owner_is_refused() {
    let bucket = Bucket::start();
    let place = Place {
        expected_bucket_owner: Some("999988887777".to_owned()),
        ..bucket.place()
    };
    let text = failure_of(&bucket.s3(), place).await;
    assert!(text.contains("belongs to account 999988887777"), "{text}");
}

#[tokio::test]
async fn what_is_missing_on_this_machine_is_named() {
    let bucket = Bucket::start();
    let change = |change: fn(&mut AwsSettings)| {
        let mut settings = bucket.settings();
        change(&mut settings);
        S3::new(settings)
    };
    let nope = change(|settings| settings.profile = Some("nope".to_owned()));
    let text = failure_of(&nope, bucket.place()).await;
    assert!(text.contains("no profile `nope`"), "{text}");
    assert!(text.contains("Choose one of: default"), "{text}");

    std::fs::write(bucket.file("config"), "[profile empty]\n").unwrap();
    let empty = change(|settings| settings.profile = Some("empty".to_owned()));
    let text = failure_of(&empty, bucket.place()).await;
    assert!(text.contains("there are no credentials"), "{text}");

    let nowhere = change(|settings| {
        settings.endpoints.s3 = Some("http://127.0.0.1:1".to_owned());
    });
    let text = failure_of(&nowhere, bucket.place()).await;
    assert!(text.contains("AWS cannot be reached"), "{text}");

    std::fs::write(bucket.file("no-certificate"), "PEM").unwrap();
    let mut settings = bucket.settings();
    settings.custom_ca_bundle = Some(bucket.file("no-certificate"));
    let text = failure_of(&S3::new(settings), bucket.place()).await;
    assert!(text.contains("it has no certificate"), "{text}");
}
