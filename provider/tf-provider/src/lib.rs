//! The Terraform plugin protocol, version 6, on tonic and prost.
//!
//! A provider declares models with [`model!`], implements [`Resource`] and its
//! siblings for them, offers them in a [`Catalog`], and calls [`serve`].
//!
//! ```no_run
//! use std::{fs, path::PathBuf, process::ExitCode};
//!
//! use tf_provider::{schema::*, *};
//!
//! model! {
//!     /// A note in a file.
//!     pub struct Note {
//!         /// Name of the file.
//!         pub name: Attr<String> = required().requires_replace().validate(length(1..=64)),
//!         /// What the file holds.
//!         pub text: Attr<String> = optional().default("empty"),
//!         /// Size of the file in bytes.
//!         pub size: Attr<u64> = computed(),
//!     }
//! }
//!
//! struct NoteResource;
//!
//! impl NoteResource {
//!     fn write(folder: &PathBuf, mut note: Note) -> Result<Note> {
//!         let text = note.text.get()?;
//!         fs::write(folder.join(note.name.get()?), text).explain("The note cannot be written")?;
//!         note.size = Attr::Known(text.len() as u64);
//!         Ok(note)
//!     }
//! }
//!
//! impl Resource for NoteResource {
//!     const NAME: &'static str = "example_note";
//!     type Client = PathBuf;
//!     type Model = Note;
//!
//!     async fn plan(&self, _: &Context<PathBuf>, plan: &mut Plan<Note>) -> Result<()> {
//!         // Known already, so that what depends on it can be planned.
//!         plan.planned.size = match &plan.planned.text {
//!             Attr::Known(text) => Attr::Known(text.len() as u64),
//!             _ => Attr::Unknown,
//!         };
//!         Ok(())
//!     }
//!
//!     async fn create(&self, cx: &Context<PathBuf>, plan: Note) -> Result<Note> {
//!         Self::write(cx.client()?, plan)
//!     }
//!
//!     async fn read(&self, cx: &Context<PathBuf>, mut note: Note) -> Result<Option<Note>> {
//!         let Ok(text) = fs::read_to_string(cx.client()?.join(note.name.get()?)) else {
//!             return Ok(None);
//!         };
//!         note.size = Attr::Known(text.len() as u64);
//!         note.text = Attr::Known(text);
//!         Ok(Some(note))
//!     }
//!
//!     async fn update(&self, cx: &Context<PathBuf>, plan: Note, _: Note) -> Result<Note> {
//!         Self::write(cx.client()?, plan)
//!     }
//!
//!     async fn delete(&self, cx: &Context<PathBuf>, note: Note) -> Result<()> {
//!         let path = cx.client()?.join(note.name.get()?);
//!         fs::remove_file(path).explain("The note cannot be removed")
//!     }
//! }
//!
//! struct Example;
//!
//! impl Provider for Example {
//!     const ADDRESS: &'static str = "example/example";
//!     const VERSION: &'static str = env!("CARGO_PKG_VERSION");
//!     type Config = NoConfig;
//!     type Client = PathBuf;
//!
//!     fn catalog(&self) -> Catalog<PathBuf> {
//!         Catalog::new().resource(NoteResource)
//!     }
//!
//!     async fn configure(&self, _: &Context<PathBuf>, _: NoConfig) -> Result<PathBuf> {
//!         Ok(PathBuf::from("notes"))
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     serve(Example)
//! }
//! ```

mod catalog;
mod context;
mod data_source;
mod diagnostic;
mod ephemeral;
mod function;
pub mod model;
pub mod process;
#[doc(hidden)]
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
