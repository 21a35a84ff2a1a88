//! The real terraform binary with the real provider. Functions are small crates without
//! dependencies, so nothing is downloaded, and no AWS is needed: `terraform_data` consumes what a
//! function would.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics says why"
)]

mod apply;
mod crash;
mod destroy;
mod driver;
mod errors;
mod kill;
mod lambda;
mod plan;
