//! Terraform provider that compiles, packages and versions AWS Lambda functions in Rust.

mod client;
mod config;
mod diagnostics;
#[cfg(test)]
mod docs;
mod functions;
mod model;
mod package;
mod provider;
mod release;
mod workspace;

fn main() -> std::process::ExitCode {
    tf_provider::serve(provider::RustLambda)
}
