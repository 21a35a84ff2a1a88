//! The order system on a world in memory: what its functions do, and what is left when any call of
//! any port fails.

// The helpers of tests fail as the tests do, and clippy knows only the latter.
#![allow(clippy::unwrap_used)]

mod api;
mod erase;
mod machine;
mod memory;
mod start;
mod stream;
mod workflow;
mod world;
