//! Resources over values.

use async_trait::async_trait;

use super::{Offered, schema, to_validate};
use crate::block::{Schema, plan};
use crate::model::Field;
use crate::value::{Path, Value};
use crate::{Context, MoveSource, Plan, Resource, Result, StoredState};

/// [`Resource`], whatever its model.
#[async_trait]
pub trait AnyResource<C>: Offered<C> {
    async fn plan(&self, cx: &Context<C>, change: Change) -> Result<Planned>;
    async fn apply(&self, cx: &Context<C>, change: Change) -> Result<Value>;
    async fn read(&self, cx: &Context<C>, state: Value) -> Result<Value>;
    async fn import_state(&self, cx: &Context<C>, id: String) -> Result<Value>;
    async fn import_identity(&self, cx: &Context<C>, identity: Value) -> Result<Value>;
    async fn upgrade_state(&self, cx: &Context<C>, state: StoredState) -> Result<Value>;
    async fn move_state(&self, cx: &Context<C>, source: MoveSource) -> Result<Option<Value>>;
}

/// A creation (`prior` is null), an update, or a destruction (`planned` is null).
pub struct Change {
    pub config: Value,
    pub prior: Value,
    /// Proposed by Terraform while it plans, planned before while it applies.
    pub planned: Value,
}

/// The result of a plan.
pub struct Planned {
    pub state: Value,
    pub replace: Vec<Path>,
}

pub struct Adapter<R> {
    resource: R,
    schema: Schema,
}

impl<R: Resource> Adapter<R> {
    pub fn new(resource: R) -> Self {
        Self {
            resource,
            schema: schema::<R::Model>(R::VERSION),
        }
    }

    async fn create_or_update(&self, cx: &Context<R::Client>, change: Change) -> Result<Value> {
        let block = &self.schema.block;
        let Change {
            config,
            prior,
            planned,
        } = change;
        let mut filled = planned.clone();
        plan::fill_write_only(block, &config, &mut filled);
        let plan = R::Model::from_value(&filled)?;
        let before = plan.to_value();
        let state = match prior {
            Value::Null => self.resource.create(cx, plan).await?,
            prior => {
                self.resource
                    .update(cx, plan, R::Model::from_value(&prior)?)
                    .await?
            }
        };
        Ok(self.stored(planned, &before, &state))
    }

    /// Returns the state to store. Values that the resource did not touch stay as they
    /// are in `raw`.
    fn stored(&self, raw: Value, before: &Value, state: &R::Model) -> Value {
        self.stripped(plan::carry(raw, before, state.to_value()))
    }

    /// Returns the state without its write-only attributes, which Terraform rejects.
    fn stripped(&self, mut state: Value) -> Value {
        plan::strip_write_only(&self.schema.block, &mut state);
        state
    }
}

#[async_trait]
impl<R: Resource> Offered<R::Client> for Adapter<R> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate_config(&self, cx: &Context<R::Client>, config: Value) -> Result<()> {
        match to_validate(&config)? {
            Some(config) => self.resource.validate_config(cx, config).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl<R: Resource> AnyResource<R::Client> for Adapter<R> {
    async fn plan(&self, cx: &Context<R::Client>, change: Change) -> Result<Planned> {
        let block = &self.schema.block;
        let Change {
            config,
            prior,
            planned: proposed,
        } = change;
        if proposed.is_null() {
            self.resource
                .plan_destroy(cx, R::Model::from_value(&prior)?)
                .await?;
            return Ok(Planned {
                state: Value::Null,
                replace: Vec::new(),
            });
        }
        let known_prior = (!prior.is_null()).then_some(&prior);
        let raw = plan::plan(block, &config, known_prior, proposed);
        let mut plan = Plan {
            config: R::Model::from_value(&config)?,
            prior: known_prior.map(R::Model::from_value).transpose()?,
            planned: R::Model::from_value(&raw)?,
            replace: Vec::new(),
        };
        let before = plan.planned.to_value();
        self.resource.modify_plan(cx, &mut plan).await?;
        let state = self.stored(raw, &before, &plan.planned);
        let mut replace = plan.replace;
        if let Some(prior) = known_prior {
            replace.extend(plan::replaced(block, prior, &state));
        }
        Ok(Planned { state, replace })
    }

    async fn apply(&self, cx: &Context<R::Client>, change: Change) -> Result<Value> {
        if change.planned.is_null() {
            self.resource
                .delete(cx, R::Model::from_value(&change.prior)?)
                .await?;
            return Ok(Value::Null);
        }
        self.create_or_update(cx, change).await
    }

    async fn read(&self, cx: &Context<R::Client>, state: Value) -> Result<Value> {
        let model = R::Model::from_value(&state)?;
        let before = model.to_value();
        let now = self.resource.read(cx, model).await?;
        Ok(now.map_or(Value::Null, |now| self.stored(state, &before, &now)))
    }

    async fn import_state(&self, cx: &Context<R::Client>, id: String) -> Result<Value> {
        let imported = self.resource.import_state(cx, id).await?;
        Ok(self.stripped(imported.to_value()))
    }

    async fn import_identity(&self, cx: &Context<R::Client>, identity: Value) -> Result<Value> {
        let mut whole = plan::empty(&self.schema.block);
        if let (Value::Map(whole), Value::Map(identity)) = (&mut whole, identity) {
            whole.extend(identity);
        }
        let identity = R::Model::from_value(&whole)?;
        let imported = self.resource.import_identity(cx, identity).await?;
        Ok(self.stripped(imported.to_value()))
    }

    async fn upgrade_state(&self, cx: &Context<R::Client>, state: StoredState) -> Result<Value> {
        let upgraded = if state.version == self.schema.version {
            state.value(&self.schema.block.ty())?
        } else {
            self.resource.upgrade_state(cx, state).await?.to_value()
        };
        // It may have been stored before the attribute became write-only.
        Ok(self.stripped(upgraded))
    }

    async fn move_state(
        &self,
        cx: &Context<R::Client>,
        source: MoveSource,
    ) -> Result<Option<Value>> {
        let moved = self.resource.move_state(cx, source).await?;
        Ok(moved.map(|state| self.stripped(state.to_value())))
    }
}
