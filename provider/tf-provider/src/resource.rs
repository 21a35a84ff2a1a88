//! Managed resources.

use crate::model::Model;
use crate::value::{Path, Type, Value, json};
use crate::{Context, Diagnostic, Result};

/// A managed resource: what a `resource` block creates, changes and destroys.
///
/// Every operation takes typed models and returns the state that is true afterwards.
/// After an error Terraform keeps the state from before, or the one that the
/// operation passed to [`Context::keep`].
pub trait Resource: Send + Sync + 'static {
    /// Its type in the configuration, such as `example_note`.
    const NAME: &'static str;

    /// The version of the shape of its stored state. Raise it with a change of the
    /// model that earlier state does not fit; [`Resource::upgrade_state`] reads that.
    const VERSION: i64 = 0;

    /// The client that [`Provider::configure`](crate::Provider::configure) returns.
    type Client: Send + Sync + 'static;

    /// Its attributes and blocks. Each field is an [`Attr`](crate::Attr).
    type Model: Model;

    /// Validates a configuration beyond what its schema does. Terraform calls it several
    /// times; values may still be unknown.
    fn validate_config(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, config);
        async { Ok(()) }
    }

    /// Refines the plan of a creation or an update.
    ///
    /// It may only change computed values of [`Plan::planned`], to what they will be or
    /// to unknown, and must have no side effects.
    fn modify_plan(
        &self,
        cx: &Context<Self::Client>,
        plan: &mut Plan<Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, plan);
        async { Ok(()) }
    }

    /// Rejects or comments on the plan of a destruction.
    fn plan_destroy(
        &self,
        cx: &Context<Self::Client>,
        prior: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, prior);
        async { Ok(()) }
    }

    /// Creates the object. Returns its state with every unknown value filled in.
    fn create(
        &self,
        cx: &Context<Self::Client>,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;

    /// Returns the current state, or none if the object is gone.
    fn read(
        &self,
        cx: &Context<Self::Client>,
        state: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>>> + Send;

    /// Updates the object from `prior` to `plan`. Returns its state.
    ///
    /// The default fails: it suits resources that every change replaces.
    fn update(
        &self,
        cx: &Context<Self::Client>,
        plan: Self::Model,
        prior: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = (cx, plan, prior);
        async {
            Err(Diagnostic::error(
                format!("{} cannot be changed in place", Self::NAME),
                "Its provider planned an update that it does not offer. Please report this \
                 to the provider's developers.",
            )
            .into())
        }
    }

    /// Destroys the object. Succeeds if it is already gone.
    fn delete(
        &self,
        cx: &Context<Self::Client>,
        state: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Finds an object by the ID given to `terraform import`. Returns as much of its
    /// state as [`Resource::read`] needs to complete it.
    fn import_state(
        &self,
        cx: &Context<Self::Client>,
        id: String,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = (cx, id);
        async {
            Err(Diagnostic::error(
                format!("{} cannot be imported", Self::NAME),
                "Its provider offers no way to find an existing object.",
            )
            .into())
        }
    }

    /// Finds an object by its identity: `identity` holds the attributes that the
    /// model marks as such. The default leaves the rest to [`Resource::read`].
    fn import_identity(
        &self,
        cx: &Context<Self::Client>,
        identity: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = cx;
        async { Ok(identity) }
    }

    /// Upgrades state of an earlier [`Resource::VERSION`].
    fn upgrade_state(
        &self,
        cx: &Context<Self::Client>,
        state: StoredState,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = cx;
        async move {
            Err(Diagnostic::error(
                format!("The state of {} is too old", Self::NAME),
                format!(
                    "It was written in version {} of its schema, which this provider no longer \
                     reads. Apply with an earlier version of the provider first.",
                    state.version
                ),
            )
            .into())
        }
    }

    /// Converts state of another type of resource, for a `moved` block. Returns none
    /// if that type cannot become this one.
    fn move_state(
        &self,
        cx: &Context<Self::Client>,
        source: MoveSource,
    ) -> impl Future<Output = Result<Option<Self::Model>>> + Send {
        let _ = (cx, source);
        async { Ok(None) }
    }
}

/// A creation or an update while Terraform plans it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan<M> {
    /// The configuration.
    pub config: M,
    /// The stored state; none for a creation.
    pub prior: Option<M>,
    /// The planned state. It begins as the schema says: defaults filled in, and computed
    /// values unknown if anything changes.
    pub planned: M,
    pub(crate) replace: Vec<Path>,
}

impl<M: Model> Plan<M> {
    /// Creates a plan, to test [`Resource::modify_plan`].
    pub fn new(config: M, prior: Option<M>, planned: M) -> Self {
        Self {
            config,
            prior,
            planned,
            replace: Vec::new(),
        }
    }

    /// Returns whether there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_none()
    }

    /// Returns whether the plan changes anything.
    pub fn has_changes(&self) -> bool {
        self.prior.as_ref() != Some(&self.planned)
    }

    /// Replaces the object because of the attribute at this path.
    pub fn requires_replace(&mut self, path: impl Into<Path>) {
        self.replace.push(path.into());
    }

    /// Returns the paths passed to [`Plan::requires_replace`].
    pub fn replacements(&self) -> &[Path] {
        &self.replace
    }
}

/// State as an earlier version of a provider stored it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StoredState {
    /// The version of the schema that wrote it.
    pub version: i64,
    /// The state in JSON.
    pub json: Vec<u8>,
}

impl StoredState {
    /// Decodes it as the model that wrote it. Drops attributes that the model does not
    /// have.
    pub fn decode<M: Model>(&self) -> Result<M> {
        Ok(M::from_value(&self.value(&M::block().ty())?)?)
    }

    /// Decodes it as a value of this type.
    pub fn value(&self, ty: &Type) -> Result<Value> {
        Ok(json::decode(&self.json, ty)?)
    }
}

/// A resource that a `moved` block turns into one of another type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MoveSource {
    /// The address of its provider, with the host.
    pub provider: String,
    /// Its type, such as `example_page`.
    pub type_name: String,
    /// Its state.
    pub state: StoredState,
    /// Its identity, which Terraform 1.12 and later send where there is one.
    pub identity: Option<StoredState>,
}
