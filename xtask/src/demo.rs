//! `cargo xtask demo`: the main job, from an empty machine to a processed file.

mod site;

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use sandbox::{
    api::Api,
    cognito::{self, Tokens},
    embedded_aws::{Address, DEFAULT_PORT, EmbeddedAws},
    objects,
    project::Project,
    provider::CliConfig,
    python::Python,
    stage,
    terraform::{Outputs, Terraform},
    tool,
};
use serde::Serialize;
use serde_json::json;

use crate::{compiled, local, steps::step};

const EXAMPLE: &str = "upload-pipeline";
const EMAIL: &str = "ada@example.com";
/// Only ever known to the embedded AWS; meets the user pool's policy.
const PASSWORD: &str = "Correct-Horse-7-Battery";
const FILE_NAME: &str = "hello.txt";
const CONTENT: &str = "hello kinesis";

#[derive(Args)]
pub struct Arguments {
    /// Print one JSON object last on standard output.
    #[arg(long)]
    json: bool,
    /// Leave everything up and print how to play with it.
    #[arg(long)]
    keep: bool,
    /// The loopback port of the embedded AWS.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The cargo profile of the functions.
    #[arg(long, default_value = "lambda")]
    profile: String,
}

/// What the demo saw; the JSON that `--json` prints.
#[derive(Serialize)]
struct Report {
    ok: bool,
    api_endpoint: String,
    unauthorized_status: u16,
    upload_status: u16,
    file_key: String,
    processed: String,
    seconds: f64,
}

/// Deploys, uploads, shows; leaves nothing behind unless asked to.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    let started = Instant::now();
    tool::need(&tool::TERRAFORM, "the demo")?;
    tool::need(&tool::PYTHON, "the demo")?;
    if compiled::find(project, &arguments.profile, "upload-api").is_none() {
        eprintln!(
            "The first run compiles the provider and the functions: 10 minutes on 2 idle cores."
        );
    }

    let python = step("Python environment", |progress| {
        let python = Python::prepare(project, progress)?;
        // The site's distribution runs a function of CloudFront.
        if arguments.keep {
            python.and_node(project, progress)
        } else {
            Ok(python)
        }
    })?;
    let aws = step("Embedded AWS", |progress| {
        EmbeddedAws::start(project, &python, Some(arguments.port), progress)
    })?;
    let cli_config = step("Build of the Terraform provider", |progress| {
        CliConfig::prepare(project, progress)
    })?;
    let terraform = deploy(project, aws.address(), &cli_config, &arguments.profile)?;
    let outputs = terraform.outputs()?;
    let tokens = step("Sign up, confirm, sign in", |_| {
        cognito::sign_in_new_user(
            aws.address(),
            outputs.string("user_pool_client_id")?,
            EMAIL,
            PASSWORD,
        )
    })?;
    let mut report = exercise(aws.address(), &outputs, &tokens)?;
    report.seconds = (started.elapsed().as_secs_f64() * 10.0).round() / 10.0;

    eprintln!("\n  {CONTENT:?} went up as {}", report.file_key);
    eprintln!("  {:?} came out of the pipeline\n", report.processed);
    if arguments.keep {
        let site = site::deploy(project, aws.address(), &cli_config, &arguments.profile)?;
        println!("# Everything is up. In a shell:");
        local::print_exports(aws.address(), &cli_config);
        print_playground(aws.address(), &terraform, &outputs, &tokens)?;
        site::print(aws.address(), &site)?;
        println!("\n# End it: cargo xtask local down");
        local::leave_running(project, aws)?;
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    }
    Ok(())
}

fn deploy(
    project: &Project,
    aws: &Address,
    cli_config: &CliConfig,
    profile: &str,
) -> Result<Terraform> {
    let folder = stage::example(project, "demo", EXAMPLE)?;
    let terraform = Terraform::new(project, "demo", folder, aws, cli_config)?
        .variable("name", "demo")
        .variable("deletion_protection", false)
        .variable("build_profile", profile);
    step("terraform init", |_| terraform.init())?;
    step("terraform apply (compiles the functions)", |progress| {
        terraform.apply(progress)
    })?;
    Ok(terraform)
}

fn exercise(aws: &Address, outputs: &Outputs, tokens: &Tokens) -> Result<Report> {
    let api_endpoint = outputs.string("api_endpoint")?;
    let api = Api::new(aws, api_endpoint)?;
    let body = json!({"filename": FILE_NAME, "content": CONTENT}).to_string();
    let upload = |token| api.post("/uploads", token, body.as_bytes());

    let refused = step("Upload without a token is refused", |_| {
        let answer = upload(None)?;
        ensure!(
            answer.status == 401,
            "expected 401, got {}: {}",
            answer.status,
            answer.body
        );
        Ok(answer)
    })?;
    let by_id = step("Upload with the id token", |_| {
        let answer = upload(Some(&tokens.id))?;
        ensure!(
            answer.status == 201,
            "expected 201, got {}: {}",
            answer.status,
            answer.body
        );
        Ok(answer)
    })?;
    let accepted = step("Upload with the access token", |_| {
        let answer = upload(Some(&tokens.access))?;
        ensure!(
            answer.status == 201,
            "expected 201, got {}: {}",
            answer.status,
            answer.body
        );
        Ok(answer)
    })?;
    let file_key = |answer: &sandbox::api::Answer| -> Result<String> {
        let key = answer.json()?["file_key"].as_str().map(str::to_owned);
        key.with_context(|| format!("the answer names no file_key: {}", answer.body))
    };
    let bucket = outputs.string("processed_bucket")?;
    objects::wait_for_processed(aws, bucket, &file_key(&by_id)?)?;
    let uploaded = file_key(&accepted)?;
    let processed = step("The processed file appears", |_| {
        objects::wait_for_processed(aws, bucket, &uploaded)
    })?;

    Ok(Report {
        ok: true,
        api_endpoint: api_endpoint.to_owned(),
        unauthorized_status: refused.status,
        upload_status: accepted.status,
        file_key: uploaded,
        processed,
        seconds: 0.0,
    })
}

fn print_playground(
    aws: &Address,
    terraform: &Terraform,
    outputs: &Outputs,
    tokens: &Tokens,
) -> Result<()> {
    let host = Api::new(aws, outputs.string("api_endpoint")?)?
        .host()
        .to_owned();
    println!("export TOKEN={}", tokens.access);
    println!("\n# Upload (the token is good for an hour):");
    println!(
        "curl -i --cacert $AWS_CA_BUNDLE $AWS_ENDPOINT_URL/uploads -H 'Host: {host}' -H \"Authorization: Bearer $TOKEN\" \\\n  \
         -H 'Content-Type: application/json' -d '{{\"filename\":\"note.txt\",\"content\":\"shout this\"}}'"
    );
    println!("\n# See how it went, with the upload_id of the answer:");
    println!(
        "curl --cacert $AWS_CA_BUNDLE $AWS_ENDPOINT_URL/uploads/UPLOAD_ID -H 'Host: {host}' -H \"Authorization: Bearer $TOKEN\""
    );
    println!("\n# The user: {EMAIL}, password {PASSWORD}");
    println!(
        "# The configuration and its state: {}",
        terraform.folder().display()
    );
    Ok(())
}
