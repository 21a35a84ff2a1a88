//! The data source `rustlambda_release`.

use packaging::Constraint;
use tf_provider::{Context, DataSource, Result};

use super::model::{ReleaseQuery, architecture, texts};
use super::{releases, run};
use crate::client::Client;
use crate::diagnostics;

/// The data source.
pub(crate) struct ReleaseData;

impl DataSource for ReleaseData {
    const NAME: &'static str = "rustlambda_release";
    type Client = Client;
    type Model = ReleaseQuery;

    async fn read(&self, cx: &Context<Client>, mut query: ReleaseQuery) -> Result<ReleaseQuery> {
        let constraint = match query.version_constraint.as_str() {
            Some(text) => text.parse().map_err(|error: packaging::ConstraintError| {
                diagnostics::of_release(&error.into())
            })?,
            None => Constraint::any(),
        };
        let architecture = architecture(query.architecture.get()?)?;
        let releases = releases(cx, query.name.get()?, architecture, query.store.get()?).await?;
        let release = run(cx, releases.resolve(&constraint)).await?;
        query.set(&release);
        query.versions = texts(&run(cx, releases.versions()).await?);
        Ok(query)
    }
}
