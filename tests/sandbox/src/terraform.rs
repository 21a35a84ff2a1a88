//! Drives the terraform binary.

mod events;

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use events::Events;

use crate::{
    Progress,
    embedded_aws::{self, Address, inherited},
    process::{self, Finished},
    project::Project,
    provider::CliConfig,
    tool,
};

/// What a configuration that calls no AWS is told of it: enough for providers to start.
const NOWHERE: [(&str, &str); 5] = [
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
    ("AWS_ACCESS_KEY_ID", "test"),
    ("AWS_SECRET_ACCESS_KEY", "test"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_DEFAULT_REGION", "us-east-1"),
];

/// One root configuration, with the environment that all its commands share.
#[derive(Debug)]
pub struct Terraform {
    program: &'static str,
    folder: PathBuf,
    project: Project,
    aws: Option<Address>,
    cli_config: PathBuf,
    environment: Vec<(String, String)>,
    log_name: String,
    runs: AtomicUsize,
}

/// The root module's outputs.
#[derive(Debug, Clone)]
pub struct Outputs(Value);

impl Outputs {
    /// A string output; fails when there is none of that name.
    pub fn string(&self, name: &str) -> Result<&str> {
        self.value(name)?
            .as_str()
            .with_context(|| format!("the output {name} is not a string"))
    }

    /// An output of any type; fails when there is none of that name.
    pub fn value(&self, name: &str) -> Result<&Value> {
        self.0
            .get(name)
            .map(|output| &output["value"])
            .with_context(|| format!("the configuration has no output {name}"))
    }
}

/// One attribute that a plan would change, as `type.name` address and attribute name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The resource's address, such as `module.api.aws_apigatewayv2_authorizer.jwt`.
    pub address: String,
    /// The resource's type.
    pub resource_type: String,
    /// What would be done: `update`, `create`, `delete` or `delete+create`.
    pub action: String,
    /// The top-level attributes whose values differ (all, for anything but an update).
    pub attributes: Vec<String>,
}

impl Terraform {
    /// Drives the configuration in `folder` against `aws`; its logs are named `name`.
    pub fn new(
        project: &Project,
        name: &str,
        folder: PathBuf,
        aws: &Address,
        cli_config: &CliConfig,
    ) -> Result<Self> {
        let aws = Some(aws.clone());
        let terraform = Self::without_aws(project, name, folder, cli_config)?;
        Ok(Self { aws, ..terraform })
    }

    /// Drives the configuration in `folder`, which calls no AWS; its logs are named `name`.
    pub fn without_aws(
        project: &Project,
        name: &str,
        folder: PathBuf,
        cli_config: &CliConfig,
    ) -> Result<Self> {
        Ok(Self {
            program: tool::need(&tool::TERRAFORM, "a deployment")?,
            folder,
            project: project.clone(),
            aws: None,
            cli_config: cli_config.path().to_owned(),
            environment: Vec::new(),
            log_name: name.to_owned(),
            runs: AtomicUsize::new(0),
        })
    }

    /// Sets an input variable of the root module.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl ToString) -> Self {
        self.environment
            .push((format!("TF_VAR_{name}"), value.to_string()));
        self
    }

    /// Sets `PATH` to a folder in which terraform is all there is, so that whatever asks for a
    /// compiler finds none.
    pub fn without_compiler(mut self) -> Result<Self> {
        let tools = self.project.build("terraform-alone");
        fs::create_dir_all(&tools)?;
        let link = tools.join(self.program);
        if !link.exists() {
            symlink(tool::path(self.program)?, &link)?;
        }
        self.environment
            .push(("PATH".to_owned(), tools.display().to_string()));
        Ok(self)
    }

    /// The folder of the configuration.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// `terraform init`.
    pub fn init(&self) -> Result<()> {
        self.run("init", &["-input=false"], |_| {})?
            .success("terraform init")?;
        Ok(())
    }

    /// `terraform apply`; `progress` hears what the provider compiles and how many resources are done.
    pub fn apply(&self, progress: Progress) -> Result<()> {
        self.change("apply", progress)
    }

    /// `terraform destroy`.
    pub fn destroy(&self, progress: Progress) -> Result<()> {
        self.change("destroy", progress)
    }

    /// What `terraform plan` would change; empty when there is nothing to do.
    pub fn plan(&self) -> Result<Vec<Change>> {
        let finished = self.run(
            "plan",
            &["-input=false", "-detailed-exitcode", "-out=tfplan"],
            |_| {},
        )?;
        match finished.status.code() {
            Some(0) => return Ok(Vec::new()),
            Some(2) => {}
            _ => {
                finished.success("terraform plan")?;
            }
        }
        let shown = self
            .run("show", &["-json", "tfplan"], |_| {})?
            .success("terraform show")?;
        let plan: Value = serde_json::from_str(&shown.stdout)?;
        Ok(changes(&plan))
    }

    /// The root module's outputs.
    pub fn outputs(&self) -> Result<Outputs> {
        let finished = self
            .run("output", &["-json"], |_| {})?
            .success("terraform output")?;
        Ok(Outputs(serde_json::from_str(&finished.stdout)?))
    }

    /// The addresses of everything in the state.
    pub fn state(&self) -> Result<Vec<String>> {
        let finished = self
            .run("state", &["list"], |_| {})?
            .success("terraform state list")?;
        Ok(finished.stdout.lines().map(str::to_owned).collect())
    }

    /// The values of all resources of that type in the state, modules included.
    pub fn resources(&self, resource_type: &str) -> Result<Vec<Value>> {
        let shown = self
            .run("show", &["-json"], |_| {})?
            .success("terraform show")?;
        let state: Value = serde_json::from_str(&shown.stdout)?;
        Ok(resources(&state["values"]["root_module"], resource_type))
    }

    /// Any other command: its output, whether it succeeded or not.
    pub fn run(&self, command: &str, args: &[&str], on_line: impl FnMut(&str)) -> Result<Finished> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed) + 1;
        let log = self
            .project
            .log(&format!("{}-{run:02}-{command}", self.log_name));
        process::run(self.command().arg(command).args(args), &log, on_line)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(self.program);
        for name in inherited("TF_") {
            command.env_remove(name);
        }
        match &self.aws {
            Some(aws) => aws.apply_to(&mut command, &self.project),
            None => {
                embedded_aws::hide_others(&mut command, &self.project);
                command.envs(NOWHERE);
            }
        }
        command
            .current_dir(&self.folder)
            .env("TF_CLI_CONFIG_FILE", &self.cli_config)
            .env("TF_IN_AUTOMATION", "1")
            // On standard error, where the provider says how far its compilation is.
            .env("TF_LOG_PROVIDER", "INFO")
            .env("CARGO_TARGET_DIR", self.project.target())
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    fn change(&self, command: &str, progress: Progress) -> Result<()> {
        let mut events = Events::default();
        let args = ["-input=false", "-auto-approve", "-json"];
        let finished = self.run(command, &args, |line| events.line(line, progress))?;
        match events.errors() {
            Some(errors) if !finished.status.success() => bail!(
                "terraform {command} failed:\n{errors}\nAll of its output: {}",
                finished.log.display()
            ),
            _ => finished
                .success(&format!("terraform {command}"))
                .map(|_| ()),
        }
    }
}

fn resources(module: &Value, resource_type: &str) -> Vec<Value> {
    let list = |name: &str| module[name].as_array().into_iter().flatten();
    let own = list("resources").filter(|resource| resource["type"] == resource_type);
    let own = own.map(|resource| resource["values"].clone());
    let below = list("child_modules").flat_map(|child| resources(child, resource_type));
    own.chain(below).collect()
}

fn changes(plan: &Value) -> Vec<Change> {
    let resources = plan["resource_changes"].as_array().into_iter().flatten();
    resources
        .filter(|resource| {
            resource["mode"] == "managed"
                && resource["change"]["actions"] != serde_json::json!(["no-op"])
        })
        .map(|resource| Change {
            address: resource["address"].as_str().unwrap_or_default().to_owned(),
            resource_type: resource["type"].as_str().unwrap_or_default().to_owned(),
            action: words(&resource["change"]["actions"]).join("+"),
            attributes: differing(&resource["change"]),
        })
        .collect()
}

fn words(array: &Value) -> Vec<&str> {
    array
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn differing(change: &Value) -> Vec<String> {
    let (before, after, unknown) = (
        &change["before"],
        &change["after"],
        &change["after_unknown"],
    );
    let names = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .map(|object| object.keys().cloned().collect())
            .unwrap_or_default()
    };
    let mut all = [names(before), names(after), names(unknown)].concat();
    all.sort();
    all.dedup();
    all.retain(|name| {
        before[name.as_str()] != after[name.as_str()] || unknown[name.as_str()] == true
    });
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_resources_in_modules() {
        let state = json!({
            "resources": [{"type": "a", "values": 1}, {"type": "b", "values": 2}],
            "child_modules": [{"child_modules": [{"resources": [{"type": "a", "values": 3}]}]}],
        });
        assert_eq!(resources(&state, "a"), [json!(1), json!(3)]);
    }

    #[test]
    fn a_plan_is_reduced_to_what_differs() {
        let plan = json!({"resource_changes": [
            {"address": "a.same", "type": "a", "mode": "managed", "change": {"actions": ["no-op"]}},
            {"address": "b.ttl", "type": "b", "mode": "managed", "change": {
                "actions": ["update"],
                "before": {"ttl": 300, "name": "x", "hash": "1"},
                "after": {"ttl": 0, "name": "x"},
                "after_unknown": {"hash": true},
            }},
        ]});
        assert_eq!(
            changes(&plan),
            [Change {
                address: "b.ttl".to_owned(),
                resource_type: "b".to_owned(),
                action: "update".to_owned(),
                attributes: vec!["hash".to_owned(), "ttl".to_owned()],
            }]
        );
    }
}
