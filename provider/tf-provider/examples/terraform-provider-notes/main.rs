//! A provider of notes, each a file in one folder.
//!
//! It shows every part of the crate, and is what the crate's tests drive with
//! Terraform.

mod functions;
mod index;
mod note;
mod sampler;
mod task;
mod token;

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use tf_provider::schema::*;
use tf_provider::*;

/// The provider.
struct Notes;

model! {
    /// Notes, each a file in one folder.
    pub struct Config {
        /// The folder. `NOTES_DIR` is used where it is not set.
        pub directory: Attr<String> = optional().validate(non_empty()),
    }
}

impl Provider for Notes {
    const ADDRESS: &'static str = "example/notes";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    type Config = Config;
    type Client = PathBuf;

    fn catalog(&self) -> Catalog<PathBuf> {
        Catalog::new()
            .resource(note::NoteResource)
            .resource(sampler::SamplerResource)
            .resource(task::TaskResource)
            .data_source(index::IndexSource)
            .ephemeral(token::TokenResource)
            .function(functions::WordCount)
            .function(functions::JoinWords)
    }

    async fn configure(&self, _: &Context<PathBuf>, config: Config) -> Result<PathBuf> {
        let directory = config.directory.into_known().map(PathBuf::from);
        let directory = directory.or_else(|| env::var_os("NOTES_DIR").map(PathBuf::from));
        directory.ok_or_else(|| {
            Diagnostic::error(
                "No folder for notes",
                "Set `directory` in the provider block, or NOTES_DIR in the environment.",
            )
            .at("directory")
            .into()
        })
    }
}

fn main() -> ExitCode {
    serve(Notes)
}
