#![doc = include_str!("../README.md")]

mod block;
mod catalog;
mod context;
mod data_source;
mod diagnostic;
pub mod docs;
mod ephemeral;
mod function;
pub mod model;
pub mod process;
pub mod proto;
mod provider;
mod resource;
pub mod schema;
mod server;
pub mod testing;
pub mod value;

pub use catalog::Catalog;
pub use context::Context;
pub use data_source::DataSource;
pub use diagnostic::{Diagnostic, Diagnostics, Explain, Result, Severity};
pub use ephemeral::{EphemeralResource, Opened};
pub use function::{Function, FunctionError, Parameter, Signature};
pub use model::{Attr, Field, Model};
pub use provider::{NoConfig, Provider};
pub use resource::{MoveSource, Plan, Resource, StoredState};
pub use server::serve;

// So that `model!` works inside this crate as it does outside.
extern crate self as tf_provider;
