//! Everything a provider offers, without the types of its models.
//!
//! The adapters convert between values, which the server handles, and models, which the
//! provider handles.

mod data_source;
mod ephemeral;
mod function;
mod offers;
mod resource;

use std::sync::Arc;

pub(crate) use data_source::AnyDataSource;
pub(crate) use ephemeral::AnyEphemeral;
pub(crate) use function::AnyFunction;
pub(crate) use offers::{Offered, Offers};
pub(crate) use resource::{AnyResource, Change};

use crate::block::{Role, Schema};
use crate::function::Signature;
use crate::model::Model;
use crate::value::{Value, ValueErrorKind};
use crate::{DataSource, EphemeralResource, Function, Resource, Result};

/// Everything a provider offers.
pub struct Catalog<C> {
    pub(crate) resources: Offers<dyn AnyResource<C>>,
    pub(crate) data_sources: Offers<dyn AnyDataSource<C>>,
    pub(crate) ephemerals: Offers<dyn AnyEphemeral<C>>,
    pub(crate) functions: Offers<dyn AnyFunction<C>>,
    problems: Vec<String>,
}

impl<C> Default for Catalog<C> {
    fn default() -> Self {
        Self {
            resources: Offers::none("resource"),
            data_sources: Offers::none("data source"),
            ephemerals: Offers::none("ephemeral resource"),
            functions: Offers::none("function"),
            problems: Vec::new(),
        }
    }
}

impl<C: Send + Sync + 'static> Catalog<C> {
    /// Creates an empty catalog.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a managed resource.
    #[must_use]
    pub fn resource<R: Resource<Client = C>>(mut self, resource: R) -> Self {
        let adapter = resource::Adapter::new(resource);
        self.check(R::NAME, adapter.schema(), Role::Planned);
        let once = self.resources.insert(R::NAME, Arc::new(adapter));
        self.once(R::NAME, once)
    }

    /// Adds a data source.
    #[must_use]
    pub fn data_source<D: DataSource<Client = C>>(mut self, source: D) -> Self {
        let adapter = data_source::Adapter::new(source);
        self.check(D::NAME, adapter.schema(), Role::Read);
        let once = self.data_sources.insert(D::NAME, Arc::new(adapter));
        self.once(D::NAME, once)
    }

    /// Adds an ephemeral resource.
    #[must_use]
    pub fn ephemeral<E: EphemeralResource<Client = C>>(mut self, ephemeral: E) -> Self {
        let adapter = ephemeral::Adapter::new(ephemeral);
        self.check(E::NAME, adapter.schema(), Role::Read);
        let once = self.ephemerals.insert(E::NAME, Arc::new(adapter));
        self.once(E::NAME, once)
    }

    /// Adds a function.
    #[must_use]
    pub fn function<F: Function<Client = C>>(mut self, function: F) -> Self {
        let adapter = function::Adapter::new(function);
        let once = self.functions.insert(F::NAME, Arc::new(adapter));
        self.once(F::NAME, once)
    }

    fn check(&mut self, name: &str, schema: &Schema, role: Role) {
        self.problems.extend(schema.block.problems(name, role));
    }

    fn once(mut self, name: &str, once: bool) -> Self {
        if !once {
            self.problems.push(format!("{name} is a duplicate"));
        }
        self
    }

    /// Returns the errors in the schemas, one sentence each. Providers should test that
    /// there are none; otherwise Terraform reports them.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Returns the managed resources and their schemas, by name.
    pub fn resources(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.resources.iter().map(|(name, it)| (name, it.schema()))
    }

    /// Returns the data sources and their schemas, by name.
    pub fn data_sources(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.data_sources
            .iter()
            .map(|(name, it)| (name, it.schema()))
    }

    /// Returns the ephemeral resources and their schemas, by name.
    pub fn ephemerals(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.ephemerals.iter().map(|(name, it)| (name, it.schema()))
    }

    /// Returns the functions and their signatures, by name.
    pub fn functions(&self) -> impl Iterator<Item = (&'static str, &Signature)> {
        self.functions
            .iter()
            .map(|(name, it)| (name, it.signature()))
    }
}

/// Returns the schema of a model.
fn schema<M: Model>(version: i64) -> Schema {
    Schema {
        version,
        block: M::block(),
    }
}

/// Returns a configuration as a model, to validate it further. Returns none if
/// something in it is unknown that the model cannot hold.
fn to_validate<M: Model>(config: &Value) -> Result<Option<M>> {
    match M::from_value(config) {
        Ok(config) => Ok(Some(config)),
        Err(error) if error.kind == ValueErrorKind::Unknown => Ok(None),
        Err(error) => Err(error.into()),
    }
}
