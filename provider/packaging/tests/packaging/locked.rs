//! Which packages of `Cargo.lock` change a fingerprint.

use packaging::Builder;

use crate::fingerprint::changes;
use crate::fixture::{Fixture, manifest, run};

#[test]
fn counts_locked_packages_that_the_binary_uses_and_no_others() {
    let lock = |used: &str, tests: &str, other: &str| {
        let registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        let locked = |name: &str, checksum: &str, more: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n{registry}\nchecksum = \"{checksum}\"\n{more}\n"
            )
        };
        [
            "version = 4\n\n[[package]]\nname = \"api\"\nversion = \"1.2.3\"\ndependencies = [\n \"direct\",\n \"tested\",\n]\n\n".to_owned(),
            locked("direct", "d", "dependencies = [\n \"indirect\",\n]\n"),
            locked("indirect", used, ""),
            locked("tested", tests, ""),
            locked("other", other, ""),
        ]
        .concat()
    };
    let dependencies = "[dependencies]\ndirect = \"1\"\n[dev-dependencies]\ntested = \"1\"\n[target.'cfg(windows)'.dependencies]\nother = \"1\"\n";
    let fixture = Fixture::package("fn main() {}\n");
    fixture.write("Cargo.toml", &manifest("api", dependencies));
    fixture.write("Cargo.lock", &lock("1", "1", "1"));
    changes(
        &fixture,
        "Cargo.toml",
        "Cargo.lock",
        &lock("1", "2", "1"),
        false,
    );
    changes(
        &fixture,
        "Cargo.toml",
        "Cargo.lock",
        &lock("1", "2", "2"),
        false,
    );
    changes(
        &fixture,
        "Cargo.toml",
        "Cargo.lock",
        &lock("2", "2", "2"),
        true,
    );
}

#[test]
fn packages_of_one_name_and_version_from_two_places_both_count() {
    let lock = |commit: &str, checksum: &str| {
        let registry = "registry+https://github.com/rust-lang/crates.io-index";
        let git = format!("git+https://example.com/fork#{commit}");
        format!(
            "version = 4\n\n[[package]]\nname = \"api\"\nversion = \"1.2.3\"\ndependencies = [\n \"twin 1.0.0 ({git})\",\n \"twin 1.0.0 ({registry})\",\n]\n\n[[package]]\nname = \"twin\"\nversion = \"1.0.0\"\nsource = \"{git}\"\n\n[[package]]\nname = \"twin\"\nversion = \"1.0.0\"\nsource = \"{registry}\"\nchecksum = \"{checksum}\"\n"
        )
    };
    let dependencies = "[dependencies]\ntwin = \"1\"\nfork = { package = \"twin\", git = \"https://example.com/fork\" }\n";
    let fixture = Fixture::package("fn main() {}\n");
    fixture.write("Cargo.toml", &manifest("api", dependencies));
    fixture.write("Cargo.lock", &lock("aaaa", "1"));
    for next in [lock("bbbb", "1"), lock("bbbb", "2")] {
        changes(&fixture, "Cargo.toml", "Cargo.lock", &next, true);
    }
}

/// A function over a library whose tests have dependencies of their own.
fn library_with_tests() -> Fixture {
    let fixture = Fixture::workspace();
    let tested = "[dependencies]\nused = \"1\"\n[dev-dependencies]\ntested = \"1\"\n";
    fixture.write("shared/Cargo.toml", &manifest("shared", tested));
    fixture
}

fn library_lock(used: &str, tested: &str) -> String {
    let own = |name: &str, dependencies: &[&str]| {
        let dependencies = dependencies.join("\", \"");
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.2.3\"\ndependencies = [\"{dependencies}\"]\n\n"
        )
    };
    let locked = |name: &str, checksum: &str| {
        format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{checksum}\"\n\n"
        )
    };
    [
        "version = 4\n\n".to_owned(),
        own("api", &["shared"]),
        own("shared", &["tested", "used"]),
        locked("tested", tested),
        locked("used", used),
    ]
    .concat()
}

#[test]
fn what_only_a_librarys_tests_need_does_not_count() {
    let fixture = library_with_tests();
    let api = "api/Cargo.toml";
    fixture.write("Cargo.lock", &library_lock("1", "1"));
    changes(&fixture, api, "Cargo.lock", &library_lock("1", "2"), false);
    changes(&fixture, api, "Cargo.lock", &library_lock("2", "2"), true);
}

#[test]
fn a_function_is_not_what_only_its_librarys_tests_make_one() {
    let fixture = library_with_tests();
    let rename = |text: &str| text.replace("tested", "lambda_runtime");
    let library = std::fs::read_to_string(fixture.path("shared/Cargo.toml")).unwrap();
    fixture.write("shared/Cargo.toml", &rename(&library));
    let worker = "\n[[package]]\nname = \"worker\"\nversion = \"1.2.3\"\n";
    let lock = rename(&library_lock("1", "1")) + worker;
    fixture.write("Cargo.lock", &lock);
    let functions = packaging::lambda_binaries(&fixture.path("Cargo.toml")).unwrap();
    assert_eq!(functions, []);
}

/// A function whose registry packages, `used` and through it `windows`, are vendored.
fn vendored() -> Fixture {
    let fixture = Fixture::package("fn main() { used::call() }\n");
    let vendored = "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n";
    fixture.write(".cargo/config.toml", vendored);
    let dependencies = "[dependencies]\nused = \"1\"\n";
    fixture.write("Cargo.toml", &manifest("api", dependencies));
    let windows = "[target.'cfg(windows)'.dependencies]\nwindows = \"1\"\n";
    let mut lock = "version = 4\n\n[[package]]\nname = \"api\"\nversion = \"1.2.3\"\ndependencies = [\"used\"]\n\n".to_owned();
    for (name, rest, needs) in [("used", windows, "\"windows\""), ("windows", "", "")] {
        let (folder, sum) = (format!("vendor/{name}"), "0".repeat(64));
        fixture.write(&format!("{folder}/Cargo.toml"), &manifest(name, rest));
        fixture.write(&format!("{folder}/src/lib.rs"), "pub fn call() {}\n");
        let checksums = format!("{{\"files\":{{}},\"package\":\"{sum}\"}}");
        fixture.write(&format!("{folder}/.cargo-checksum.json"), &checksums);
        lock += &format!(
            "[[package]]\nname = \"{name}\"\nversion = \"1.2.3\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{sum}\"\ndependencies = [{needs}]\n\n"
        );
    }
    fixture.write("Cargo.lock", &lock);
    fixture
}

#[test]
fn an_edited_vendored_crate_changes_the_fingerprint() {
    let (fixture, path) = (vendored(), "Cargo.toml");
    changes(&fixture, path, "vendor/.DS_Store", "1", false);
    let edited = "pub fn call() { println!() }\n";
    changes(&fixture, path, "vendor/used/src/lib.rs", edited, true);
    changes(&fixture, path, "vendor/used/src/new.rs", "", true);
    fixture.write("vendor/other/Cargo.toml", &manifest("other", ""));
    changes(&fixture, path, "vendor/other/src/lib.rs", "", false);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_components_has_what_is_compiled_in_and_no_more() {
    let fixture = vendored();
    let package = fixture.resolve("Cargo.toml").unwrap();
    let built = package.build(&fixture.path("out"), &Builder::new()).await;
    let described = std::fs::read_to_string(built.unwrap().manifest()).unwrap();
    assert!(
        described.contains("\"pkg:cargo/used@1.2.3\""),
        "{described}"
    );
    assert!(!described.contains("\"windows\""), "{described}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_vendored_package_is_compiled_again() {
    let fixture = Fixture::package("fn main() { println!(\"{}\", used::text()) }\n");
    fixture.write(
        "Cargo.toml",
        &manifest("api", "[dependencies]\nused = \"1\"\n"),
    );
    fixture.write(".cargo/config.toml", "[source.crates-io]\nreplace-with = \"vendored\"\n[source.vendored]\ndirectory = \"vendor\"\n");
    fixture.write("Cargo.lock", "version = 4\n\n[[package]]\nname = \"api\"\nversion = \"1.2.3\"\ndependencies = [\"used\"]\n\n[[package]]\nname = \"used\"\nversion = \"1.2.3\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"1\"\n");
    fixture.write("vendor/used/Cargo.toml", &manifest("used", ""));
    // As after an edit of both: no file is compared.
    let checksums = "{\"files\":{},\"package\":\"1\"}";
    fixture.write("vendor/used/.cargo-checksum.json", checksums);
    for text in ["one", "two"] {
        let source = format!("pub fn text() -> &'static str {{ \"{text}\" }}\n");
        fixture.write("vendor/used/src/lib.rs", &source);
        let package = fixture.resolve("Cargo.toml").unwrap();
        let made = package.make(&fixture.path("out"), &Builder::new()).await;
        assert_eq!(run(&made.unwrap().zip.file), format!("{text}\n"));
    }
    fixture.write("vendor/other/Cargo.toml", &manifest("other", ""));
    changes(&fixture, "Cargo.toml", "vendor/other/src/lib.rs", "", false);
}
