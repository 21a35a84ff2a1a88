//! What every acceptance test needs: an example applied to an embedded AWS with IAM
//! enforced, AWS clients to look at the outcome, and a teardown that is itself a test.

pub mod answers;
pub mod clients;
pub mod deployment;
pub mod drift;
pub mod hostile;
mod leftovers;
pub mod permissions;
pub mod processes;
pub mod published;
pub mod queues;
pub mod routes;
pub mod soak;
pub mod strangers;
pub mod suite;
pub mod uploader;
