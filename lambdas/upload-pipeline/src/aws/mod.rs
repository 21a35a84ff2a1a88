//! The ports on AWS. Region, credentials, endpoint and retries are those that the SDK finds in
//! the environment.

mod api;
mod clients;
mod content_disposition;
mod dead_letter_queue;
mod direct;
mod event_bus;
mod multipart;
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

pub use api::api;
pub use clients::{arrivals, processing, reconciler, table_and_stream};
