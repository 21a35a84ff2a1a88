//! One commit, checked out in different ways, has one fingerprint and one zip.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use packaging::{Builder, CargoBuild, Package, Source};
use tempfile::TempDir;

use crate::fixture::{Fixture, request};

/// Runs a program that has to succeed, in a folder.
fn run(dir: &Path, command: &str) {
    let mut shell = Command::new("sh");
    shell.args(["-ec", command]).current_dir(dir);
    for variable in [
        "GIT_AUTHOR_NAME",
        "GIT_AUTHOR_EMAIL",
        "GIT_COMMITTER_NAME",
        "GIT_COMMITTER_EMAIL",
    ] {
        shell.env(variable, "nobody@example.org");
    }
    let output = shell
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
}

/// A repository that ignores, above its workspace, what it nevertheless tracks.
fn repository() -> Fixture {
    let fixture = Fixture::workspace();
    run(
        &fixture.path(""),
        "mkdir service && mv Cargo.toml api shared unused worker service",
    );
    fixture.write(".gitignore", "*.log\nlib/\n/service/worker/notes/\n");
    fixture.write("service/.gitignore", "*.json\n");
    for tracked in ["api/lib/part.rs", "api/data.log", "worker/notes/a.txt"] {
        fixture.write(&format!("service/{tracked}"), "// tracked\n");
    }
    fixture.write("service/api/always.json", "{}");
    fixture.write(
        "service/.cargo/config.toml",
        "[build]\nrustflags = [\"-Cdebuginfo=0\"]\n",
    );
    run(
        &fixture.path(""),
        "git init -q -b main . && git add -f . && git commit -qm One",
    );
    fixture
}

fn package(service: &Path) -> Package {
    let build = CargoBuild::new(service.join("api/Cargo.toml"));
    Package::resolve(request(Source::Cargo(build))).unwrap()
}

fn fingerprint(service: &Path) -> String {
    package(service).fingerprint().to_string()
}

/// The zip's SHA-256, of a compilation in the checkout itself.
async fn zip(service: &Path) -> String {
    let folder = TempDir::new().unwrap();
    let built = package(service).build(folder.path(), &Builder::new()).await;
    built.unwrap().sha256.hex()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_checkout_of_a_commit_has_one_fingerprint_and_one_zip() {
    let fixture = repository();
    let expected = fingerprint(&fixture.path("service"));
    let expected_zip = zip(&fixture.path("service")).await;
    let folder = TempDir::new().unwrap();
    let to = |name: &str| folder.path().join(name);
    let origin = fixture.path("").display().to_string();
    run(folder.path(), &format!("git clone -q {origin} clone"));
    run(
        &fixture.path(""),
        &format!("git worktree add -q --detach {}", to("worktree").display()),
    );
    run(folder.path(), "git init -q super");
    run(
        &to("super"),
        &format!("git -c protocol.file.allow=always submodule --quiet add {origin} sub"),
    );
    run(
        folder.path(),
        &format!("mkdir archive only && git -C {origin} archive HEAD | tar x -C archive"),
    );
    run(
        folder.path(),
        &format!("git -C {origin} archive HEAD:service | tar x -C only"),
    );
    run(
        folder.path(),
        &format!("umask 077 && git clone -q {origin} private"),
    );
    std::fs::set_permissions(
        to("private/service/api/src/main.rs"),
        std::fs::Permissions::from_mode(0o755),
    )
    .unwrap();
    run(folder.path(), "ln -s clone/service link");
    run(
        folder.path(),
        &format!("mkdir -p below/.cargo && git clone -q {origin} below/clone"),
    );
    let configuration = "[build]\nrustflags = [\"--cfg\", \"outer\"]\n";
    for place in ["below/.cargo/config.toml", "below/clone/.cargo/config.toml"] {
        std::fs::create_dir_all(to(place).parent().unwrap()).unwrap();
        std::fs::write(to(place), configuration).unwrap();
    }
    for place in ["below/rust-toolchain.toml", "below/clone/rust-toolchain"] {
        std::fs::write(to(place), "[toolchain]\nchannel = \"1.0.0\"\n").unwrap();
    }
    for checkout in [
        "clone/service",
        "worktree/service",
        "super/sub/service",
        "archive/service",
        "only",
        "private/service",
        "link",
        "below/clone/service",
    ] {
        assert_eq!(fingerprint(&to(checkout)), expected, "{checkout}");
        assert_eq!(zip(&to(checkout)).await, expected_zip, "{checkout}");
    }
}

#[test]
fn tracked_files_count_and_ignored_litter_does_not() {
    let fixture = repository();
    let service = fixture.path("service");
    let before = fingerprint(&service);
    fixture.write("service/api/new.log", "1");
    fixture.write("service/api/lib/new.rs", "// ignored, and not tracked\n");
    fixture.write("service/api/new.json", "1");
    assert_eq!(fingerprint(&service), before);
    fixture.write("service/api/lib/part.rs", "// changed\n");
    let changed = fingerprint(&service);
    assert_ne!(changed, before, "a tracked file in an ignored folder");
    fixture.write("service/api/data.log", "// changed\n");
    assert_ne!(
        fingerprint(&service),
        changed,
        "a tracked file that is ignored"
    );
}
