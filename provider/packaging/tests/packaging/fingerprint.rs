//! What changes a fingerprint, and what does not.

use crate::fixture::{Fixture, manifest};

const API: &str = "api/Cargo.toml";
const WORKER: &str = "worker/Cargo.toml";

#[track_caller]
pub fn changes(fixture: &Fixture, package: &str, path: &str, content: &str, expected: bool) {
    let before = fixture.fingerprint(package);
    fixture.write(path, content);
    let changed = fixture.fingerprint(package) != before;
    assert_eq!(
        changed, expected,
        "{path} changes the fingerprint of {package}"
    );
}

#[test]
fn is_the_same_in_every_folder_and_at_every_time() {
    let (one, other) = (Fixture::workspace(), Fixture::workspace());
    let old = std::time::SystemTime::UNIX_EPOCH;
    std::fs::File::open(other.path("api/src/main.rs"))
        .unwrap()
        .set_modified(old)
        .unwrap();
    assert_eq!(one.fingerprint(API), other.fingerprint(API));
    // Also when it is reached over a link.
    std::os::unix::fs::symlink(other.path("worker"), one.path("link")).unwrap();
    assert_eq!(
        one.fingerprint(API),
        one.fingerprint("link/../api/Cargo.toml")
    );
}

#[test]
fn changes_with_what_the_binary_is_made_of() {
    let fixture = Fixture::workspace();
    changes(
        &fixture,
        API,
        "api/src/main.rs",
        "fn main() { println!(\"2\") }\n",
        true,
    );
    changes(
        &fixture,
        API,
        "shared/src/lib.rs",
        "pub fn name() -> &'static str { \"2\" }\n",
        true,
    );
    changes(&fixture, API, "shared/data.json", "{}", true);
    changes(
        &fixture,
        API,
        "rust-toolchain.toml",
        "[toolchain]\nchannel = \"stable\"\n",
        true,
    );
    changes(
        &fixture,
        API,
        ".cargo/config.toml",
        "[build]\nrustflags = [\"-Cdebuginfo=0\"]\n",
        true,
    );
    let root = std::fs::read_to_string(fixture.path("Cargo.toml")).unwrap();
    changes(
        &fixture,
        API,
        "Cargo.toml",
        &format!("{root}[profile.release]\nopt-level = 1\n"),
        true,
    );
}

#[test]
fn stays_with_everything_else() {
    let fixture = Fixture::workspace();
    changes(
        &fixture,
        API,
        "worker/src/main.rs",
        "fn main() { }\n",
        false,
    );
    changes(&fixture, API, "unused/src/lib.rs", "// changed\n", false);
    let worker = manifest("worker", "").replace("edition", "default-run = \"worker\"\nedition");
    fixture.write("worker/Cargo.toml", &worker);
    changes(
        &fixture,
        WORKER,
        "shared/src/lib.rs",
        "pub fn name() {}\n",
        false,
    );
    changes(
        &fixture,
        API,
        ".cargo/config.toml",
        "[net]\nretry = 5\n",
        false,
    );
    changes(&fixture, API, "target/release/api", "built", false);
    changes(&fixture, API, "api/tests/it.rs", "// a test\n", false);
    changes(&fixture, API, "api/terraform.tfstate", "{}", false);
    let root = std::fs::read_to_string(fixture.path("Cargo.toml")).unwrap();
    let root = root.replace("members = [", "members = [\"new\", ")
        + "[workspace.dependencies]\nserde = \"1\"\n";
    fixture.write("new/Cargo.toml", &manifest("new", ""));
    fixture.write("new/src/lib.rs", "");
    changes(&fixture, API, "Cargo.toml", &root, false);
}

#[test]
fn tells_binaries_of_one_package_apart() {
    let fixture = Fixture::workspace();
    let fingerprint = |binary: &str| {
        let request = fixture.request(WORKER, |build| build.binary = Some(binary.to_owned()));
        packaging::Package::resolve(request)
            .unwrap()
            .fingerprint()
            .to_string()
    };
    let (worker, tool) = (fingerprint("worker"), fingerprint("tool"));
    assert_ne!(worker, tool);
    fixture.write("worker/src/bin/tool.rs", "// a comment\nfn main() {}\n");
    assert_eq!(fingerprint("worker"), worker);
    assert_ne!(fingerprint("tool"), tool);
}

#[test]
fn sees_ignored_and_untracked_files_as_cargo_does() {
    let fixture = Fixture::workspace();
    fixture.write(".gitignore", "*.log\n/api/generated/\n");
    changes(&fixture, API, "api/debug.log", "1", false);
    changes(&fixture, API, "api/generated/x.rs", "1", false);
    changes(&fixture, API, "api/src/new.rs", "// untracked\n", true);
    changes(&fixture, API, "api/.sqlx/query.json", "{}", true);
    // A checkout below a folder that another repository ignores.
    let outer = Fixture::new(&[(".gitignore", ".terraform\n"), (".git/HEAD", "")]);
    outer.write(".terraform/modules/m/Cargo.toml", &manifest("api", ""));
    outer.write(".terraform/modules/m/src/main.rs", "fn main() {}\n");
    let module = ".terraform/modules/m/Cargo.toml";
    changes(
        &outer,
        module,
        ".terraform/modules/m/src/main.rs",
        "fn main() { }\n",
        true,
    );
}

#[test]
fn follows_optional_dependencies_where_a_feature_turns_them_on() {
    let fixture = Fixture::workspace();
    let features = "[features]\nextra = [\"dep:unused\"]\n\n[dependencies]\nunused = { path = \"../unused\", optional = true }\n";
    fixture.write(
        "worker/Cargo.toml",
        &manifest("worker", &format!("default-run = \"worker\"\n{features}")),
    );
    let fingerprint = |features: &[&str]| {
        let request = fixture.request(WORKER, |build| {
            build.features = features.iter().map(|&name| name.to_owned()).collect()
        });
        packaging::Package::resolve(request)
            .unwrap()
            .fingerprint()
            .to_string()
    };
    let (without, with) = (fingerprint(&[]), fingerprint(&["extra"]));
    assert_ne!(without, with);
    fixture.write("unused/src/lib.rs", "// changed\n");
    assert_eq!(fingerprint(&[]), without);
    assert_ne!(fingerprint(&["extra"]), with);
}

#[test]
fn follows_the_files_that_a_configuration_includes() {
    let fixture = Fixture::workspace();
    let include = "include = [\"flags.toml\", { path = \"local.toml\", optional = true }]\n";
    fixture.write(".cargo/flags.toml", "[env]\nSTAGE = \"one\"\n");
    fixture.write(".cargo/config.toml", include);
    let two = "[env]\nSTAGE = \"two\"\n";
    changes(&fixture, API, ".cargo/flags.toml", two, true);
    let three = "[env]\nSTAGE = \"three\"\n";
    changes(&fixture, API, ".cargo/local.toml", three, true);
    let refused = |include: &str, reason: &str| {
        fixture.write(".cargo/config.toml", &format!("include = [{include:?}]\n"));
        let error = fixture.resolve(API).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    };
    refused("nowhere.toml", "nowhere.toml");
    let back = "include = [\"../.cargo/flags.toml\"]\n";
    fixture.write(".cargo/flags.toml", back);
    refused("flags.toml", "flags.toml, which leads to it");
}

#[test]
fn reads_what_a_configuration_patches_in() {
    let fixture = Fixture::package("fn main() {}\n");
    let dependency = "[dependencies]\nlog = \"0.4\"\n";
    fixture.write("Cargo.toml", &manifest("api", dependency));
    fixture.write("vendored/log/Cargo.toml", &manifest("log", ""));
    fixture.write("vendored/log/src/lib.rs", "");
    fixture.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"api\"\nversion = \"1.2.3\"\ndependencies = [\n \"log\",\n]\n\n[[package]]\nname = \"log\"\nversion = \"1.2.3\"\n");
    let patch = "[patch.crates-io]\nlog = { path = \"vendored/log\" }\n";
    fixture.write(".cargo/config.toml", patch);
    let source = "vendored/log/src/lib.rs";
    changes(&fixture, "Cargo.toml", source, "// changed\n", true);
}
