//! Everything a provider offers, without the types of its models.
//!
//! The adapters here turn values into models and back; the server above them
//! knows values alone, the provider below them models alone.

mod data_source;
mod ephemeral;
mod function;
mod resource;

pub(crate) use data_source::AnyDataSource;
pub(crate) use ephemeral::AnyEphemeral;
pub(crate) use function::AnyFunction;
pub(crate) use resource::{AnyResource, Change};

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    DataSource, EphemeralResource, Function, Resource, Result,
    function::Signature,
    model::Model,
    schema::{Schema, check::Role},
    value::{Value, ValueErrorKind},
};

/// Everything a provider offers. It can be walked, to document it.
pub struct Catalog<C> {
    pub(crate) resources: BTreeMap<&'static str, Arc<dyn AnyResource<C>>>,
    pub(crate) data_sources: BTreeMap<&'static str, Arc<dyn AnyDataSource<C>>>,
    pub(crate) ephemerals: BTreeMap<&'static str, Arc<dyn AnyEphemeral<C>>>,
    pub(crate) functions: BTreeMap<&'static str, Arc<dyn AnyFunction<C>>>,
    problems: Vec<String>,
}

impl<C> Default for Catalog<C> {
    fn default() -> Self {
        Self {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            ephemerals: BTreeMap::new(),
            functions: BTreeMap::new(),
            problems: Vec::new(),
        }
    }
}

impl<C: Send + Sync + 'static> Catalog<C> {
    /// Nothing so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a managed resource.
    #[must_use]
    pub fn resource<R: Resource<Client = C>>(mut self, resource: R) -> Self {
        let adapter = resource::Adapter::new(resource);
        self.check(R::NAME, adapter.schema(), Role::Planned);
        let before = self.resources.insert(R::NAME, Arc::new(adapter));
        self.once(R::NAME, before.is_none())
    }

    /// Adds a data source.
    #[must_use]
    pub fn data_source<D: DataSource<Client = C>>(mut self, source: D) -> Self {
        let adapter = data_source::Adapter::new(source);
        self.check(D::NAME, adapter.schema(), Role::Read);
        let before = self.data_sources.insert(D::NAME, Arc::new(adapter));
        self.once(D::NAME, before.is_none())
    }

    /// Adds an ephemeral resource.
    #[must_use]
    pub fn ephemeral<E: EphemeralResource<Client = C>>(mut self, ephemeral: E) -> Self {
        let adapter = ephemeral::Adapter::new(ephemeral);
        self.check(E::NAME, adapter.schema(), Role::Read);
        let before = self.ephemerals.insert(E::NAME, Arc::new(adapter));
        self.once(E::NAME, before.is_none())
    }

    /// Adds a function.
    #[must_use]
    pub fn function<F: Function<Client = C>>(mut self, function: F) -> Self {
        let adapter = function::Adapter::new(function);
        let before = self.functions.insert(F::NAME, Arc::new(adapter));
        self.once(F::NAME, before.is_none())
    }

    fn check(&mut self, name: &str, schema: &Schema, role: Role) {
        self.problems.extend(schema.block.problems(name, role));
    }

    fn once(mut self, name: &str, once: bool) -> Self {
        if !once {
            self.problems.push(format!("{name} is offered twice"));
        }
        self
    }

    /// What Terraform would stumble over in what is offered, one sentence each.
    /// A provider has a test that there is none; Terraform is shown them as errors.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// The managed resources and their schemas, by name.
    pub fn resources(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.resources
            .iter()
            .map(|(name, resource)| (*name, resource.schema()))
    }

    /// The data sources and their schemas, by name.
    pub fn data_sources(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.data_sources
            .iter()
            .map(|(name, source)| (*name, source.schema()))
    }

    /// The ephemeral resources and their schemas, by name.
    pub fn ephemerals(&self) -> impl Iterator<Item = (&'static str, &Schema)> {
        self.ephemerals
            .iter()
            .map(|(name, ephemeral)| (*name, ephemeral.schema()))
    }

    /// The functions and their signatures, by name.
    pub fn functions(&self) -> impl Iterator<Item = (&'static str, &Signature)> {
        self.functions
            .iter()
            .map(|(name, function)| (*name, function.signature()))
    }
}

/// The schema of a model.
fn schema<M: Model>(version: i64) -> Schema {
    Schema {
        version,
        block: M::block(),
    }
}

/// A configuration as a model, to validate it further; none where the model has
/// no place for something that is unknown still.
fn to_validate<M: Model>(config: &Value) -> Result<Option<M>> {
    match M::from_value(config) {
        Ok(config) => Ok(Some(config)),
        Err(error) if error.kind == ValueErrorKind::Unknown => Ok(None),
        Err(error) => Err(error.into()),
    }
}
