//! What of this machine must not reach a binary, and what of the request must.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use packaging::{Architecture, Builder, Package};

use crate::fixture::{Fixture, run};

/// A build script that hands its whole environment to the binary, and does not say that it reads
/// it; a binary that prints it, and what it sees itself.
const CURIOUS: [(&str, &str); 2] = [
    (
        "build.rs",
        "fn main() {\n    println!(\"cargo::rerun-if-changed=build.rs\");\n    let seen: Vec<_> = std::env::vars().map(|(name, _)| name).filter(|name| !name.starts_with(\"CARGO_FEATURE_\") && !name.starts_with(\"CARGO_CFG_\")).collect();\n    println!(\"cargo::rustc-env=SEEN={}\", seen.join(\" \"));\n    println!(\"cargo::rustc-env=TOLD={}\", std::env::var(\"STAGE\").unwrap_or_default());\n}\n",
    ),
    (
        "src/main.rs",
        "fn main() { println!(\"{} {:?} {} {}\", env!(\"TOLD\"), option_env!(\"STAGE\"), cfg!(special), env!(\"SEEN\")) }\n",
    ),
];

fn curious() -> Fixture {
    let fixture = Fixture::package("");
    for (path, content) in CURIOUS {
        fixture.write(path, content);
    }
    fixture
}

/// Builds in this process, with the given environment declared, and returns what the binary prints.
async fn printed(fixture: &Fixture, declared: &[(&str, &str)]) -> String {
    let declare = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let request = fixture.request("Cargo.toml", |build| {
        build.environment = declared.iter().map(declare).collect();
    });
    let package = Package::resolve(request).unwrap();
    let built = package.build(&fixture.path("out"), &Builder::new()).await;
    run(&built.unwrap().file)
}

/// Builds in a process of its own, whose environment has the given variables too, and returns the
/// zip's hash and what the binary prints.
fn built_in_shell(fixture: &Fixture, shell: &[(&str, &str)]) -> (String, String) {
    let child = package_command(fixture)
        .envs(shell.iter().copied())
        .output()
        .unwrap();
    assert!(child.status.success(), "{child:?}");
    let zip = String::from_utf8(child.stdout).unwrap();
    let zip = Path::new(zip.trim_end());
    let hash = packaging::file_hash(zip).unwrap().hex();
    (hash, run(zip))
}

/// The command that packages the fixture.
fn package_command(fixture: &Fixture) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_package"));
    command
        .arg(fixture.path("Cargo.toml"))
        .arg(fixture.path("out"));
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn declared_rustflags_reach_rustc_by_every_name_that_cargo_knows() {
    let target = Architecture::of_host().unwrap().target();
    let of_target = format!(
        "CARGO_TARGET_{}_RUSTFLAGS",
        target.to_uppercase().replace('-', "_")
    );
    for (name, value) in [
        ("RUSTFLAGS", "--cfg special"),
        ("CARGO_ENCODED_RUSTFLAGS", "--cfg\x1fspecial"),
        ("CARGO_BUILD_RUSTFLAGS", "--cfg special"),
        (&of_target, "--cfg special"),
    ] {
        let fixture = curious();
        let text = printed(&fixture, &[(name, value)]).await;
        assert!(text.starts_with(" None true "), "{name}: {text}");
    }
    assert!(printed(&curious(), &[]).await.starts_with(" None false "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_environment_runs_build_scripts_again() {
    let fixture = curious();
    let one = printed(&fixture, &[("STAGE", "one")]).await;
    assert!(one.starts_with("one Some(\"one\") "), "{one}");
    let two = printed(&fixture, &[("STAGE", "two")]).await;
    assert!(two.starts_with("two Some(\"two\") "), "{two}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspaces_own_configuration_applies() {
    let fixture = curious();
    let configuration = "[env]\nSTAGE = \"own\"\n[build]\nrustflags = \"--cfg special\"\n";
    fixture.write(".cargo/config.toml", configuration);
    let text = printed(&fixture, &[]).await;
    assert!(text.starts_with("own Some(\"own\") true "), "{text}");
    let declared = printed(&fixture, &[("STAGE", "declared")]).await;
    assert!(declared.starts_with("declared "), "{declared}");
}

#[test]
fn a_hostile_shell_and_a_hostile_cargo_configuration_give_the_same_bytes() {
    let (quiet, hostile) = (curious(), curious());
    let target = Architecture::of_host().unwrap().target();
    let home = Fixture::new(&[]);
    home.write(
        ".cargo/config.toml",
        &format!("[profile.release]\nopt-level = 0\ndebug = 2\n[env]\nSTAGE = {{ value = \"hostile\", force = true }}\n[build]\nrustc-wrapper = \"/nowhere/wrapper\"\nrustflags = [\"--cfg\", \"special\"]\n[target.{target}]\nlinker = \"/nowhere/linker\"\n"),
    );
    let real = std::env::var("RUSTUP_HOME")
        .unwrap_or_else(|_| std::env::var("HOME").unwrap() + "/.rustup");
    let linker = format!(
        "CARGO_TARGET_{}_LINKER",
        target.to_uppercase().replace('-', "_")
    );
    // Rustup's cargo, which runs this test, sets the variable.
    let cargo_home = home.path(".cargo").display().to_string();
    let home = home.path("").display().to_string();
    let shell = [
        ("HOME", home.as_str()),
        ("CARGO_HOME", &cargo_home),
        ("RUSTUP_HOME", &real),
        ("STAGE", "hostile"),
        ("CC", "/nowhere/cc"),
        ("CFLAGS", "-DHOSTILE"),
        ("RUSTFLAGS", "--cfg special"),
        ("CARGO_ENCODED_RUSTFLAGS", "--cfg\x1fspecial"),
        ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
        ("CARGO_BUILD_RUSTC_WRAPPER", "/nowhere/wrapper"),
        ("RUSTC_WORKSPACE_WRAPPER", "/nowhere/wrapper"),
        (&linker, "/nowhere/linker"),
    ];
    let (expected, text) = built_in_shell(&quiet, &[]);
    let (hash, hostile_text) = built_in_shell(&hostile, &shell);
    assert_eq!(hostile_text, text);
    assert_eq!(hash, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn build_scripts_see_no_credentials_that_are_not_declared() {
    let secrets = [
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_SESSION_TOKEN", "secret"),
        ("TF_TOKEN_app_terraform_io", "secret"),
        ("TF_VAR_password", "secret"),
        ("GITHUB_TOKEN", "secret"),
        ("CARGO_REGISTRY_TOKEN", "secret"),
    ];
    let (_, text) = built_in_shell(&curious(), &secrets);
    let seen: Vec<_> = text.split_whitespace().collect();
    for (name, _) in secrets {
        assert!(!seen.contains(&name), "{name} is in {text}");
    }
    let declared = printed(&curious(), &[("GITHUB_TOKEN", "given")]).await;
    assert!(
        declared
            .split_whitespace()
            .any(|name| name == "GITHUB_TOKEN"),
        "{declared}"
    );
}

/// A `cargo` for the front of the PATH that writes down its arguments and its whole environment,
/// one call after the other, and then does what cargo does.
fn recording_cargo(fixture: &Fixture) -> String {
    let path = std::env::var("PATH").unwrap();
    fixture.write("recorded/.gitignore", "*\n");
    let folder = fixture.path("recorded").display().to_string();
    let script = format!(
        "#!/bin/sh\n{{ printf '%s\\n' \"$*\"; env | sed 's/=.*//'; printf '\\001\\n'; }} >> {folder}/calls\nPATH='{path}' exec cargo \"$@\"\n"
    );
    fixture.write("recorded/cargo", &script);
    let cargo = fixture.path("recorded/cargo");
    std::fs::set_permissions(cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{folder}:{path}")
}

#[test]
fn nothing_reaches_cargo_that_the_plan_does_not_have() {
    let fixture = curious();
    let path = recording_cargo(&fixture);
    let shell = [
        ("PATH", path.as_str()),
        ("SURPRISE", "1"),
        ("RUSTFLAGS", "--cfg special"),
        ("CARGO_PROFILE_RELEASE_LTO", "fat"),
        ("CARGO_HTTP_TIMEOUT", "60"),
        ("SSH_AUTH_SOCK", "/nowhere/agent"),
    ];
    built_in_shell(&fixture, &shell);
    let text = std::fs::read_to_string(fixture.path("recorded/calls")).unwrap();
    let allowed = [
        // From the caller: places, and the network.
        "ALL_PROXY CARGO_BUILD_JOBS CARGO_HTTP_TIMEOUT CURL_CA_BUNDLE HOME HTTPS_PROXY HTTP_PROXY",
        "NIX_SSL_CERT_FILE NO_PROXY PATH RUSTUP_AUTO_INSTALL RUSTUP_DIST_SERVER RUSTUP_HOME",
        "RUSTUP_UPDATE_ROOT SSL_CERT_DIR SSL_CERT_FILE TMPDIR XDG_CACHE_HOME all_proxy http_proxy",
        "https_proxy no_proxy",
        // From the plan.
        "CARGO_ENCODED_RUSTFLAGS CARGO_HOME CARGO_INCREMENTAL CARGO_TERM_COLOR",
        "CARGO_TERM_PROGRESS_WHEN CARGO_TERM_PROGRESS_WIDTH SOURCE_DATE_EPOCH",
        // From the shell that records.
        "OLDPWD PWD SHLVL _",
    ];
    let allowed: Vec<_> = allowed.iter().flat_map(|names| names.split(' ')).collect();
    let mut builds = 0;
    for call in text.split("\u{1}\n").filter(|call| !call.is_empty()) {
        let (arguments, environment) = call.split_once('\n').unwrap();
        for name in environment.lines() {
            assert!(allowed.contains(&name), "{name} reaches cargo {arguments}");
        }
        let Some(arguments) = arguments.strip_prefix("build ") else {
            continue;
        };
        builds += 1;
        let root = fixture.path("").canonicalize().unwrap();
        let folder = arguments
            .split(' ')
            .find(|word| word.contains("/rustlambda/"))
            .unwrap();
        let expected = format!(
            "--manifest-path {} --offline --target-dir {folder} --message-format=json-render-diagnostics --target={} --profile=release --package=api@1.2.3 --bin=api",
            root.join("Cargo.toml").display(),
            Architecture::of_host().unwrap().target(),
        );
        assert_eq!(arguments, expected);
    }
    assert_eq!(builds, 1, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_changed_since_the_last_zip_and_the_file_that_pins_the_compiler() {
    let fixture = curious();
    let folder = fixture.path("out");
    let package = fixture.resolve("Cargo.toml").unwrap();
    assert_eq!(package.differences(&folder), None);
    let outcome = package.make(&folder, &Builder::new()).await.unwrap();
    let unpinned = outcome.unpinned.unwrap();
    let root = fixture.path("").canonicalize().unwrap();
    assert_eq!(unpinned.file, root.join("rust-toolchain.toml"));
    fixture.write("src/main.rs", "fn main() {}\n");
    fixture.write("src/new.rs", "");
    assert!(unpinned.version.starts_with("1."), "{}", unpinned.version);
    let request = fixture.request("Cargo.toml", |build| {
        build.environment = [("STAGE".to_owned(), "two".to_owned())].into();
    });
    let changed = Package::resolve(request).unwrap();
    let expected = [
        "environment STAGE (new)",
        "file src/main.rs",
        "file src/new.rs (new)",
    ];
    assert_eq!(changed.differences(&folder).unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_a_compiler_that_is_not_the_pinned_one() {
    // As a distribution installs it: no rustup reads the toolchain file.
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output();
    let sysroot = String::from_utf8(sysroot.unwrap().stdout).unwrap();
    let path = format!("{}/bin:{}", sysroot.trim(), std::env::var("PATH").unwrap());
    let fixture = Fixture::package("fn main() {}\n");
    let pinned = "[toolchain]\nchannel = \"1.0.0\"\n";
    fixture.write("rust-toolchain.toml", pinned);
    let request = fixture.request("Cargo.toml", |build| {
        build.environment = [("PATH".to_owned(), path)].into();
    });
    let package = Package::resolve(request).unwrap();
    let refused = package.check_tools().await.unwrap_err().to_string();
    assert!(refused.contains("rust-toolchain"), "{refused}");
    assert!(refused.contains("1.0.0"), "{refused}");
}

#[test]
fn tokens_of_the_users_configuration_stay_out_of_the_target_folder() {
    let (fixture, home) = (curious(), Fixture::new(&[]));
    home.write(
        ".cargo/config.toml",
        "[registry]\ntoken = \"hush\"\n[registries.mine]\nindex = \"sparse+https://example.com/\"\ntoken = \"hush\"\n",
    );
    let real = std::env::var("RUSTUP_HOME")
        .unwrap_or_else(|_| std::env::var("HOME").unwrap() + "/.rustup");
    let cargo_home = home.path(".cargo").display().to_string();
    built_in_shell(
        &fixture,
        &[("CARGO_HOME", &cargo_home), ("RUSTUP_HOME", &real)],
    );
    let mut configurations = 0;
    for folder in std::fs::read_dir(fixture.path("target/rustlambda")).unwrap() {
        let path = folder.unwrap().path().join("cargo-home/config.toml");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.contains("sparse+https://example.com/"), "{text}");
        assert!(!text.contains("hush"), "{text}");
        configurations += 1;
    }
    assert_eq!(configurations, 1);
}

#[test]
fn a_killed_process_leaves_none_that_it_started() {
    let fixture = Fixture::package("");
    let pid = fixture.path("target/pid");
    let wait = r#"fn main() {
    let pid = std::env::var("CARGO_MANIFEST_DIR").unwrap() + "/target/pid";
    std::fs::create_dir_all(std::path::Path::new(&pid).parent().unwrap()).unwrap();
    std::fs::write(&pid, std::process::id().to_string()).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(300));
}
"#;
    fixture.write("build.rs", wait);
    let mut packaging = package_command(&fixture).spawn().unwrap();
    let number = || std::fs::read_to_string(&pid).unwrap_or_default();
    assert!(within_a_minute(|| !number().is_empty()), "nothing started");
    let script = Path::new("/proc").join(number()).join("exe");
    assert!(script.read_link().is_ok(), "the build script has ended");
    packaging.kill().unwrap();
    packaging.wait().unwrap();
    assert!(
        within_a_minute(|| script.read_link().is_err()),
        "the build script still runs"
    );
}

fn within_a_minute(done: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while !done() && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(20));
    }
    done()
}
