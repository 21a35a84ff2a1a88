//! Packages small crates, which need no download, with the machine's own cargo.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics says why"
)]

mod beside_terraform;
mod build;
mod checkouts;
mod errors;
mod files;
mod fingerprint;
mod fixture;
mod locked;
mod machine;
mod refusal;
mod workspace;
