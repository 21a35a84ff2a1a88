//! Builds, with what they leave and what they do not.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use packaging::{Artifact, Builder, Package, Untracked};

use crate::fixture::{Fixture, manifest, names, run};

async fn build(fixture: &Fixture, path: &str) -> packaging::Result<Artifact> {
    fixture
        .resolve(path)?
        .build(&fixture.path("out"), &Builder::new())
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_a_zip_with_bootstrap_and_assets() {
    let fixture = Fixture::package("fn main() {}\n");
    fixture.write("static/a.txt", "a");
    fixture.write("static/deep/b.txt", "b");
    let mut request = fixture.request("Cargo.toml", |_| ());
    request.assets = [
        ("web".to_owned(), fixture.path("static")),
        ("one.txt".to_owned(), fixture.path("static/a.txt")),
    ]
    .into();
    let package = Package::resolve(request).unwrap();
    assert_eq!((package.name(), package.version()), ("api", Some("1.2.3")));
    assert_eq!(
        package.build_id(),
        format!("1.2.3+{}", package.fingerprint().short())
    );
    let folder = fixture.path("out");
    assert_eq!(package.find(&folder), None);
    let built = package.build(&folder, &Builder::new()).await.unwrap();
    assert_eq!(
        names(&built.file),
        ["bootstrap", "one.txt", "web/a.txt", "web/deep/b.txt"]
    );
    assert_eq!(built.size, std::fs::metadata(&built.file).unwrap().len());
    assert_eq!(package.find(&folder), Some(built));
    let left: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(
        left.len(),
        3,
        "a zip, its receipt, and the cache's tag: {left:?}"
    );
}

/// A crate whose binary would have paths in it: of itself, a dependency, a generated file, and
/// debug information.
fn telltale() -> Fixture {
    let fixture = Fixture::workspace();
    fixture.write("api/build.rs", "fn main() { let out = std::env::var(\"OUT_DIR\").unwrap(); std::fs::write(out + \"/gen.rs\", \"pub fn generated() -> &'static str { file!() }\").unwrap(); }\n");
    fixture.write("api/src/main.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/gen.rs\"));\nfn main() { if std::env::args().count() > 1 { panic!(\"{} {}\", file!(), generated()) } println!(\"{}\", shared::name()) }\n");
    let root = std::fs::read_to_string(fixture.path("Cargo.toml")).unwrap();
    fixture.write("Cargo.toml", &(root + "[profile.release]\ndebug = 1\n"));
    fixture
}

/// The same in a workspace that is one of its folders, beside the dependency.
fn telltale_beside() -> Fixture {
    let fixture = telltale();
    std::fs::remove_file(fixture.path("Cargo.toml")).unwrap();
    let api = std::fs::read_to_string(fixture.path("api/Cargo.toml")).unwrap();
    let own = "\n[workspace]\n[profile.release]\ndebug = 1\n";
    fixture.write("api/Cargo.toml", &(api + own));
    fixture
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_the_same_bytes_with_a_dependency_outside_of_the_workspace() {
    let (one, other) = (telltale_beside(), telltale_beside());
    let here = build(&one, "api/Cargo.toml").await.unwrap();
    let there = build(&other, "api/Cargo.toml").await.unwrap();
    assert_eq!(here.sha256.hex(), there.sha256.hex());
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_the_same_bytes_in_another_folder_with_another_cargo_home() {
    let (one, other) = (telltale(), telltale());
    let here = build(&one, "api/Cargo.toml").await.unwrap();
    let home = other.path("home").display().to_string();
    let target = other.path("elsewhere").display().to_string();
    let request = other.request("api/Cargo.toml", |build| {
        build.environment = [
            ("CARGO_HOME".to_owned(), home),
            ("CARGO_TARGET_DIR".to_owned(), target),
        ]
        .into();
    });
    let there = Package::resolve(request)
        .unwrap()
        .build(&other.path("out"), &Builder::new())
        .await
        .unwrap();
    assert_eq!(here.sha256.hex(), there.sha256.hex());
}

/// A workspace in which `api` uses a package outside and a member, and `worker` the member alone.
fn half_outside() -> Fixture {
    let fixture = telltale_beside();
    fixture.write(
        "api/Cargo.toml",
        &manifest("api", "[dependencies]\nshared = { path = \"../shared\" }\ninner = { path = \"inner\" }\n[workspace]\nmembers = [\"inner\", \"worker\"]\n"),
    );
    fixture.write("api/inner/Cargo.toml", &manifest("inner", ""));
    fixture.write(
        "api/inner/src/lib.rs",
        "#[inline(never)]\npub fn text(n: usize) -> String { format!(\"{n} {}\", file!()) }\n",
    );
    fixture.write(
        "api/worker/Cargo.toml",
        &manifest(
            "worker",
            "[dependencies]\ninner = { path = \"../inner\" }\n",
        ),
    );
    fixture.write(
        "api/worker/src/main.rs",
        "fn main() { println!(\"{}\", inner::text(std::env::args().count())) }\n",
    );
    fixture
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dependency_outside_does_not_reach_another_binary() {
    let (together, alone) = (half_outside(), half_outside());
    let (builder, folder) = (Builder::new(), together.path("out"));
    let api = together.resolve("api/Cargo.toml").unwrap();
    let worker = together.resolve("api/worker/Cargo.toml").unwrap();
    let (api, worker) = tokio::join!(
        api.build(&folder, &builder),
        worker.build(&folder, &builder)
    );
    api.unwrap();
    let expected = build(&alone, "api/worker/Cargo.toml").await.unwrap();
    assert_eq!(worker.unwrap().sha256.hex(), expected.sha256.hex());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_is_compiled_in_and_would_change_unnoticed() {
    let fixture = Fixture::package(
        "macro_rules! hidden { ($path:literal) => { include_str!($path) } }\nconst ALL: [&str; 4] = [include_str!(\"../noticed.txt\"), include_str!(\"../linked.txt\"), hidden!(\"../ignored.txt\"), include_str!(\"../../out side.txt\")];\nfn main() { println!(\"{ALL:?}\") }\n",
    );
    let outside = Fixture::new(&[("out side.txt", "outside"), ("linked.txt", "linked")]);
    std::os::unix::fs::symlink(outside.path("linked.txt"), fixture.path("linked.txt")).unwrap();
    for (path, content) in [
        ("noticed.txt", ""),
        ("ignored.txt", ""),
        (".gitignore", "/ignored.txt\n/target\n"),
    ] {
        fixture.write(path, content);
    }
    let main = std::fs::read_to_string(fixture.path("src/main.rs")).unwrap();
    let path = outside.path("out side.txt");
    fixture.write(
        "src/main.rs",
        &main.replace("../../out side.txt", path.to_str().unwrap()),
    );
    let package = fixture.resolve("Cargo.toml").unwrap();
    let folder = fixture.path("out");
    let made = package.make(&folder, &Builder::new()).await.unwrap();
    let mut expected = [fixture.path("ignored.txt"), path];
    expected.sort();
    let untracked: Vec<_> = made
        .untracked
        .iter()
        .map(|input| input.path.clone())
        .collect();
    assert_eq!(untracked, expected);
    let reasons: BTreeSet<_> = made
        .untracked
        .iter()
        .map(|input| input.reason.clone())
        .collect();
    let ignored = Untracked::Ignored(fixture.path(".gitignore"));
    assert_eq!(reasons, [Untracked::Outside, ignored].into());
    // It stays known with the zip, so that nobody publishes that later.
    let manifest = std::fs::read_to_string(made.zip.manifest()).unwrap();
    for path in &expected {
        let path = format!("{:?}", path.display().to_string());
        assert!(manifest.contains(&path), "{manifest}");
    }
    let again = package.make(&folder, &Builder::new()).await.unwrap();
    assert_eq!(again.untracked, [], "nothing was compiled");
    assert_eq!(again.zip, made.zip);
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_errors_as_rustc_renders_them() {
    let fixture = Fixture::package("fn main() {\n    let x: u8 = \"text\";\n}\n");
    let text = build(&fixture, "Cargo.toml").await.unwrap_err().to_string();
    assert!(
        text.starts_with("error[E0308]: mismatched types\n --> src/main.rs:2:17\n"),
        "{text}"
    );
    assert!(
        !text.contains("warning") && !text.contains("Compiling"),
        "{text}"
    );
    assert!(
        !fixture.path("out").exists(),
        "a failed build writes nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_sources_that_change_under_way() {
    let fixture = Fixture::package("fn main() {}\n");
    // The build script saves a file while cargo compiles, as an editor might.
    fixture.write(
        "build.rs",
        "fn main() { std::fs::write(\"src/late.rs\", \"\").unwrap(); }\n",
    );
    let error = build(&fixture, "Cargo.toml").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("The sources of `api` changed since"),
        "{error}"
    );
}

/// A `cargo` that writes down how it is called, for the front of `PATH`.
fn counting_cargo(fixture: &Fixture) -> (String, PathBuf) {
    let (log, path) = (fixture.path("calls"), std::env::var("PATH").unwrap());
    let script = format!(
        "#!/bin/sh\necho \"$1\" >> {}\nPATH={path} exec cargo \"$@\"\n",
        log.display()
    );
    fixture.write("counting/cargo", &script);
    let cargo = fixture.path("counting/cargo");
    std::fs::set_permissions(cargo, std::fs::Permissions::from_mode(0o755)).unwrap();
    (
        format!("{}:{path}", fixture.path("counting").display()),
        log,
    )
}

fn builds(log: &Path) -> usize {
    std::fs::read_to_string(log)
        .unwrap()
        .lines()
        .filter(|call| *call == "build")
        .count()
}

/// Four functions over one library, which they use with the given features.
fn four(features: [&str; 4]) -> Fixture {
    let fixture = Fixture::new(&[
        (
            "Cargo.toml",
            "[workspace]\nresolver = \"3\"\nmembers = [\"*/\"]\nexclude = [\"target\", \"out\", \"counting\"]\n",
        ),
        (
            "shared/Cargo.toml",
            &manifest("shared", "[features]\nloud = []\n"),
        ),
        (
            "shared/src/lib.rs",
            "pub fn name() -> &'static str { if cfg!(feature = \"loud\") { \"LOUD\" } else { \"quiet\" } }\n",
        ),
    ]);
    for (index, features) in features.iter().enumerate() {
        let dependency = format!(
            "[dependencies]\nshared = {{ path = \"../shared\", features = [{features}] }}\n"
        );
        fixture.write(
            &format!("f{index}/Cargo.toml"),
            &manifest(&format!("f{index}"), &dependency),
        );
        fixture.write(
            &format!("f{index}/src/main.rs"),
            "fn main() { println!(\"{}\", shared::name()) }\n",
        );
    }
    fixture
}

/// Builds all four at once, and gives their hashes and the number of `cargo build` processes.
async fn build_four(fixture: &Fixture) -> (Vec<packaging::Result<String>>, usize) {
    let (path, log) = counting_cargo(fixture);
    let (builder, folder) = (Builder::new(), fixture.path("out"));
    let one = async |index: usize| {
        let environment = [("PATH".to_owned(), path.clone())].into();
        let request = fixture.request(&format!("f{index}/Cargo.toml"), |build| {
            build.environment = environment
        });
        let artifact = Package::resolve(request)?.build(&folder, &builder).await?;
        Ok(artifact.sha256.hex())
    };
    let (a, b, c, d) = tokio::join!(one(0), one(1), one(2), one(3));
    (vec![a, b, c, d], builds(&log))
}

#[tokio::test(flavor = "multi_thread")]
async fn four_packages_of_one_workspace_are_one_cargo_process() {
    let (hashes, processes) = build_four(&four(["", "", "", ""])).await;
    assert!(hashes.iter().all(Result::is_ok), "{hashes:?}");
    assert_eq!(processes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn features_of_one_package_do_not_reach_another() {
    let together = four(["", "\"loud\"", "", ""]);
    let (hashes, processes) = build_four(&together).await;
    assert_eq!(processes, 2);
    let alone = four(["", "\"loud\"", "", ""]);
    for (index, hash) in hashes.into_iter().enumerate() {
        let built = build(&alone, &format!("f{index}/Cargo.toml"))
            .await
            .unwrap();
        assert_eq!(built.sha256.hex(), hash.unwrap(), "f{index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_is_not_taken_from_another_package_that_has_one_of_its_name() {
    let fixture = four(["", "", "", ""]);
    for package in ["f0", "f1"] {
        let says = format!("fn main() {{ println!(\"tool of {package}\") }}\n");
        fixture.write(&format!("{package}/src/bin/tool.rs"), &says);
    }
    let (builder, folder) = (Builder::new(), fixture.path("out"));
    let build = async |package: &str, binary: &str| {
        let request = fixture.request(&format!("{package}/Cargo.toml"), |build| {
            build.binary = Some(binary.to_owned());
        });
        let package = Package::resolve(request).unwrap();
        package.build(&folder, &builder).await.unwrap().file
    };
    for (package, company) in [("f0", "f1"), ("f1", "f0")] {
        let (tool, _) = tokio::join!(build(package, "tool"), build(company, company));
        assert_eq!(run(&tool), format!("tool of {package}\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_package_does_not_break_its_company() {
    let fixture = four(["", "", "", ""]);
    fixture.write("f2/src/main.rs", "fn main() { nonsense }\n");
    let (hashes, _) = build_four(&fixture).await;
    let failed: Vec<_> = hashes.iter().map(Result::is_err).collect();
    assert_eq!(failed, [false, false, true, false], "{hashes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn checkouts_that_share_a_target_folder_have_their_own_build_scripts() {
    let says = |word: &str| {
        let fixture = Fixture::package("fn main() { println!(env!(\"WORD\")) }\n");
        let script = format!("fn main() {{ println!(\"cargo::rustc-env=WORD={word}\") }}\n");
        fixture.write("build.rs", &script);
        fixture
    };
    // Both are written before either is compiled: by age alone, the second has nothing new.
    let (one, other, target) = (says("one"), says("other"), tempfile::tempdir().unwrap());
    let build = async |fixture: &Fixture| {
        let request = fixture.request("Cargo.toml", |build| {
            let target = target.path().display().to_string();
            build.environment = [("CARGO_TARGET_DIR".to_owned(), target)].into();
        });
        let package = Package::resolve(request).unwrap();
        let zip = package.build(&fixture.path("out"), &Builder::new()).await;
        zip.unwrap().sha256.hex()
    };
    let first = build(&one).await;
    assert_ne!(build(&other).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_build_leaves_no_process() {
    let fixture = Fixture::package("fn main() {}\n");
    let pid = fixture.path("pid").display().to_string();
    fixture.write("build.rs", &format!("fn main() {{ std::fs::write({pid:?}, std::process::id().to_string()).unwrap(); std::thread::sleep(std::time::Duration::from_secs(60)); }}\n"));
    fixture.write(".gitignore", "/pid\n");
    let package = fixture.resolve("Cargo.toml").unwrap();
    let (folder, builder) = (fixture.path("out"), Builder::new());
    let script_started = async {
        while !std::fs::read_to_string(&pid).is_ok_and(|pid| !pid.is_empty()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        result = package.build(&folder, &builder) => panic!("the build script sleeps: {result:?}"),
        () = script_started => (),
    }
    let process = Path::new("/proc").join(std::fs::read_to_string(&pid).unwrap());
    let start = Instant::now();
    // A killed process stays as a zombie until its parent, gone too, is succeeded; it has no
    // executable then.
    while std::fs::read_link(process.join("exe")).is_ok() {
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "the build script still runs"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!folder.exists(), "nothing is written");
}
