//! An embedded AWS, the terraform binary and a signed-in user: what the
//! acceptance tests and `cargo xtask` both need to run the project for real.
//!
//! Everything works through command lines and HTTP, as a user does. Nothing
//! here links the provider or the functions. State, virtual environments and
//! logs live under `<target directory>/sandbox`; the source tree stays as it is.

pub mod api;
pub mod cancel;
pub mod cargo;
pub mod cognito;
pub mod embedded_aws;
pub mod http;
pub mod objects;
pub mod process;
pub mod project;
pub mod provider;
pub mod proxy;
pub mod python;
#[cfg(feature = "sdk")]
pub mod sdk;
pub mod site;
pub mod stage;
pub mod terraform;
pub mod tool;
pub mod web;

/// Is told, while a long step runs, how far it is. One short line, without a line end.
pub type Progress<'a> = &'a dyn Fn(&str);

/// A [`Progress`] that nobody reads.
pub fn quiet(_: &str) {}
