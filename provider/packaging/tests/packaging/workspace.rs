//! What cargo's files say, as cargo itself understands them.

use packaging::{Builder, Input, Package, lambda_binaries};

use crate::fixture::{Fixture, manifest};

#[test]
fn rejects_profiles_that_cargo_rejects() {
    for name in ["doc", "debug", "build"] {
        let fixture = Fixture::package("fn main() {}\n");
        let section = format!("[profile.{name}]\nopt-level = 1\n");
        fixture.write("Cargo.toml", &manifest("api", &section));
        let request = fixture.request("Cargo.toml", |build| build.profile = name.to_owned());
        let error = Package::resolve(request).expect_err(name);
        assert_eq!(error.input(), Some(Input::Profile));
        let expected = format!("Cargo reserves the profile name `{name}`");
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
}

/// A function with a required and an optional dependency, each with a feature.
fn with_features() -> Fixture {
    let fixture = Fixture::workspace();
    let dependencies = "[dependencies]\nshared = { path = \"../shared\" }\nunused = { path = \"../unused\", optional = true }\n[features]\nown = []\nextra = [\"dep:unused\"]\n";
    fixture.write("api/Cargo.toml", &manifest("api", dependencies));
    for library in ["shared", "unused"] {
        let loud = manifest(library, "[features]\nloud = []\n");
        fixture.write(&format!("{library}/Cargo.toml"), &loud);
    }
    fixture
}

fn resolve_with(fixture: &Fixture, feature: &str) -> packaging::Result<Package> {
    let feature = feature.to_owned();
    Package::resolve(fixture.request("api/Cargo.toml", |build| build.features = [feature].into()))
}

#[test]
fn accepts_the_feature_forms_of_cargos_command_line_and_no_others() {
    let fixture = with_features();
    for legal in [
        "own",
        "api/own",
        "shared/loud",
        "shared?/loud",
        "unused/loud",
    ] {
        resolve_with(&fixture, legal).expect(legal);
    }
    // `unused` has no feature of its name, because `extra` turns it on with `dep:`.
    for illegal in [
        "unused",
        "dep:unused",
        "api/shared/loud",
        "shared",
        "shared/quiet",
        "nope/loud",
        "api/nope",
        "own extra",
        "",
    ] {
        let error = resolve_with(&fixture, illegal).expect_err(illegal);
        assert_eq!(error.input(), Some(Input::Features), "{error}");
        assert!(
            error.to_string().contains(&format!("`{illegal}`")),
            "{error}"
        );
    }
}

#[test]
fn a_dependencys_feature_changes_the_fingerprint() {
    let fixture = with_features();
    let with = resolve_with(&fixture, "shared/loud").unwrap();
    assert_ne!(
        with.fingerprint().as_str(),
        fixture.fingerprint("api/Cargo.toml")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn compiles_with_a_dependencys_feature() {
    let fixture = with_features();
    let library =
        "#[cfg(not(feature = \"loud\"))] compile_error!(\"quiet\");\npub fn name() -> u8 { 1 }\n";
    fixture.write("shared/src/lib.rs", library);
    let package = resolve_with(&fixture, "shared/loud").unwrap();
    let built = package.build(&fixture.path("out"), &Builder::new()).await;
    built.unwrap();
}

/// A workspace of functions in folders of the given names, with the given lines in its root.
fn functions(root: &str, names: &[&str]) -> Fixture {
    let fixture = Fixture::new(&[]);
    fixture.write(
        "Cargo.toml",
        &format!("[workspace]\nresolver = \"3\"\n{root}\n"),
    );
    let runtime = "[dependencies]\nlambda_runtime = { path = \"../lambda_runtime\" }\n";
    fixture.write("lambda_runtime/Cargo.toml", &manifest("lambda_runtime", ""));
    fixture.write("lambda_runtime/src/lib.rs", "");
    for name in names {
        fixture.write(&format!("{name}/Cargo.toml"), &manifest(name, runtime));
        fixture.write(&format!("{name}/src/main.rs"), "fn main() {}\n");
    }
    fixture
}

fn listed(fixture: &Fixture) -> Vec<String> {
    let functions = lambda_binaries(&fixture.path("Cargo.toml")).unwrap();
    functions
        .into_iter()
        .map(|function| function.name)
        .collect()
}

#[test]
fn lists_the_packages_that_cargo_knows() {
    let names = ["api", "old", "worker"];
    let globbed = functions("members = [\"*\"]\nexclude = [\"old\", \"target\"]", &names);
    assert_eq!(
        listed(&globbed),
        ["api", "worker"],
        "exclude takes out of a glob"
    );
    let named = functions("members = [\"api\", \"old\"]\nexclude = [\"old\"]", &names);
    assert_eq!(
        listed(&named),
        ["api", "old"],
        "cargo prefers what members names"
    );
    let implied = functions("members = [\"api\"]", &names);
    let path = "[dependencies]\nlambda_runtime = { path = \"../lambda_runtime\" }\nworker = { path = \"../worker\" }\n";
    implied.write("api/Cargo.toml", &manifest("api", path));
    assert_eq!(
        listed(&implied),
        ["api", "worker"],
        "a path dependency is a member"
    );
}

#[test]
fn a_single_default_member_is_what_a_workspace_means() {
    let one = functions(
        "members = [\"*\"]\ndefault-members = [\"worker\"]",
        &["api", "worker"],
    );
    assert_eq!(one.resolve("Cargo.toml").unwrap().name(), "worker");
    let two = functions(
        "members = [\"*\"]\ndefault-members = [\"worker\", \"api\"]",
        &["api", "worker"],
    );
    assert_eq!(
        two.resolve("Cargo.toml").unwrap_err().input(),
        Some(Input::Package)
    );
}

#[test]
fn reads_no_device_and_no_endless_file() {
    let error = packaging::crate_version("/dev/zero".as_ref(), None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/dev/zero cannot be read as cargo reads it: it is not a regular file"
    );
    let fixture = Fixture::new(&[]);
    let large = std::fs::File::create(fixture.path("Cargo.toml")).unwrap();
    // Sparse: takes no room.
    large.set_len(4 << 30).unwrap();
    let error = packaging::crate_version(&fixture.path("Cargo.toml"), None).unwrap_err();
    assert!(
        error.to_string().ends_with("it is larger than 16 MiB"),
        "{error}"
    );
}

#[test]
fn cuts_what_an_invalid_manifest_says() {
    let secret = "x".repeat(100_000);
    let fixture = Fixture::new(&[("Cargo.toml", &format!("[package]\nname = {secret}\n"))]);
    let error = fixture.resolve("Cargo.toml").unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
    assert!(error.len() < 2_000, "{} bytes", error.len());
}
