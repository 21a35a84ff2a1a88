//! The ports on AWS. Region, credentials, endpoint and retries are those that the SDK finds in
//! the environment.

mod clients;
mod dead_letter_queue;
mod object_store;
mod retention;
mod row;
mod sink;
mod source;
mod timer;
mod upload_stream;
mod upload_table;

pub use clients::{processing, receiver};
