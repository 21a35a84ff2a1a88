//! The pipeline on a world in memory: what clients are answered, what becomes of records, and
//! that nothing is lost or done twice when any call fails at any moment.

// The helpers of tests fail as the tests do, and clippy knows only the latter.
#![allow(clippy::unwrap_used)]

mod api;
mod counts;
mod direct;
mod document;
mod events;
mod failures;
mod leases;
mod memory;
mod model;
mod processing;
mod requests;
mod unfinished;
mod world;
