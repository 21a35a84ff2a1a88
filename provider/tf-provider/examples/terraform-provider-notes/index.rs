//! `notes_index`: what notes there are.

use std::fs;
use std::path::PathBuf;

use tf_provider::schema::*;
use tf_provider::*;

model! {
    /// The notes in the folder.
    pub struct Index {
        /// Only notes whose name begins with this.
        pub prefix: Option<String> = optional(),
        /// Their names, sorted.
        pub names: Attr<Vec<String>> = computed(),
    }
}

/// The data source.
pub struct IndexSource;

impl DataSource for IndexSource {
    const NAME: &'static str = "notes_index";
    type Client = PathBuf;
    type Model = Index;

    async fn read(&self, cx: &Context<PathBuf>, config: Index) -> Result<Index> {
        let prefix = config.prefix.clone().unwrap_or_default();
        let mut names = Vec::new();
        for entry in fs::read_dir(cx.client()?).explain("The folder cannot be read")? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            names.extend(
                name.strip_suffix(".txt")
                    .filter(|n| n.starts_with(&prefix))
                    .map(str::to_owned),
            );
        }
        names.sort();
        Ok(Index {
            names: Attr::Known(names),
            ..config
        })
    }
}
