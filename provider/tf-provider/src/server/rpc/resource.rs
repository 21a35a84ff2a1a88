//! Calls about managed resources.

use std::sync::Arc;

use super::{
    super::session::{Call, Outcome, Session, not_offered},
    report,
};
use crate::{
    Diagnostic, MoveSource, Provider, Result, StoredState,
    catalog::{AnyResource, Change},
    proto::{
        DynamicValue, ResourceIdentityData, apply_resource_change, import_resource_state,
        move_resource_state, plan_resource_change, read_resource, upgrade_resource_identity,
        upgrade_resource_state, validate_resource_config,
    },
    schema::{
        Block,
        plan::{identity, identity_type, settled},
        validate::{refuse_write_only, validate},
    },
    value::{Path, Value, json},
};

impl<P: Provider> Session<P> {
    fn resource(&self, name: &str) -> Result<Arc<dyn AnyResource<P::Client>>> {
        let resource = self.catalog.resources.get(name).cloned();
        resource.ok_or_else(|| not_offered("resource", name).into())
    }

    fn resource_block(&self, name: &str) -> Option<&Block> {
        Some(&self.catalog.resources.get(name)?.schema().block)
    }

    /// What identifies the object of this state, where the resource has an
    /// identity and all of it is known.
    fn identity(&self, name: &str, state: Option<&Value>) -> Option<ResourceIdentityData> {
        let identity = identity(self.resource_block(name)?, state?)?;
        identity.is_wholly_known().then(|| identity_data(&identity))
    }

    pub(super) async fn validate_resource_config(
        self: &Arc<Self>,
        request: validate_resource_config::Request,
    ) -> validate_resource_config::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "ValidateResourceConfig",
            of: &name,
        };
        let resource = self.resource(&name);
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let resource = resource?;
            let block = &resource.schema().block;
            let config = DynamicValue::decode(request.config, &block.ty())?;
            let client = request.client_capabilities.unwrap_or_default();
            let mut found = validate(block, &config);
            if !client.write_only_attributes_allowed {
                found.append(refuse_write_only(block, &config));
            }
            if !report(&cx, found) {
                return Ok(());
            }
            resource.validate(&cx, config).await
        });
        validate_resource_config::Response {
            diagnostics: outcome
                .await
                .diagnostics
                .to_proto(self.resource_block(&name)),
        }
    }

    pub(super) async fn upgrade_resource_state(
        self: &Arc<Self>,
        request: upgrade_resource_state::Request,
    ) -> upgrade_resource_state::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "UpgradeResourceState",
            of: &name,
        };
        let resource = self.resource(&name);
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let resource = resource?;
            let json = request
                .raw_state
                .map(|state| state.json)
                .unwrap_or_default();
            let version = resource.schema().version;
            if json.is_empty() {
                return Err(Diagnostic::error(
                    "The state is of Terraform 0.11 or before",
                    "Upgrade it with Terraform 0.12 first.",
                )
                .into());
            }
            if request.version > version {
                return Err(Diagnostic::error(
                    "The state is of a newer provider",
                    format!(
                        "It was written in version {} of its schema, and this provider reads up \
                         to {version}. Use the provider that wrote it, or a newer one.",
                        request.version
                    ),
                )
                .into());
            }
            resource
                .upgrade(
                    &cx,
                    StoredState {
                        version: request.version,
                        json,
                    },
                )
                .await
        });
        let Outcome {
            value, diagnostics, ..
        } = outcome.await;
        upgrade_resource_state::Response {
            upgraded_state: value.as_ref().map(DynamicValue::encode),
            diagnostics: diagnostics.to_proto(self.resource_block(&name)),
        }
    }

    pub(super) async fn upgrade_resource_identity(
        self: &Arc<Self>,
        request: upgrade_resource_identity::Request,
    ) -> upgrade_resource_identity::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "UpgradeResourceIdentity",
            of: &name,
        };
        let resource = self.resource(&name);
        let outcome = self.run(call, Vec::new(), |_, _| async move {
            let ty = identity_type(&resource?.schema().block);
            let raw = request.raw_identity.unwrap_or_default();
            Ok(json::decode(&raw.json, &ty)?)
        });
        let Outcome {
            value, diagnostics, ..
        } = outcome.await;
        upgrade_resource_identity::Response {
            upgraded_identity: value.as_ref().map(identity_data),
            diagnostics: diagnostics.to_proto(self.resource_block(&name)),
        }
    }

    pub(super) async fn read_resource(
        self: &Arc<Self>,
        request: read_resource::Request,
    ) -> read_resource::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "ReadResource",
            of: &name,
        };
        let resource = self.resource(&name);
        let unread = request.current_state.clone();
        let outcome = self.run(call, request.private, |_, cx| async move {
            let resource = resource?;
            let ty = resource.schema().block.ty();
            let state = DynamicValue::decode(request.current_state, &ty)?;
            resource.read(&cx, state).await
        });
        let Outcome {
            value,
            diagnostics,
            collected,
        } = outcome.await;
        read_resource::Response {
            new_identity: self.identity(&name, value.as_ref()),
            new_state: value.as_ref().map(DynamicValue::encode).or(unread),
            diagnostics: diagnostics.to_proto(self.resource_block(&name)),
            private: collected.private,
            deferred: None,
        }
    }

    pub(super) async fn plan_resource_change(
        self: &Arc<Self>,
        request: plan_resource_change::Request,
    ) -> plan_resource_change::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "PlanResourceChange",
            of: &name,
        };
        let resource = self.resource(&name);
        let outcome = self.run(call, request.prior_private, |_, cx| async move {
            let resource = resource?;
            let ty = resource.schema().block.ty();
            let change = Change {
                config: DynamicValue::decode(request.config, &ty)?,
                prior: DynamicValue::decode(request.prior_state, &ty)?,
                planned: DynamicValue::decode(request.proposed_new_state, &ty)?,
            };
            resource.plan(&cx, change).await
        });
        let Outcome {
            value,
            diagnostics,
            collected,
        } = outcome.await;
        let (state, replace) = value.map(|p| (p.state, p.replace)).unzip();
        plan_resource_change::Response {
            planned_identity: self.identity(&name, state.as_ref()),
            planned_state: state.as_ref().map(DynamicValue::encode),
            requires_replace: replace
                .unwrap_or_default()
                .iter()
                .map(Path::to_proto)
                .collect(),
            planned_private: collected.private,
            diagnostics: diagnostics.to_proto(self.resource_block(&name)),
            legacy_type_system: false,
            deferred: None,
        }
    }

    pub(super) async fn apply_resource_change(
        self: &Arc<Self>,
        request: apply_resource_change::Request,
    ) -> apply_resource_change::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "ApplyResourceChange",
            of: &name,
        };
        let resource = self.resource(&name);
        let before = request.prior_state.clone();
        let outcome = self.run(call, request.planned_private, |_, cx| async move {
            let resource = resource?;
            let ty = resource.schema().block.ty();
            let change = Change {
                config: DynamicValue::decode(request.config, &ty)?,
                prior: DynamicValue::decode(request.prior_state, &ty)?,
                planned: DynamicValue::decode(request.planned_state, &ty)?,
            };
            resource.apply(&cx, change).await
        });
        let Outcome {
            value,
            diagnostics,
            collected,
        } = outcome.await;
        // After an error: what the resource says it did, or else what was there before.
        let kept = collected.kept.zip(self.resource_block(&name));
        let kept = kept.map(|(kept, block)| settled(block, kept));
        let state = value.or(kept);
        apply_resource_change::Response {
            new_identity: self.identity(&name, state.as_ref()),
            new_state: state.as_ref().map(DynamicValue::encode).or(before),
            private: collected.private,
            diagnostics: diagnostics.to_proto(self.resource_block(&name)),
            legacy_type_system: false,
        }
    }

    pub(super) async fn import_resource_state(
        self: &Arc<Self>,
        request: import_resource_state::Request,
    ) -> import_resource_state::Response {
        let name = request.type_name;
        let call = Call {
            rpc: "ImportResourceState",
            of: &name,
        };
        let resource = self.resource(&name);
        let outcome = self.run(call, Vec::new(), |_, cx| async move {
            let resource = resource?;
            match request.identity.and_then(|identity| identity.identity_data) {
                Some(data) => {
                    let ty = identity_type(&resource.schema().block);
                    let identity = DynamicValue::decode(Some(data), &ty)?;
                    resource.import_identity(&cx, identity).await
                }
                None => resource.import(&cx, request.id).await,
            }
        });
        let Outcome {
            value,
            diagnostics,
            collected,
        } = outcome.await;
        let imported = value.map(|state| import_resource_state::ImportedResource {
            identity: self.identity(&name, Some(&state)),
            state: Some(DynamicValue::encode(&state)),
            private: collected.private,
            type_name: name.clone(),
        });
        import_resource_state::Response {
            imported_resources: imported.into_iter().collect(),
            diagnostics: diagnostics.to_proto(self.resource_block(&name)),
            deferred: None,
        }
    }

    pub(super) async fn move_resource_state(
        self: &Arc<Self>,
        request: move_resource_state::Request,
    ) -> move_resource_state::Response {
        let name = request.target_type_name;
        let call = Call {
            rpc: "MoveResourceState",
            of: &name,
        };
        let resource = self.resource(&name);
        let outcome = self.run(call, request.source_private, |_, cx| async move {
            let resource = resource?;
            let source = MoveSource {
                provider: request.source_provider_address,
                type_name: request.source_type_name,
                state: StoredState {
                    version: request.source_schema_version,
                    json: request
                        .source_state
                        .map(|state| state.json)
                        .unwrap_or_default(),
                },
                identity: request.source_identity.map(|identity| StoredState {
                    version: request.source_identity_schema_version,
                    json: identity.json,
                }),
            };
            let refused = Diagnostic::error(
                "The resource cannot be moved",
                format!(
                    "The provider does not know how to turn {} of {} into this type.",
                    source.type_name, source.provider
                ),
            );
            resource
                .move_from(&cx, source)
                .await?
                .ok_or_else(|| refused.into())
        });
        let Outcome {
            value,
            diagnostics,
            collected,
        } = outcome.await;
        move_resource_state::Response {
            target_identity: self.identity(&name, value.as_ref()),
            target_state: value.as_ref().map(DynamicValue::encode),
            diagnostics: diagnostics.to_proto(self.resource_block(&name)),
            target_private: collected.private,
        }
    }
}

fn identity_data(identity: &Value) -> ResourceIdentityData {
    ResourceIdentityData {
        identity_data: Some(DynamicValue::encode(identity)),
    }
}
