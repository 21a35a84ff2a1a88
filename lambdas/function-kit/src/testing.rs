//! Helpers for the tests of functions.

// Tests fail by panicking, and so do their helpers.
#![allow(clippy::unwrap_used)]

mod memory;
mod world;

pub use memory::{MAX_EVENT_BYTES, MAX_PEAK_BYTES, assert_memory_is_bounded, hostile_events};
pub use world::{Fault, StateGuard, World};
