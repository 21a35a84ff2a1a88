//! Ephemeral resources over values.

use std::time::SystemTime;

use async_trait::async_trait;

use super::{Offered, schema, to_validate};
use crate::block::{Schema, plan};
use crate::model::Field;
use crate::value::Value;
use crate::{Context, EphemeralResource, Opened, Result};

/// [`EphemeralResource`], whatever its model.
#[async_trait]
pub trait AnyEphemeral<C>: Offered<C> {
    async fn open(&self, cx: &Context<C>, config: Value) -> Result<Opened<Value>>;
    async fn renew(&self, cx: &Context<C>) -> Result<Option<SystemTime>>;
    async fn close(&self, cx: &Context<C>) -> Result<()>;
}

pub struct Adapter<E> {
    ephemeral: E,
    schema: Schema,
}

impl<E: EphemeralResource> Adapter<E> {
    pub fn new(ephemeral: E) -> Self {
        Self {
            ephemeral,
            schema: schema::<E::Model>(0),
        }
    }
}

#[async_trait]
impl<E: EphemeralResource> Offered<E::Client> for Adapter<E> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate_config(&self, cx: &Context<E::Client>, config: Value) -> Result<()> {
        match to_validate(&config)? {
            Some(config) => self.ephemeral.validate_config(cx, config).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl<E: EphemeralResource> AnyEphemeral<E::Client> for Adapter<E> {
    async fn open(&self, cx: &Context<E::Client>, config: Value) -> Result<Opened<Value>> {
        let config = plan::with_defaults(&self.schema.block, config);
        let model = E::Model::from_value(&config)?;
        let before = model.to_value();
        let Opened { result, renew_at } = self.ephemeral.open(cx, model).await?;
        Ok(Opened {
            result: plan::carry(config, &before, result.to_value()),
            renew_at,
        })
    }

    async fn renew(&self, cx: &Context<E::Client>) -> Result<Option<SystemTime>> {
        self.ephemeral.renew(cx).await
    }

    async fn close(&self, cx: &Context<E::Client>) -> Result<()> {
        self.ephemeral.close(cx).await
    }
}
