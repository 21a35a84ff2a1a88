//! Packages the one binary of a crate for this machine's processor, as the provider does, without
//! Terraform: `cargo run -p packaging --bin package -- path/to/Cargo.toml output/folder`.

use std::{env, path::Path, process::ExitCode};

use packaging::{Architecture, Builder, CargoBuild, Package, Request, Source};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).collect();
    let [manifest, output_dir] = &arguments[..] else {
        eprintln!("usage: package <path of Cargo.toml> <output folder>");
        return ExitCode::from(2);
    };
    match package(manifest.as_ref(), output_dir.as_ref()).await {
        Ok(zip) => {
            println!("{zip}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the path of the zip.
async fn package(manifest: &Path, output_dir: &Path) -> packaging::Result<String> {
    let mut request = Request::new(Source::Cargo(CargoBuild::new(manifest)));
    request.architecture = Architecture::of_host().unwrap_or(request.architecture);
    let built = Package::resolve(request)?
        .build(output_dir, &Builder::new())
        .await?;
    Ok(built.file.display().to_string())
}
