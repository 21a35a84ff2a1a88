//! Packages small crates, which need no download, with the machine's cargo.

#![allow(clippy::unwrap_used, reason = "a test that panics says why")]

use std::path::Path;

use packaging::{Architecture, CargoBuild, Package, Request, Source};

/// The request for the package at a folder.
fn request(folder: &Path) -> Request {
    let mut request = Request::new(Source::Cargo(CargoBuild::new(folder.join("Cargo.toml"))));
    request.architecture = Architecture::of_host().unwrap();
    request
}

fn write(folder: &Path, files: &[(&str, &str)]) {
    for (path, content) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn builds_a_zip() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        &[
            (
                "Cargo.toml",
                "[package]\nname = \"api\"\nversion = \"1.2.3\"\nedition = \"2024\"\n",
            ),
            ("src/main.rs", "fn main() { println!(\"hello\") }\n"),
        ],
    );
    let package = Package::resolve(request(folder.path())).unwrap();
    assert_eq!((package.name(), package.version()), ("api", Some("1.2.3")));
    let output = folder.path().join("out");
    assert_eq!(package.find(&output), None);
    let built = package.build(&output).await.unwrap();
    assert_eq!(package.find(&output), Some(built));
}
