//! The ports on AWS. Region, credentials, endpoint and retries are those that the SDK finds in
//! the environment.

mod clients;
mod dead_letter_queue;
mod event_bus;
mod object_store;
mod purge;
mod queries;
mod retention;
mod row;
mod sink;
mod source;
mod timer;
mod upload_stream;
mod upload_table;
mod writes;

pub use clients::{arrivals, processing, receiver, reconciler, table_and_stream};
