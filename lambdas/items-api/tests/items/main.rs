//! The items API over a table in memory: what each request is answered, and what is kept of it.

// The helpers of tests fail as the tests do, and clippy knows only the latter.
#![allow(clippy::unwrap_used)]

mod bodies;
mod listing;
mod lives;
mod memory;
mod repeated;
mod versions;
mod world;
