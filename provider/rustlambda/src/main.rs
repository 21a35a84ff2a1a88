//! Terraform provider that compiles, packages and versions AWS Lambda functions in Rust.

fn main() {}
