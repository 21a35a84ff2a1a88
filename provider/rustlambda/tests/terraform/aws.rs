//! An embedded AWS, and terraform against it.

#![allow(
    dead_code,
    reason = "each of the test programs that include this file uses a part of it"
)]

use std::process::Command;

use aws_config::{BehaviorVersion, Region};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Credentials;
use sandbox::embedded_aws::{EmbeddedAws, REGION, ROOT_KEY};
use sandbox::http::{self, Request};
use sandbox::{project::Project, python::Python, sdk, tool};

use crate::driver::{Answer, Root, need};

/// An embedded AWS with a bucket, `artifacts`.
pub struct Aws {
    running: EmbeddedAws,
    project: Project,
    pub client: Client,
    pub lambda: aws_sdk_lambda::Client,
}

impl Aws {
    /// Starts it.
    pub async fn start() -> Self {
        need(&[&tool::TERRAFORM, &tool::PYTHON]);
        let project = Project::find().unwrap();
        let python = Python::prepare(&project, &|_| ()).unwrap();
        let running = EmbeddedAws::start(&project, &python, None, &|_| ()).unwrap();
        let config = aws_config::defaults(BehaviorVersion::latest())
            .endpoint_url(running.address().endpoint())
            .http_client(sdk::http_client(running.address()).unwrap())
            .region(Region::new(REGION))
            .credentials_provider(Credentials::new(ROOT_KEY, ROOT_KEY, None, None, "test"));
        let config = config.load().await;
        let client = Client::new(&config);
        client
            .create_bucket()
            .bucket("artifacts")
            .send()
            .await
            .unwrap();
        Self {
            running,
            project,
            client,
            lambda: aws_sdk_lambda::Client::new(&config),
        }
    }

    /// The URL of all its services.
    pub fn endpoint(&self) -> String {
        self.running.address().endpoint()
    }

    /// Makes a role that may do everything in S3, for who knows the external id, and for those whom
    /// an identity provider has signed in.
    pub fn create_role(&self, arn: &str, external_id: &str, provider: &str) {
        let (account, name) = arn.split_once(":role/").unwrap();
        let trust = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": format!("{account}:root")},
                "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
            },
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": format!("{account}:oidc-provider/{provider}")},
            },
        ]});
        let allowed = serde_json::json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        ]});
        let (trust, allowed) = (trust.to_string(), allowed.to_string());
        let role = [
            ("Action", "CreateRole"),
            ("AssumeRolePolicyDocument", &trust),
        ];
        let policy = [
            ("Action", "PutRolePolicy"),
            ("PolicyName", "s3"),
            ("PolicyDocument", &allowed),
        ];
        for form in [&role[..], &policy] {
            let mut form = form.to_vec();
            form.extend([("RoleName", name), ("Version", "2010-05-08")]);
            let scope = format!("{ROOT_KEY}/20260101/{REGION}/iam/aws4_request");
            // Root's signature is not checked.
            let authorization =
                format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
            let request = Request::post(self.endpoint())
                .header("authorization", authorization)
                .header("content-type", http::FORM)
                .body(http::form(&form).into_bytes())
                .unwrap();
            let client = http::Client::of(self.running.address()).unwrap();
            client.send(request).unwrap().success("IAM").unwrap();
        }
    }

    pub async fn keys(&self) -> Vec<String> {
        let listed = self
            .client
            .list_objects_v2()
            .bucket("artifacts")
            .send()
            .await
            .unwrap();
        listed
            .contents()
            .iter()
            .map(|object| object.key().unwrap().to_owned())
            .collect()
    }

    pub async fn read(&self, key: &str) -> Vec<u8> {
        let object = self
            .client
            .get_object()
            .bucket("artifacts")
            .key(key)
            .send()
            .await
            .unwrap();
        object.body.collect().await.unwrap().to_vec()
    }

    /// Runs terraform in a root module with this AWS, and with `path` as its `PATH` if given.
    pub fn terraform(&self, root: &Root, arguments: &[&str], path: Option<&str>) -> Answer {
        let mut command = self.command(root, arguments);
        if let Some(path) = path {
            command.env("PATH", path);
        }
        Answer::of(&mut command)
    }

    /// A terraform command in a root module with this AWS.
    pub fn command(&self, root: &Root, arguments: &[&str]) -> Command {
        let mut command = root.command(arguments);
        self.running.address().apply_to(&mut command, &self.project);
        command
    }
}
