//! What the tests have in common: the example provider, Terraform, and folders to run it in.
#![allow(dead_code, clippy::unwrap_used)]

pub mod plugin;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

use tempfile::TempDir;

/// The example provider.
pub fn provider() -> PathBuf {
    static PROVIDER: OnceLock<PathBuf> = OnceLock::new();
    PROVIDER
        .get_or_init(|| example("terraform-provider-notes"))
        .clone()
}

/// An example, built as it stands now: `cargo test --test` builds no examples.
pub fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let debug = test.ancestors().nth(2).unwrap();
    let built = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--package", env!("CARGO_PKG_NAME")])
        .args(["--example", name, "--target-dir"])
        .arg(debug.parent().unwrap())
        .status();
    assert!(built.unwrap().success(), "{name} does not compile");
    debug.join("examples").join(name)
}

/// A folder with a configuration, and a Terraform that knows the example provider.
pub struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    /// An empty folder.
    ///
    /// Panics where Terraform is not on the PATH.
    pub fn new() -> Self {
        let found = Command::new("terraform").arg("version").output().is_ok();
        assert!(
            found,
            "terraform is not on the PATH: install Terraform 1.11 or later"
        );
        let sandbox = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let examples = provider().parent().unwrap().to_owned();
        let config = format!(
            "provider_installation {{\n  dev_overrides {{ \"example/notes\" = {examples:?} }}\n  \
             direct {{}}\n}}\n"
        );
        fs::write(sandbox.path("cli.tfrc"), config).unwrap();
        fs::create_dir(sandbox.path("notes")).unwrap();
        sandbox
    }

    /// A path in the folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the configuration; the provider is declared already.
    pub fn configure(&self, body: &str) {
        let head = "terraform {\n  required_providers {\n    notes = { source = \"example/notes\" }\n  \
                    }\n}\nprovider \"notes\" { directory = \"${path.module}/notes\" }\n";
        fs::write(self.path("main.tf"), format!("{head}{body}")).unwrap();
    }

    /// A terraform command in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.path("cli.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("TF_CLI_ARGS", "-no-color")
            .env("CHECKPOINT_DISABLE", "1")
            .env_remove("TF_LOG")
            .env_remove("TF_LOG_PROVIDER");
        command
    }

    /// Runs terraform, and gives what it printed, or panics with it.
    pub fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let text = text(&output);
        assert!(output.status.success(), "terraform {arguments:?}:\n{text}");
        text
    }

    /// Runs terraform, which has to fail, and gives what it printed.
    pub fn fail(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let text = text(&output);
        assert!(
            !output.status.success(),
            "terraform {arguments:?} succeeded:\n{text}"
        );
        text
    }

    /// Applies the configuration.
    pub fn apply(&self) -> String {
        self.succeed(&["apply", "-auto-approve"])
    }

    /// Asserts that there is nothing left to change.
    pub fn assert_unchanged(&self) {
        let output = self
            .command(&["plan", "-detailed-exitcode"])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    }

    /// An attribute of a resource in the state, in JSON.
    pub fn state(&self, address: &str) -> serde_json::Value {
        let shown = self.succeed(&["show", "-json"]);
        let shown: serde_json::Value = serde_json::from_str(shown.trim()).unwrap();
        let resources = shown["values"]["root_module"]["resources"]
            .as_array()
            .cloned();
        let mut resources = resources.unwrap_or_default().into_iter();
        resources
            .find(|r| r["address"] == address)
            .map(|r| r["values"].clone())
            .unwrap_or_default()
    }

    /// The outputs in the state, in JSON.
    pub fn outputs(&self) -> serde_json::Value {
        serde_json::from_str(&self.succeed(&["output", "-json"])).unwrap()
    }
}

/// What a command printed, without the line breaks and bars that Terraform wraps long lines with.
fn text(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    if err.is_empty() {
        out.into_owned()
    } else {
        format!("{out}\n{err}")
    }
}
