//! Releases, with terraform and an embedded AWS. Run it by name: `cargo test -p rustlambda --test
//! releases`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics says why"
)]

use serde_json::{Value, json};

#[path = "terraform/aws.rs"]
mod aws;
#[path = "terraform/driver.rs"]
mod driver;

use aws::Aws;
use driver::{Answer, CONFIGURATION, Root, path_without_compiler};

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-no-color"];
const PLAN: [&str; 3] = ["plan", "-detailed-exitcode", "-no-color"];

/// What follows a package to publish it. `further` are arguments.
fn release(further: &str) -> String {
    format!(
        r#"
resource "rustlambda_release" "api" {{
  name    = "api"
  package = rustlambda_package.api
  store   = {{ bucket = "artifacts", prefix = "team" }}
  {further}
}}

output "release" {{
  value = rustlambda_release.api
}}
"#
    )
}

/// A checkout that publishes its package.
fn publisher(further: &str) -> Root {
    let root = Root::new();
    root.write("main.tf", CONFIGURATION);
    root.write("release.tf", &release(further));
    root.init();
    root
}

/// A checkout without sources that asks for a release.
fn consumer(constraint: &str) -> Root {
    let root = Root::empty();
    root.write(
        "main.tf",
        &format!(
            r#"
terraform {{
  required_providers {{
    rustlambda = {{
      source = "rustlambda/rustlambda"
    }}
  }}
}}

data "rustlambda_release" "api" {{
  name               = "api"
  version_constraint = {constraint}
  store              = {{ bucket = "artifacts", prefix = "team/" }}
}}

output "release" {{
  value = data.rustlambda_release.api
}}
"#
        ),
    );
    root.init();
    root
}

/// Sets the version in the package's `Cargo.toml`.
fn set_version(root: &Root, version: &str) {
    let manifest = std::fs::read_to_string(root.path("api/Cargo.toml")).unwrap();
    let (before, rest) = manifest.split_once("version = \"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    root.write(
        "api/Cargo.toml",
        &format!("{before}version = \"{version}\"{after}"),
    );
    // The lock file repeats it, as `cargo update --workspace` would.
    let lock = root.path("api/Cargo.lock");
    if let Ok(text) = std::fs::read_to_string(&lock) {
        let (before, rest) = text.split_once("name = \"api\"\nversion = \"").unwrap();
        let (_, after) = rest.split_once('"').unwrap();
        let text = format!("{before}name = \"api\"\nversion = \"{version}\"{after}");
        std::fs::write(lock, text).unwrap();
    }
}

fn change_source(root: &Root) {
    root.write(
        "api/src/bin/api.rs",
        "fn main() { println!(\"changed\") }\n",
    );
}

impl Aws {
    #[track_caller]
    fn apply(&self, root: &Root) -> Value {
        self.terraform(root, &APPLY, None).exits_with(0);
        self.release(root)
    }

    #[track_caller]
    fn release(&self, root: &Root) -> Value {
        let output = self.terraform(root, &["output", "-json", "release"], None);
        serde_json::from_str(&output.exits_with(0)).unwrap()
    }

    /// The keys of releases, without the marks of their publishers.
    async fn published(&self) -> Vec<String> {
        let mut keys = self.keys().await;
        keys.retain(|key| !key.ends_with(".publisher"));
        keys
    }

    fn plan(&self, root: &Root) -> Answer {
        self.terraform(root, &PLAN, None)
    }
}

#[track_caller]
fn assert_says(answer: &Answer, texts: &[&str]) {
    assert_eq!(answer.code, Some(1), "{}", answer.text);
    for text in texts {
        assert!(answer.flat().contains(text), "{text}\n{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_never_changes_and_a_new_version_stands_beside_it() {
    let aws = Aws::start().await;
    let root = publisher("");
    let first = aws.apply(&root);
    assert_eq!(first["version"], "1.2.3", "the crate's version");
    assert_eq!(first["versions"], json!(["1.2.3"]));
    assert_eq!(first["source_code_hash"], root.output()["source_code_hash"]);
    let zip = aws.read(first["s3_key"].as_str().unwrap()).await;
    assert_eq!(
        zip,
        std::fs::read(root.path(root.output()["filename"].as_str().unwrap())).unwrap()
    );
    let record = aws.read("team/api/releases/x86_64/1.2.3.json").await;
    let record: Value = serde_json::from_slice(&record).unwrap();
    assert_eq!(record["manifest"]["sbom"]["bomFormat"], "CycloneDX");
    aws.plan(&root).exits_with(0);

    change_source(&root);
    let refused = aws.plan(&root);
    assert_says(
        &refused,
        &[
            "The version is taken",
            "1.2.3 is published with other contents",
            "The next free version is 1.2.4.",
        ],
    );

    set_version(&root, "1.2.4");
    aws.plan(&root).exits_with(2);
    let second = aws.apply(&root);
    assert_eq!(second["versions"], json!(["1.2.4", "1.2.3"]));
    assert_ne!(second["sha256"], first["sha256"]);
    assert_eq!(
        aws.read(first["s3_key"].as_str().unwrap()).await,
        zip,
        "the older one stays"
    );

    // Another checkout of the same sources publishes nothing anew.
    let keys = aws.published().await;
    let other = publisher("");
    change_source(&other);
    set_version(&other, "1.2.4");
    assert_eq!(aws.apply(&other), second);
    assert_eq!(aws.published().await, keys);

    // By default others keep what they have installed.
    aws.terraform(&root, &["destroy", "-auto-approve", "-no-color"], None)
        .exits_with(0);
    assert_eq!(aws.published().await, keys);
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_without_a_compiler_get_the_newest_that_they_allow() {
    let aws = Aws::start().await;
    let root = publisher("");
    let mut published = Vec::new();
    for version in ["1.4.0", "1.5.0", "2.0.0", "2.1.0-rc.1"] {
        set_version(&root, version);
        published.push(aws.apply(&root));
    }
    for (constraint, expected) in [
        ("\"~> 1.4.0\"", &published[0]),
        ("\"~> 1.4\"", &published[1]),
        ("null", &published[2]),
        ("\">= 2.1.0-rc.1\"", &published[3]),
    ] {
        let root = consumer(constraint);
        let path = path_without_compiler(&root);
        aws.terraform(&root, &APPLY, Some(&path)).exits_with(0);
        let found = aws.release(&root);
        for result in [
            "version",
            "sha256",
            "source_code_hash",
            "s3_bucket",
            "s3_key",
            "build",
            "handler",
            "runtime",
            "architecture",
        ] {
            assert_eq!(found[result], expected[result], "{constraint}: {result}");
        }
    }
    assert_says(
        &aws.plan(&consumer("\"~> 3.0\"")),
        &[
            "There is no such release",
            "matches ~> 3.0",
            "Published are: 2.1.0-rc.1, 2.0.0, 1.5.0, 1.4.0",
        ],
    );
    let typo = consumer("null");
    let text = std::fs::read_to_string(typo.path("main.tf")).unwrap();
    typo.write(
        "main.tf",
        &text.replace("\"api\"\n  version", "\"appi\"\n  version"),
    );
    assert_says(
        &aws.plan(&typo),
        &["No release of `appi`", "Did you mean `api`?"],
    );
    typo.write("main.tf", &text.replace("\"artifacts\"", "\"nowhere\""));
    assert_says(&aws.plan(&typo), &["there is no bucket `nowhere`"]);
    let pin = format!("sha256 = \"{}\"", "0".repeat(64));
    typo.write(
        "main.tf",
        &text.replace("store  ", &format!("{pin}\n  store")),
    );
    assert_says(&aws.plan(&typo), &["The release is not the pinned one"]);
    assert_says(
        &aws.plan(&consumer("\"^1.4\"")),
        &["`^` is cargo's notation; write `~> 1.4`"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_stay_and_destroying_deletes_them_if_asked_to() {
    let aws = Aws::start().await;
    let root = publisher("retain = 2\n  keep_on_destroy = false");
    for version in ["1.0.0", "1.1.0", "1.2.0"] {
        set_version(&root, version);
        aws.apply(&root);
    }
    assert_eq!(aws.release(&root)["versions"], json!(["1.2.0", "1.1.0"]));
    let kept = |version: &str| format!("team/api/releases/x86_64/{version}");
    for key in aws.published().await {
        assert!(
            key.starts_with(&kept("1.1.0")) || key.starts_with(&kept("1.2.0")),
            "{key}"
        );
    }
    // A correction of an older version is not among the newest, and is there all the same.
    set_version(&root, "1.0.1");
    assert_eq!(
        aws.apply(&root)["versions"],
        json!(["1.2.0", "1.1.0", "1.0.1"])
    );

    aws.terraform(&root, &["destroy", "-auto-approve", "-no-color"], None)
        .exits_with(0);
    assert_eq!(aws.published().await, [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replacement_keeps_what_it_publishes_and_a_slash_changes_nothing() {
    let aws = Aws::start().await;
    let lifecycle = "lifecycle {\n    create_before_destroy = true\n  }";
    let root = publisher(&format!("keep_on_destroy = false\n  {lifecycle}"));
    aws.apply(&root);
    let keys = aws.published().await;
    let replace = [&APPLY[..], &["-replace=rustlambda_release.api"]].concat();
    aws.terraform(&root, &replace, None).exits_with(0);
    assert_eq!(aws.published().await, keys);
    let text = std::fs::read_to_string(root.path("release.tf")).unwrap();
    root.write("release.tf", &text.replace("\"team\"", "\"team/\""));
    aws.plan(&root).exits_with(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_is_imported_by_where_it_lies() {
    let aws = Aws::start().await;
    let root = publisher("");
    let published = aws.apply(&root);
    let keys = aws.published().await;
    let imports = "import {\n  to = rustlambda_release.api\n  id = \"s3://artifacts/team/api/releases/x86_64/1.2.3\"\n}\n";
    let other = publisher("");
    other.write("import.tf", imports);
    assert_eq!(aws.apply(&other), published);
    assert_eq!(aws.published().await, keys);
    aws.plan(&other).exits_with(0);

    let nowhere = publisher("");
    nowhere.write("import.tf", &imports.replace("/releases/x86_64/", "@"));
    assert_says(
        &aws.plan(&nowhere),
        &[
            "is no release's address",
            "s3://artifacts/team/api/releases/x86_64/1.4.0",
        ],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_published_is_refused() {
    let aws = Aws::start().await;
    for (version, text) in [
        (
            "version = \"1.4\"",
            "`1.4` cannot be the version of a release",
        ),
        ("version = \"1.4.0+x\"", "build metadata (+x)"),
    ] {
        assert_says(&aws.plan(&publisher(version)), &[text]);
    }
    // The zip of unchanged sources is on another machine only.
    let root = publisher("version = \"1.0.0\"");
    aws.apply(&root);
    let fresh = publisher("version = \"1.0.1\"");
    fresh.copy_from(&root, "terraform.tfstate");
    let refused = aws.terraform(&fresh, &APPLY, None);
    assert_says(
        &refused,
        &[
            "There is nothing to publish",
            "terraform apply -replace=ADDRESS",
        ],
    );
    assert_eq!(
        aws.keys()
            .await
            .iter()
            .filter(|key| key.contains("1.0.1"))
            .count(),
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_whose_zip_expired_is_published_again() {
    let aws = Aws::start().await;
    let root = publisher("");
    let published = aws.apply(&root);
    let key = published["s3_key"].as_str().unwrap();
    let delete = aws.client.delete_object().bucket("artifacts");
    delete.key(key).send().await.unwrap();
    aws.plan(&root).exits_with(2);
    assert_eq!(aws.apply(&root)["sha256"], published["sha256"]);
    assert!(aws.published().await.iter().any(|found| found == key));
    aws.plan(&root).exits_with(0);
}
