//! An example that is applied and can be exercised.

use std::sync::OnceLock;

use anyhow::{Context, Result, ensure};
use sandbox::{
    api::Api,
    cognito::{self, Tokens},
    embedded_aws::{Address, EmbeddedAws},
    objects,
    project::Project,
    provider::CliConfig,
    proxy::fault::Faults,
    python::Python,
    quiet, stage,
    terraform::{Outputs, Terraform},
};

use serde_json::{Value, json};

use crate::{
    clients::Clients,
    drift, leftovers,
    routes::{self, Route},
};

/// The cargo profile of the functions under test: the one that is deployed. It compiles
/// slowly, but once for the demo and for all examples.
pub const PROFILE: &str = "lambda";

/// Meets the user pools' password policy.
pub const PASSWORD: &str = "Correct-Horse-7-Battery";

/// An applied configuration and the AWS that it lives in; dropped, the AWS ends.
#[derive(Debug)]
pub struct Deployment {
    aws: EmbeddedAws,
    terraform: Terraform,
    outputs: Outputs,
    clients: Clients,
    user: OnceLock<Tokens>,
}

impl Deployment {
    /// Applies a copy of `examples/<example>`, called `name` and with these variables, to a new
    /// embedded AWS.
    pub fn of_example_with(example: &str, name: &str, variables: &[(&str, &str)]) -> Result<Self> {
        Self::apply(name, |project, aws, cli_config| {
            let folder = stage::example(project, &format!("test-{name}"), example)?;
            let terraform = Terraform::new(project, name, folder, aws, cli_config)?
                .variable("name", "acceptance")
                .variable("deletion_protection", false)
                .variable("build_profile", PROFILE);
            let set = |terraform: Terraform, &(name, value): &(&str, &str)| {
                terraform.variable(name, value)
            };
            Ok(variables.iter().fold(terraform, set))
        })
    }

    /// Applies the configuration that `configure` describes to a new embedded AWS.
    pub fn apply(
        name: &str,
        configure: impl FnOnce(&Project, &Address, &CliConfig) -> Result<Terraform>,
    ) -> Result<Self> {
        let project = Project::find()?;
        let python = Python::prepare(&project, &quiet)?.and_node(&project, &quiet)?;
        let cli_config = CliConfig::prepare(&project, &quiet)?;
        let aws = EmbeddedAws::start(&project, &python, None, &quiet)?;
        let terraform = configure(&project, aws.address(), &cli_config)?;
        terraform.init()?;
        terraform
            .apply(&quiet)
            .with_context(|| format!("{name} cannot be applied"))?;
        Ok(Self {
            outputs: terraform.outputs()?,
            clients: Clients::new(aws.address())?,
            user: OnceLock::new(),
            aws,
            terraform,
        })
    }

    /// Applies it again, with another value of a variable, and gives the outputs then.
    pub fn apply_with(&self, variable: &str, value: &str) -> Result<Outputs> {
        self.apply_with_all(&[(variable, value.into())])
    }

    /// Does the same with several variables: strings as they are, other values as JSON.
    pub fn apply_with_all(&self, variables: &[(&str, Value)]) -> Result<Outputs> {
        let assignments = variables.iter().map(|(name, value)| match value {
            Value::String(text) => format!("-var={name}={text}"),
            value => format!("-var={name}={value}"),
        });
        let assignments: Vec<_> = assignments.collect();
        let mut args = vec!["-input=false", "-auto-approve"];
        args.extend(assignments.iter().map(String::as_str));
        let finished = self.terraform.run("apply", &args, quiet)?;
        finished.success("terraform apply")?;
        self.terraform.outputs()
    }

    /// Where the embedded AWS is.
    pub fn address(&self) -> &Address {
        self.aws.address()
    }

    /// What shall go wrong with the requests to come.
    pub fn faults(&self) -> &Faults {
        self.aws.faults()
    }

    /// AWS SDK clients.
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// An output that is a string.
    pub fn output(&self, name: &str) -> Result<&str> {
        self.outputs.string(name)
    }

    /// All outputs.
    pub fn outputs(&self) -> &Outputs {
        &self.outputs
    }

    /// What the output `functions` says of a function, such as its `role_name`.
    pub fn function(&self, name: &str, attribute: &str) -> Result<&str> {
        self.outputs.value("functions")?[name][attribute]
            .as_str()
            .with_context(|| format!("the output functions has no {attribute} of {name}"))
    }

    /// How many lines a function has logged: none as long as it was never invoked.
    pub fn log_lines(&self, function: &str) -> Result<usize> {
        let group = self.function(function, "log_group_name")?;
        let request = self.clients.logs.filter_log_events().log_group_name(group);
        Ok(self.clients.wait(request.send())?.events().len())
    }

    /// The API of the output `api_endpoint`.
    pub fn api(&self) -> Result<Api> {
        Api::new(self.address(), self.output("api_endpoint")?)
    }

    /// All routes of all APIs.
    pub fn routes(&self) -> Result<Vec<Route>> {
        routes::all(&self.terraform)
    }

    /// Tokens of the user that most scenarios share.
    pub fn user(&self) -> Result<&Tokens> {
        if let Some(tokens) = self.user.get() {
            return Ok(tokens);
        }
        let tokens = self.new_user("ada@example.com")?;
        Ok(self.user.get_or_init(|| tokens))
    }

    /// Signs up and signs in somebody new.
    pub fn new_user(&self, email: &str) -> Result<Tokens> {
        let client = self.output("user_pool_client_id")?;
        cognito::sign_in_new_user(self.address(), client, email, PASSWORD)
    }

    /// Uploads a text as a new user, and waits for what it is processed to.
    pub fn upload(&self, email: &str, content: &str) -> Result<String> {
        let token = self.new_user(email)?.access;
        let body = json!({"filename": "report.txt", "content": content}).to_string();
        let answer = self
            .api()?
            .post("/uploads", Some(&token), body.as_bytes())?;
        let (status, text) = (answer.status, &answer.body);
        ensure!(status == 201, "expected 201, got {status}: {text}");
        let answer = answer.json()?;
        let key = answer["file_key"].as_str();
        let key = key.context("the answer names no file_key")?;
        objects::wait_for_processed(self.address(), self.output("processed_bucket")?, key)
    }

    /// Fails when a second plan finds something to change that [`drift`] does not excuse.
    pub fn second_plan_is_empty(&self) -> Result<()> {
        let changes = drift::unexcused(self.terraform.plan()?);
        ensure!(
            changes.is_empty(),
            "the second plan would change {changes:#?}"
        );
        Ok(())
    }

    /// Destroys everything; fails when the state or the account still holds something.
    pub fn destroy_leaves_nothing(&self) -> Result<()> {
        self.destroy()?;
        self.account_is_empty()
    }

    /// Destroys everything; fails when the state still holds something.
    pub fn destroy(&self) -> Result<()> {
        self.terraform.destroy(&quiet)?;
        let state = self.terraform.state()?;
        ensure!(state.is_empty(), "the state still holds {state:?}");
        Ok(())
    }

    /// Fails when the account still holds something.
    pub fn account_is_empty(&self) -> Result<()> {
        let left = leftovers::of_account(self.address(), &self.clients)?;
        ensure!(left.is_empty(), "the account still holds {left:?}");
        Ok(())
    }
}
