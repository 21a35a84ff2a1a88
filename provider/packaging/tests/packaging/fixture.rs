//! Workspaces in temporary folders.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use packaging::{Architecture, CargoBuild, Package, Request, Source};
use tempfile::TempDir;

/// A folder of sources that is gone with its value.
pub struct Fixture {
    folder: TempDir,
}

impl Fixture {
    /// Writes the given files: path, content.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let fixture = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for (path, content) in files {
            fixture.write(path, content);
        }
        fixture
    }

    /// A package without anything special.
    pub fn package(main: &str) -> Self {
        Self::new(&[("Cargo.toml", &manifest("api", "")), ("src/main.rs", main)])
    }

    /// A workspace: the functions `api` (with the library `shared`) and `worker` (with a second
    /// binary, `tool`), and a library that is nobody's dependency.
    pub fn workspace() -> Self {
        let root = "[workspace]\nresolver = \"3\"\nmembers = [\"api\", \"worker\", \"shared\", \"unused\"]\n";
        Self::new(&[
            ("Cargo.toml", root),
            (
                "api/Cargo.toml",
                &manifest("api", "[dependencies]\nshared = { path = \"../shared\" }\n"),
            ),
            (
                "api/src/main.rs",
                "fn main() { println!(\"{}\", shared::name()) }\n",
            ),
            ("worker/Cargo.toml", &manifest("worker", "")),
            ("worker/src/main.rs", "fn main() {}\n"),
            ("worker/src/bin/tool.rs", "fn main() {}\n"),
            ("shared/Cargo.toml", &manifest("shared", "")),
            (
                "shared/src/lib.rs",
                "pub fn name() -> &'static str { file!() }\n",
            ),
            ("unused/Cargo.toml", &manifest("unused", "")),
            ("unused/src/lib.rs", "\n"),
        ])
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, content: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// The request for the package at a path, for this machine's processor.
    pub fn request(&self, manifest: &str, change: impl FnOnce(&mut CargoBuild)) -> Request {
        let mut build = CargoBuild::new(self.path(manifest));
        change(&mut build);
        request(Source::Cargo(build))
    }

    pub fn resolve(&self, manifest: &str) -> packaging::Result<Package> {
        Package::resolve(self.request(manifest, |_| ()))
    }

    pub fn fingerprint(&self, manifest: &str) -> String {
        self.resolve(manifest).unwrap().fingerprint().to_string()
    }
}

/// A manifest without dependencies, and what else is in it.
pub fn manifest(name: &str, rest: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n{rest}")
}

/// A request for this machine's processor.
pub fn request(source: Source) -> Request {
    let mut request = Request::new(source);
    request.architecture =
        Architecture::of_host().expect("tests run on a processor that Lambda has");
    request
}

/// The names of a zip's files.
pub fn names(zip: &Path) -> Vec<String> {
    let content = std::fs::read(zip).unwrap();
    let archive = rawzip::ZipArchive::from_slice(&content).unwrap();
    let mut entries = archive.entries();
    let mut names = Vec::new();
    while let Some(entry) = entries.next_entry().unwrap() {
        names.push(
            entry
                .file_path()
                .try_normalize()
                .unwrap()
                .as_ref()
                .to_owned(),
        );
    }
    names
}

/// What a zip's executable prints.
pub fn run(zip: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let bootstrap = folder.path().join("bootstrap");
    let content = std::fs::read(zip).unwrap();
    let archive = rawzip::ZipArchive::from_slice(&content).unwrap();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().unwrap() {
        if entry.file_path().as_ref() == b"bootstrap" {
            let size = usize::try_from(entry.uncompressed_size_hint()).unwrap();
            let entry = archive.get_entry(entry.wayfinder()).unwrap();
            let mut executable = vec![0; size];
            libdeflater::Decompressor::new()
                .deflate_decompress(entry.data(), &mut executable)
                .unwrap();
            std::fs::write(&bootstrap, executable).unwrap();
        }
    }
    std::fs::set_permissions(&bootstrap, std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = std::process::Command::new(bootstrap).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
