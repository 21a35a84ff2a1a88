//! Managed resources.

use crate::model::Model;
use crate::value::{Path, Type, Value, json};
use crate::{Context, Diagnostic, Result};

/// A managed resource: what a `resource` block creates, changes and destroys.
///
/// Every operation gets what it works on as the typed model, and gives the
/// state that is true afterwards. An error leaves the state as it was before:
/// [`Context::keep`] tells Terraform of what was done all the same.
pub trait Resource: Send + Sync + 'static {
    /// Its type in the configuration, such as `example_note`.
    const NAME: &'static str;

    /// The version of the shape of its stored state. A change of the model that
    /// state written before does not fit raises it, and [`Resource::upgrade_state`]
    /// reads the older one.
    const VERSION: i64 = 0;

    /// What the provider's configuration makes.
    type Client: Send + Sync + 'static;

    /// Its attributes and blocks. Each field is an [`Attr`](crate::Attr).
    type Model: Model;

    /// Checks a configuration further than its schema does. Anything may be
    /// unknown still.
    fn validate_config(
        &self,
        cx: &Context<Self::Client>,
        config: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, config);
        async { Ok(()) }
    }

    /// Says what a creation or an update will give, as far as that can be known.
    ///
    /// It may change computed values of [`Plan::planned`] alone, to what they
    /// will be or to unknown, and has no effect on the world.
    fn modify_plan(
        &self,
        cx: &Context<Self::Client>,
        plan: &mut Plan<Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, plan);
        async { Ok(()) }
    }

    /// Refuses or comments on a destruction.
    fn plan_destroy(
        &self,
        cx: &Context<Self::Client>,
        prior: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (cx, prior);
        async { Ok(()) }
    }

    /// Creates the object, and gives its state with every unknown value filled in.
    fn create(
        &self,
        cx: &Context<Self::Client>,
        plan: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;

    /// Gives the state as it is now, or none if the object is gone.
    fn read(
        &self,
        cx: &Context<Self::Client>,
        state: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>>> + Send;

    /// Changes the object from `prior` to `plan`, and gives its state.
    ///
    /// A resource whose every change replaces it keeps this default.
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

    /// Destroys the object. One that is gone already is no error.
    fn delete(
        &self,
        cx: &Context<Self::Client>,
        state: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Finds an object by the text given to `terraform import`, and gives as
    /// much of its state as [`Resource::read`] needs to complete it.
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
    /// model marks as such. By default they are enough for [`Resource::read`].
    fn import_identity(
        &self,
        cx: &Context<Self::Client>,
        identity: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = cx;
        async { Ok(identity) }
    }

    /// Reads state of an earlier [`Resource::VERSION`].
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

    /// Takes over state of another type of resource, for a `moved` block; none
    /// if it is not of a type that can become this one.
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
    /// What the configuration says.
    pub config: M,
    /// What was stored; none for a creation.
    pub prior: Option<M>,
    /// What will be stored. It begins with what the schema says: defaults filled
    /// in, and computed values unknown where anything changes.
    pub planned: M,
    pub(crate) replace: Vec<Path>,
}

impl<M: Model> Plan<M> {
    /// A plan to try a hook on.
    pub fn new(config: M, prior: Option<M>, planned: M) -> Self {
        Self {
            config,
            prior,
            planned,
            replace: Vec::new(),
        }
    }

    /// Whether there is no object yet.
    pub fn is_create(&self) -> bool {
        self.prior.is_none()
    }

    /// Whether anything will change, as the plan stands now.
    pub fn has_changes(&self) -> bool {
        self.prior.as_ref() != Some(&self.planned)
    }

    /// The change of the attribute at this path replaces the object.
    pub fn requires_replace(&mut self, path: impl Into<Path>) {
        self.replace.push(path.into());
    }

    /// What replaces the object, as far as the hook said so.
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
    /// Reads it as the model that it was written by. Attributes that the model
    /// does not have are left out.
    pub fn decode<M: Model>(&self) -> Result<M> {
        Ok(M::from_value(&self.value(&M::block().ty())?)?)
    }

    /// Reads it as a value of this type.
    pub fn value(&self, ty: &Type) -> Result<Value> {
        Ok(json::decode(&self.json, ty)?)
    }
}

/// A resource that is to become one of another type.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MoveSource {
    /// The address of the provider that it is of, with its host.
    pub provider: String,
    /// Its type, such as `example_page`.
    pub type_name: String,
    /// Its state.
    pub state: StoredState,
    /// Its identity, which Terraform 1.12 and later send where there is one.
    pub identity: Option<StoredState>,
}
