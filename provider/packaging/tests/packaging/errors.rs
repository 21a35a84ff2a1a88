//! Requests that cannot be met, with the text that their authors read.

use packaging::Input;

use crate::fixture::{Fixture, manifest};

#[track_caller]
fn refused(fixture: &Fixture, path: &str, input: Input, expected: &str) {
    let error = fixture.resolve(path).unwrap_err();
    let text = error.to_string().replace(
        &fixture
            .path("")
            .canonicalize()
            .unwrap()
            .display()
            .to_string(),
        "",
    );
    let text = text.replace(&fixture.path("").display().to_string(), "/");
    assert_eq!((text.as_str(), error.input()), (expected, Some(input)));
}

#[test]
fn a_manifest_that_is_not_there() {
    let fixture = Fixture::workspace();
    let text = "There is no file /api/Cargo.tml. Point to the Cargo.toml of the function's package or workspace.";
    refused(&fixture, "api/Cargo.tml", Input::Manifest, text);
    let text = "/api is a directory. Point to its Cargo.toml: /api/Cargo.toml";
    refused(&fixture, "api", Input::Manifest, text);
}

#[test]
fn a_manifest_that_is_none() {
    let fixture = Fixture::new(&[("Cargo.toml", "[package\n")]);
    let error = fixture.resolve("Cargo.toml").unwrap_err();
    assert!(
        error
            .to_string()
            .contains("Cargo.toml cannot be read as cargo reads it"),
        "{error}"
    );
}

#[test]
fn a_workspace_without_a_choice() {
    let text = "/Cargo.toml is a workspace without a package of its own. Choose one of its packages: api, shared, unused, worker";
    refused(&Fixture::workspace(), "Cargo.toml", Input::Package, text);
}

#[test]
fn several_binaries_without_a_choice() {
    let text = "Package `worker` has several binaries. Choose one: tool, worker";
    refused(
        &Fixture::workspace(),
        "worker/Cargo.toml",
        Input::Binary,
        text,
    );
}

#[test]
fn a_package_without_a_binary() {
    let text = "Package `shared` has no binary. A Lambda function needs src/main.rs, a file in src/bin/, or a [[bin]] section.";
    refused(
        &Fixture::workspace(),
        "shared/Cargo.toml",
        Input::Binary,
        text,
    );
}

#[test]
fn a_profile_and_a_feature_that_are_not_there() {
    let fixture = Fixture::package("fn main() {}\n");
    let request = fixture.request("Cargo.toml", |build| build.profile = "fast".to_owned());
    let error = packaging::Package::resolve(request).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("There is no cargo profile `fast`. Add [profile.fast] to "),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .ends_with("or choose one of: bench, dev, release, test"),
        "{error}"
    );
    let request = fixture.request("Cargo.toml", |build| {
        build.features = ["fast".to_owned()].into()
    });
    let error = packaging::Package::resolve(request).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Package `api` has no feature `fast`. It has none."
    );
}

#[test]
fn dependencies_that_are_not_locked() {
    let fixture = Fixture::package("fn main() {}\n");
    fixture.write(
        "Cargo.toml",
        &manifest("api", "[dependencies]\nserde = \"1\"\n"),
    );
    let text = "There is no /Cargo.lock, so the versions of the dependencies are open. Run `cargo generate-lockfile` and commit the file.";
    refused(&fixture, "Cargo.toml", Input::Manifest, text);
    // Cargo would resolve them for tests and for other systems, too.
    for table in ["dev-dependencies", "target.'cfg(windows)'.dependencies"] {
        let other = format!("[{table}]\nserde = \"1\"\n");
        fixture.write("Cargo.toml", &manifest("api", &other));
        refused(&fixture, "Cargo.toml", Input::Manifest, text);
    }
    let dependencies = "[dependencies]\nserde = \"1\"\n";
    fixture.write("Cargo.toml", &manifest("api", dependencies));
    fixture.write(
        "Cargo.lock",
        "version = 4\n\n[[package]]\nname = \"api\"\nversion = \"1.2.3\"\n",
    );
    let text = "/Cargo.lock does not have `serde`, which `api` needs. Run `cargo update --workspace` and commit the file.";
    refused(&fixture, "Cargo.toml", Input::Manifest, text);
}

#[test]
fn variables_that_no_process_can_be_given() {
    let fixture = Fixture::package("fn main() {}\n");
    let refused = |name: &str, value: &str, reason: &str| {
        let request = fixture.request("Cargo.toml", |build| {
            build.environment = [(name.to_owned(), value.to_owned())].into();
        });
        let error = packaging::Package::resolve(request).unwrap_err();
        let expected = format!("The environment variable `{name}` cannot be set: {reason}");
        assert!(error.to_string().starts_with(&expected), "{error}");
        assert_eq!(error.input(), Some(Input::Environment));
        assert!(!error.to_string().contains("secret"), "{error}");
    };
    refused("A=B", "secret", "a name may not contain `=`");
    refused("", "secret", "a name may not be empty");
    refused("A", "secret\0", "neither name nor value may contain a NUL");
    refused(
        "A",
        &"x".repeat(200_000),
        "name and value together may have 128 KiB",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_tools_that_are_missing_are_named_at_once() {
    let fixture = Fixture::package("fn main() {}\n");
    fixture.write("empty/none", "");
    let request = fixture.request("Cargo.toml", |build| {
        let path = fixture.path("empty").display().to_string();
        build.environment = [("PATH".to_owned(), path)].into();
        build.compiler = packaging::Compiler::Zigbuild;
    });
    let package = packaging::Package::resolve(request).unwrap();
    let error = package.check_tools().await.unwrap_err().to_string();
    for tool in ["rustc", "cargo", "cargo-zigbuild"] {
        let line = format!("\n  - `{tool}` cannot be started: ");
        assert!(error.contains(&line), "{tool}: {error}");
    }
    let here = fixture.resolve("Cargo.toml").unwrap();
    here.check_tools().await.unwrap();
}
