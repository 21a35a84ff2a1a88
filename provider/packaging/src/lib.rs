//! Source fingerprint, cargo build, ELF inspection and reproducible zip of AWS Lambda functions in Rust.
