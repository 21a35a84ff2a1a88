//! Data sources over values.

use async_trait::async_trait;

use super::{Offered, schema, to_validate};
use crate::block::{Schema, plan};
use crate::model::Field;
use crate::value::Value;
use crate::{Context, DataSource, Result};

/// [`DataSource`], whatever its model.
#[async_trait]
pub trait AnyDataSource<C>: Offered<C> {
    async fn read(&self, cx: &Context<C>, config: Value) -> Result<Value>;
}

pub struct Adapter<D> {
    source: D,
    schema: Schema,
}

impl<D: DataSource> Adapter<D> {
    pub fn new(source: D) -> Self {
        Self {
            source,
            schema: schema::<D::Model>(0),
        }
    }
}

#[async_trait]
impl<D: DataSource> Offered<D::Client> for Adapter<D> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate_config(&self, cx: &Context<D::Client>, config: Value) -> Result<()> {
        match to_validate(&config)? {
            Some(config) => self.source.validate_config(cx, config).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl<D: DataSource> AnyDataSource<D::Client> for Adapter<D> {
    async fn read(&self, cx: &Context<D::Client>, config: Value) -> Result<Value> {
        let config = plan::with_defaults(&self.schema.block, config);
        let model = D::Model::from_value(&config)?;
        let before = model.to_value();
        let state = self.source.read(cx, model).await?;
        Ok(plan::carry(config, &before, state.to_value()))
    }
}
