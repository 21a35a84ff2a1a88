//! Stores and releases against a bucket that misbehaves.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that panics says why"
)]

mod faults;
mod releases;
mod store;
mod stub;
