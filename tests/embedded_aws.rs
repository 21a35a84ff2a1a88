//! What the proxy makes of the embedded AWS that the embedded AWS alone is not.

use std::time::Duration;

use acceptance_tests::clients::Clients;
use anyhow::{Context, Result, ensure};
use aws_sdk_s3::{config::Credentials, presigning::PresigningConfig};
use sandbox::{
    cancel, embedded_aws::EmbeddedAws, http::Client, project::Project, python::Python, quiet,
};
use serde_json::json;

const BUCKET: &str = "behind-tls";

/// A bucket whose policy refuses plain HTTP, as those of the modules do, serves clients over TLS,
/// and nobody over plain HTTP on the same port.
#[test]
fn a_bucket_that_refuses_plain_http_serves_tls() -> Result<()> {
    cancel::on_signals()?;
    let project = Project::find()?;
    let python = Python::prepare(&project, &quiet)?;
    let aws = EmbeddedAws::start(&project, &python, None, &quiet)?;
    let clients = Clients::new(aws.address())?;
    let user = user(&clients)?;
    let url = clients.wait(async {
        let s3 = &clients.s3;
        s3.create_bucket().bucket(BUCKET).send().await?;
        let policy = s3.put_bucket_policy().bucket(BUCKET);
        policy.policy(tls_only()).send().await?;
        let object = user.put_object().bucket(BUCKET).key("note.txt");
        object.body(b"over TLS".to_vec().into()).send().await?;
        let read = user.get_object().bucket(BUCKET).key("note.txt");
        let valid = PresigningConfig::expires_in(Duration::from_secs(60))?;
        anyhow::Ok(read.presigned(valid).await?.uri().to_owned())
    })?;

    ensure!(url.starts_with("https://"), "presigned {url}");
    let client = Client::of(aws.address())?;
    let read = client.get(&url)?;
    ensure!(
        (read.status, read.body.as_str()) == (200, "over TLS"),
        "{read:?}"
    );
    // The signature does not cover the scheme.
    let refused = client.get(&url.replacen("https://", "http://", 1))?;
    ensure!(refused.status == 403, "expected 403: {refused:?}");
    Ok(())
}

/// S3 as a user who may do everything there. The embedded AWS spares its root the policies of
/// buckets, which AWS does not.
fn user(clients: &Clients) -> Result<aws_sdk_s3::Client> {
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    ]});
    let key = clients.wait(async {
        let (iam, name) = (&clients.iam, "ada");
        iam.create_user().user_name(name).send().await?;
        let request = iam.put_user_policy().user_name(name).policy_name("s3");
        request.policy_document(policy.to_string()).send().await?;
        let made = iam.create_access_key().user_name(name).send().await?;
        made.access_key.context("an access key is made")
    })?;
    let credentials =
        Credentials::new(key.access_key_id, key.secret_access_key, None, None, "test");
    let config = clients.s3.config().to_builder();
    let config = config.credentials_provider(credentials).build();
    Ok(aws_sdk_s3::Client::from_conf(config))
}

/// "Restrict access to only HTTPS requests" in the AWS documentation of bucket policies.
fn tls_only() -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [format!("arn:aws:s3:::{BUCKET}"), format!("arn:aws:s3:::{BUCKET}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }]})
    .to_string()
}
