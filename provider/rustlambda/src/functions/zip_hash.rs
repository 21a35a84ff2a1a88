//! `zip_hash`: a zip's hash as Lambda has it.

use crate::client::Client;
use crate::functions;
use tf_provider::schema::required;
use tf_provider::{Context, Function, FunctionError, model};

model! {
    /// Returns the SHA-256 of a file in base64, as `source_code_hash` of `aws_lambda_function` has
    /// it.
    pub struct Arguments {
        /// Path to the file.
        pub path: String = required(),
    }
}

/// The function.
pub(crate) struct ZipHash;

impl Function for ZipHash {
    const NAME: &'static str = "zip_hash";
    type Client = Client;
    type Arguments = Arguments;
    type Output = String;

    async fn run(
        &self,
        cx: &Context<Client>,
        arguments: Arguments,
    ) -> Result<String, FunctionError> {
        let hash = functions::blocking(cx, move || packaging::file_hash(arguments.path.as_ref()));
        hash.await?
            .map(|hash| hash.base64())
            .map_err(|error| FunctionError::new(error.to_string()).at("path"))
    }
}
