//! `rustlambda_workspace`: the Lambda functions of a cargo workspace.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::client::Client;
use packaging::LambdaBinary;
use tf_provider::schema::{computed, required};
use tf_provider::{Attr, Context, DataSource, Result, model};

use crate::diagnostics;

model! {
    /// Lists the binaries of a cargo workspace that are Lambda functions: those that use
    /// `lambda_runtime` or `lambda_http`, directly or through other crates. Meant for `for_each` of
    /// a `rustlambda_package`.
    pub struct WorkspaceModel {
        /// Path to the workspace's `Cargo.toml`.
        pub manifest_path: String = required(),
        /// The functions by the name of their binary.
        pub binaries: Attr<BTreeMap<String, BinaryModel>> = computed(),
    }
}

model! {
    /// A Lambda function.
    pub struct BinaryModel {
        /// The cargo package.
        pub package: Attr<String> = computed(),
        /// The package's version.
        pub version: Attr<String> = computed(),
    }
}

/// The data source.
pub(crate) struct WorkspaceData;

impl DataSource for WorkspaceData {
    const NAME: &'static str = "rustlambda_workspace";
    type Client = Client;
    type Model = WorkspaceModel;

    async fn read(&self, cx: &Context<Client>, config: WorkspaceModel) -> Result<WorkspaceModel> {
        let manifest = PathBuf::from(&config.manifest_path);
        let list = async move {
            let listed =
                tokio::task::spawn_blocking(move || packaging::lambda_binaries(&manifest)).await?;
            Ok(listed.map_err(|error| diagnostics::of(&error))?)
        };
        let binaries = cx.run(list).await?;
        let functions = binaries.into_iter().map(|binary| {
            let LambdaBinary {
                name,
                package,
                version,
            } = binary;
            (
                name,
                BinaryModel {
                    package: package.into(),
                    version: version.into(),
                },
            )
        });
        let binaries = functions.collect::<BTreeMap<_, _>>().into();
        Ok(WorkspaceModel { binaries, ..config })
    }
}
