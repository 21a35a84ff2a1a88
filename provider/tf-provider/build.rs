//! Compiles the protocol's messages with protox, so that nobody needs `protoc`, and takes the guide's
//! provider out of the README, so that it is an example.

use std::path::PathBuf;
use std::{env, fs};

use prost::Message;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = ["tfplugin6.proto", "plugin.proto", "health.proto"];
    let descriptors = protox::compile(files, ["proto"])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // For the test that compares them with Terraform's.
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        // The client half is what the tests and the fuzz targets speak.
        .build_client(true)
        .build_transport(false)
        .compile_fds(descriptors)?;

    println!("cargo:rerun-if-changed=README.md");
    let readme = fs::read_to_string("README.md")?;
    let guide = readme
        .split_once("```rust,no_run\n")
        .and_then(|(_, rest)| rest.split_once("```"));
    let (guide, _) = guide.ok_or("README.md has no provider")?;
    fs::write(out.join("guide.rs"), guide)?;
    Ok(())
}
