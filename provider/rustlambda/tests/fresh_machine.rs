//! Functions that a machine without their zip creates, with the AWS provider and an embedded AWS.
//! Run it by name: `cargo test -p rustlambda --test fresh_machine`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics says why"
)]

use serde_json::Value;

#[path = "terraform/aws.rs"]
mod aws;
#[path = "terraform/driver.rs"]
mod driver;

use aws::Aws;
use driver::Root;

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    rustlambda = {
      source = "rustlambda/rustlambda"
    }
  }
}

data "aws_region" "current" {}

data "aws_caller_identity" "current" {}

resource "rustlambda_package" "api" {
  binary_path   = "api.sh"
  architecture  = "ARCHITECTURE"
  function_arns = ["arn:aws:lambda:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:function:NAME"]
  STORE
}

resource "aws_iam_role" "api" {
  name = "api"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_lambda_function" "api" {
  function_name     = "NAME"
  role              = aws_iam_role.api.arn
  runtime           = rustlambda_package.api.runtime
  handler           = rustlambda_package.api.handler
  architectures     = [rustlambda_package.api.architecture]
  filename          = rustlambda_package.api.s3_key == null ? rustlambda_package.api.filename : null
  s3_bucket         = rustlambda_package.api.s3_bucket
  s3_key            = rustlambda_package.api.s3_key
  s3_object_version = rustlambda_package.api.s3_object_version
  source_code_hash  = rustlambda_package.api.source_code_hash
}
"#;

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-no-color"];
const STORE: &str = "store = { bucket = \"artifacts\" }";

/// A deployed function, `api`.
struct Deployment {
    aws: Aws,
    store: &'static str,
    root: Root,
}

impl Deployment {
    async fn new(store: &'static str) -> Self {
        let aws = Aws::start().await;
        let root = Root::empty();
        let deployment = Self { aws, store, root };
        deployment.configure("api", "x86_64");
        deployment.terraform(&["init", "-no-color"], 0);
        deployment.terraform(&APPLY, 0);
        deployment
    }

    fn configure(&self, name: &str, architecture: &str) {
        let configuration = CONFIGURATION.replace("NAME", name);
        let configuration = configuration.replace("ARCHITECTURE", architecture);
        self.root
            .write("main.tf", &configuration.replace("STORE", self.store));
        self.root.write("api.sh", "#!/bin/sh\n");
    }

    #[track_caller]
    fn terraform(&self, arguments: &[&str], code: i32) -> String {
        self.aws
            .terraform(&self.root, arguments, None)
            .exits_with(code)
    }

    /// Goes on as a fresh machine does, with the state and no zip, where nothing is to be done.
    #[track_caller]
    fn move_to_fresh_machine(&mut self) {
        let root = Root::empty();
        root.copy_from(&self.root, "terraform.tfstate");
        root.copy_from(&self.root, "main.tf");
        root.write("api.sh", "#!/bin/sh\n");
        self.root = root;
        self.terraform(&["init", "-no-color"], 0);
        self.assert_unchanged();
        assert!(!self.root.path(".terraform/rustlambda").exists());
    }

    #[track_caller]
    fn assert_unchanged(&self) {
        self.terraform(&["plan", "-detailed-exitcode", "-no-color"], 0);
    }

    /// What Lambda runs under a name.
    async fn deployed(&self, name: &str) -> (String, String) {
        let function = self.aws.lambda.get_function_configuration();
        let function = function.function_name(name).send().await.unwrap();
        let architecture = function.architectures()[0].as_str().to_owned();
        (architecture, function.code_sha256().unwrap().to_owned())
    }

    /// The hash that the state has of the zip.
    fn hash(&self) -> String {
        let state = std::fs::read(self.root.path("terraform.tfstate")).unwrap();
        let state: Value = serde_json::from_slice(&state).unwrap();
        let resources = state["resources"].as_array().unwrap();
        let package = resources
            .iter()
            .find(|resource| resource["type"] == "rustlambda_package");
        let hash = &package.unwrap()["instances"][0]["attributes"]["source_code_hash"];
        hash.as_str().unwrap().to_owned()
    }

    /// A fresh machine renames the function, another has it replaced for another processor, and a
    /// third finds it deleted: each takes one apply.
    async fn changes_on_fresh_machines(mut self) {
        self.move_to_fresh_machine();
        self.configure("renamed", "x86_64");
        self.terraform(&APPLY, 0);
        let expected = ("x86_64".to_owned(), self.hash());
        assert_eq!(self.deployed("renamed").await, expected);
        self.assert_unchanged();

        self.move_to_fresh_machine();
        self.configure("renamed", "arm64");
        self.terraform(&APPLY, 0);
        let expected = ("arm64".to_owned(), self.hash());
        assert_eq!(self.deployed("renamed").await, expected);
        self.assert_unchanged();

        self.move_to_fresh_machine();
        let delete = self.aws.lambda.delete_function();
        delete.function_name("renamed").send().await.unwrap();
        self.terraform(&APPLY, 0);
        assert_eq!(self.deployed("renamed").await, expected);
        self.assert_unchanged();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_machine_without_a_store_creates_functions() {
    let deployment = Deployment::new("").await;
    deployment.changes_on_fresh_machines().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_machine_with_a_store_creates_functions() {
    let deployment = Deployment::new(STORE).await;
    deployment.changes_on_fresh_machines().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zip_that_was_deleted_from_the_store_is_stored_again() {
    let mut deployment = Deployment::new(STORE).await;
    deployment.move_to_fresh_machine();
    for key in deployment.aws.keys().await {
        let delete = deployment.aws.client.delete_object().bucket("artifacts");
        delete.key(key).send().await.unwrap();
    }
    deployment.terraform(&["plan", "-detailed-exitcode", "-no-color"], 2);
    deployment.terraform(&APPLY, 0);
    assert_eq!(deployment.aws.keys().await.len(), 2, "zip and manifest");
    deployment.assert_unchanged();
}
