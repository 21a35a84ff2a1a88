//! Root modules in temporary folders, and terraform to drive them.

#![allow(
    dead_code,
    reason = "each of the test programs that include this file uses a part of it"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sandbox::project::Project;
use sandbox::provider;
use sandbox::tool::{self, Tool};
use serde_json::Value;
use tempfile::TempDir;

/// A configuration with one package, `api`, and its consumer.
pub const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    rustlambda = {
      source = "rustlambda/rustlambda"
    }
  }
}

resource "rustlambda_package" "api" {
  manifest_path = "${path.module}/api/Cargo.toml"
  binary        = "api"
}

resource "terraform_data" "function" {
  input = rustlambda_package.api.source_code_hash
}

output "api" {
  value     = rustlambda_package.api
  sensitive = true
}
"#;

/// A root module with its sources.
pub struct Root {
    folder: PathBuf,
    /// Ends with the test.
    _temporary: Option<TempDir>,
}

/// What terraform answered.
pub struct Answer {
    pub code: Option<i32>,
    pub text: String,
}

impl Answer {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        let [output, errors] =
            [stdout, stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Self {
            code: status.code(),
            text: output + &errors,
        }
    }

    #[track_caller]
    pub fn exits_with(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.text);
        self.text
    }

    /// The text in one line, without the frame that terraform draws around errors.
    pub fn flat(&self) -> String {
        let words = self
            .text
            .split(|c: char| c.is_whitespace() || "│╷╵".contains(c));
        words
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// A file's SHA-256 in hexadecimal digits, by another program than ours.
pub fn sha256(file: &Path) -> String {
    let text = Answer::of(Command::new("sha256sum").arg(file)).exits_with(0);
    text[..64].to_owned()
}

/// Fails a test that lacks one of the tools that it needs, and says how to get it.
#[track_caller]
pub fn need(tools: &[&Tool]) {
    for tool in tools {
        tool.find().unwrap();
    }
}

/// A `PATH` with nothing on it but terraform, by a link.
pub fn path_without_compiler(root: &Root) -> String {
    let tools = root.path(".terraform/tools");
    std::fs::create_dir_all(&tools).unwrap();
    let search = std::env::var("PATH").unwrap();
    let terraform = std::env::split_paths(&search)
        .map(|folder| folder.join("terraform"))
        .find(|path| path.exists());
    std::os::unix::fs::symlink(terraform.unwrap(), tools.join("terraform")).unwrap();
    tools.to_str().unwrap().to_owned()
}

impl Root {
    /// An empty root module.
    pub fn empty() -> Self {
        need(&[&tool::TERRAFORM]);
        let temporary = tempfile::tempdir().unwrap();
        Self {
            folder: temporary.path().to_owned(),
            _temporary: Some(temporary),
        }
    }

    /// A root module in a folder that stays, and with it what cargo has compiled there. What
    /// terraform left there is gone.
    pub fn kept(folder: PathBuf) -> Self {
        let _ = std::fs::remove_dir_all(folder.join(".terraform"));
        for file in [".terraform.lock.hcl", "terraform.tfstate"] {
            let _ = std::fs::remove_file(folder.join(file));
        }
        Self {
            folder,
            _temporary: None,
        }
    }

    /// A root module with [`CONFIGURATION`] and a package of two binaries, `api` and `other`.
    pub fn new() -> Self {
        let root = Self::empty();
        root.write("main.tf", CONFIGURATION);
        root.write("api/Cargo.toml", "[package]\nname = \"api\"\nversion = \"1.2.3\"\nedition = \"2024\"\n[dependencies]\nshared = { path = \"../shared\" }\n[workspace]\nmembers = [\"../shared\"]\n");
        root.write(
            "api/src/bin/api.rs",
            "fn main() { println!(\"{} {}\", shared::NAME, file!()) }\n",
        );
        root.write("api/src/bin/other.rs", "fn main() {}\n");
        root.write("shared/Cargo.toml", "[package]\nname = \"shared\"\nversion = \"0.1.0\"\nedition = \"2024\"\nworkspace = \"../api\"\n");
        root.write("shared/src/lib.rs", "pub const NAME: &str = \"shared\";\n");
        root
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Takes a file over from another root module.
    pub fn copy_from(&self, other: &Root, path: &str) {
        std::fs::copy(other.path(path), self.path(path)).unwrap();
    }

    /// A terraform command in this folder, with the provider that cargo has just built.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut terraform = Command::new("terraform");
        terraform.args(arguments).current_dir(&self.folder);
        terraform
            .env("TF_CLI_CONFIG_FILE", self.cli_config())
            .env("TF_IN_AUTOMATION", "1");
        terraform
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("TF_LOG");
        terraform
    }

    pub fn terraform(&self, arguments: &[&str]) -> Answer {
        Answer::of(&mut self.command(arguments))
    }

    pub fn init(&self) {
        self.terraform(&["init", "-no-color"]).exits_with(0);
    }

    #[track_caller]
    pub fn apply(&self) -> String {
        self.terraform(&["apply", "-auto-approve", "-no-color"])
            .exits_with(0)
    }

    /// Plans, and gives `-detailed-exitcode`: 0 for nothing to change, 2 for changes.
    pub fn plan(&self) -> Answer {
        self.terraform(&["plan", "-detailed-exitcode", "-no-color"])
    }

    /// Plans, and gives the change of `rustlambda_package.api`: `after`, `after_unknown` and so on.
    pub fn planned_change(&self) -> Value {
        self.terraform(&["plan", "-out=plan", "-no-color"])
            .exits_with(0);
        let plan: Value =
            serde_json::from_str(&self.terraform(&["show", "-json", "plan"]).exits_with(0))
                .unwrap();
        let changes = plan["resource_changes"].as_array().unwrap();
        let ours = changes
            .iter()
            .find(|change| change["type"] == "rustlambda_package")
            .unwrap();
        ours["change"].clone()
    }

    pub fn output(&self) -> Value {
        serde_json::from_str(&self.terraform(&["output", "-json", "api"]).exits_with(0)).unwrap()
    }

    /// A CLI configuration with a mirror that holds ours.
    fn cli_config(&self) -> PathBuf {
        let built = Path::new(env!("CARGO_BIN_EXE_terraform-provider-rustlambda"));
        let platform = match std::env::consts::ARCH {
            "aarch64" => "linux_arm64",
            _ => "linux_amd64",
        };
        let version = env!("CARGO_PKG_VERSION");
        let mirror = self.path(".terraform/mirror");
        let folder = mirror
            .join("registry.terraform.io/rustlambda/rustlambda")
            .join(version)
            .join(platform);
        let config = mirror.join("terraform.tfrc");
        if !config.exists() {
            std::fs::create_dir_all(&folder).unwrap();
            let installed = folder.join(format!("terraform-provider-rustlambda_v{version}"));
            // Another cargo may put a new one in its place, whose hash is not the one that
            // `terraform init` has noted; a hard link goes on being the old one.
            std::fs::hard_link(built, &installed)
                .or_else(|_| std::os::unix::fs::symlink(built, &installed))
                .unwrap();
            let project = Project::find().unwrap();
            let text = provider::cli_config(&project, &mirror).unwrap();
            std::fs::write(&config, text).unwrap();
        }
        config
    }
}
