//! Calls about managed resources.

use std::sync::Arc;

use super::answer::Answer;
use crate::block::plan::{identity, identity_type, settled};
use crate::catalog::{AnyResource, Change};
use crate::proto::{
    DynamicValue, ResourceIdentityData, apply_resource_change, import_resource_state,
    move_resource_state, plan_resource_change, read_resource, upgrade_resource_identity,
    upgrade_resource_state, validate_resource_config,
};
use crate::server::session::Session;
use crate::value::{Path, Value, json};
use crate::{Context, Diagnostic, MoveSource, Provider, Result, StoredState};

type Any<P> = Arc<dyn AnyResource<<P as Provider>::Client>>;

impl<P: Provider> Session<P> {
    async fn about_resource<T: Send + 'static, F>(
        self: &Arc<Self>,
        rpc: &'static str,
        name: &str,
        private: Vec<u8>,
        operation: impl FnOnce(Any<P>, Arc<Context<P::Client>>) -> F,
    ) -> Answer<T>
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let resources = &self.catalog.resources;
        self.about(rpc, resources, name, private, operation).await
    }

    /// Returns what identifies the object of this state, if the resource has an
    /// identity and all of it is known.
    fn identity(&self, name: &str, state: Option<&Value>) -> Option<ResourceIdentityData> {
        let resource = self.catalog.resources.get(name).ok()?;
        let identity = identity(&resource.schema().block, state?)?;
        identity.is_wholly_known().then(|| identity_data(&identity))
    }

    pub(super) async fn validate_resource_config(
        self: &Arc<Self>,
        request: validate_resource_config::Request,
    ) -> validate_resource_config::Response {
        let (rpc, resources) = ("ValidateResourceConfig", &self.catalog.resources);
        let client = request.client_capabilities.unwrap_or_default();
        let write_only = client.write_only_attributes_allowed;
        let name = &request.type_name;
        let validated = self.validate_config_of(rpc, resources, name, request.config, write_only);
        validate_resource_config::Response {
            diagnostics: validated.await,
        }
    }

    pub(super) async fn upgrade_resource_state(
        self: &Arc<Self>,
        request: upgrade_resource_state::Request,
    ) -> upgrade_resource_state::Response {
        let (rpc, name) = ("UpgradeResourceState", &request.type_name);
        let upgraded = self.about_resource(rpc, name, Vec::new(), |resource, cx| async move {
            let state = StoredState {
                version: request.version,
                json: request.raw_state.unwrap_or_default().json,
            };
            let version = resource.schema().version;
            if state.json.is_empty() {
                return Err(Diagnostic::error(
                    "The state is of Terraform 0.11 or before",
                    "Upgrade it with Terraform 0.12 first.",
                )
                .into());
            }
            refuse_newer("state", state.version, version)?;
            resource.upgrade_state(&cx, state).await
        });
        let upgraded = upgraded.await;
        upgrade_resource_state::Response {
            upgraded_state: upgraded.value.as_ref().map(DynamicValue::encode),
            diagnostics: upgraded.diagnostics,
        }
    }

    pub(super) async fn upgrade_resource_identity(
        self: &Arc<Self>,
        request: upgrade_resource_identity::Request,
    ) -> upgrade_resource_identity::Response {
        let (rpc, name) = ("UpgradeResourceIdentity", &request.type_name);
        let upgraded = self.about_resource(rpc, name, Vec::new(), |resource, _| async move {
            refuse_newer("identity", request.version, resource.schema().version)?;
            let ty = identity_type(&resource.schema().block);
            let raw = request.raw_identity.unwrap_or_default();
            Ok(json::decode(&raw.json, &ty)?)
        });
        let upgraded = upgraded.await;
        upgrade_resource_identity::Response {
            upgraded_identity: upgraded.value.as_ref().map(identity_data),
            diagnostics: upgraded.diagnostics,
        }
    }

    pub(super) async fn read_resource(
        self: &Arc<Self>,
        request: read_resource::Request,
    ) -> read_resource::Response {
        let (rpc, name) = ("ReadResource", &request.type_name);
        let unread = request.current_state.clone();
        let read = self.about_resource(rpc, name, request.private, |resource, cx| async move {
            let state = DynamicValue::object(request.current_state, &resource.schema().block)?;
            resource.read(&cx, state).await
        });
        let read = read.await;
        read_resource::Response {
            new_identity: self.identity(name, read.value.as_ref()),
            new_state: read.value.as_ref().map(DynamicValue::encode).or(unread),
            diagnostics: read.diagnostics,
            private: read.private,
            deferred: None,
        }
    }

    pub(super) async fn plan_resource_change(
        self: &Arc<Self>,
        request: plan_resource_change::Request,
    ) -> plan_resource_change::Response {
        let (rpc, name, private) = (
            "PlanResourceChange",
            &request.type_name,
            request.prior_private,
        );
        let planned = self.about_resource(rpc, name, private, |resource, cx| async move {
            let ty = resource.schema().block.ty();
            let change = Change {
                config: DynamicValue::decode(request.config, &ty)?,
                prior: DynamicValue::decode(request.prior_state, &ty)?,
                planned: DynamicValue::decode(request.proposed_new_state, &ty)?,
            };
            resource.plan(&cx, change).await
        });
        let planned = planned.await;
        let (state, replace) = planned.value.map(|it| (it.state, it.replace)).unzip();
        let replace = replace.unwrap_or_default();
        plan_resource_change::Response {
            planned_identity: self.identity(name, state.as_ref()),
            planned_state: state.as_ref().map(DynamicValue::encode),
            requires_replace: replace.iter().map(Path::to_proto).collect(),
            planned_private: planned.private,
            diagnostics: planned.diagnostics,
            legacy_type_system: false,
            deferred: None,
        }
    }

    pub(super) async fn apply_resource_change(
        self: &Arc<Self>,
        request: apply_resource_change::Request,
    ) -> apply_resource_change::Response {
        let (rpc, name) = ("ApplyResourceChange", &request.type_name);
        let (before, private) = (request.prior_state.clone(), request.planned_private);
        let applied = self.about_resource(rpc, name, private, |resource, cx| async move {
            let ty = resource.schema().block.ty();
            let change = Change {
                config: DynamicValue::decode(request.config, &ty)?,
                prior: DynamicValue::decode(request.prior_state, &ty)?,
                planned: DynamicValue::decode(request.planned_state, &ty)?,
            };
            resource.apply(&cx, change).await
        });
        let applied = applied.await;
        // After an error: what the resource says it did, or else the state from before.
        let resource = self.catalog.resources.get(name).ok();
        let kept = applied.kept.zip(resource);
        let kept = kept.map(|(kept, resource)| settled(&resource.schema().block, kept));
        let state = applied.value.or(kept);
        apply_resource_change::Response {
            new_identity: self.identity(name, state.as_ref()),
            new_state: state.as_ref().map(DynamicValue::encode).or(before),
            private: applied.private,
            diagnostics: applied.diagnostics,
            legacy_type_system: false,
        }
    }

    pub(super) async fn import_resource_state(
        self: &Arc<Self>,
        request: import_resource_state::Request,
    ) -> import_resource_state::Response {
        let (rpc, name) = ("ImportResourceState", &request.type_name);
        let imported = self.about_resource(rpc, name, Vec::new(), |resource, cx| async move {
            match request.identity.and_then(|identity| identity.identity_data) {
                Some(data) => {
                    let ty = identity_type(&resource.schema().block);
                    let identity = DynamicValue::decode(Some(data), &ty)?;
                    resource.import_identity(&cx, identity).await
                }
                None => resource.import_state(&cx, request.id).await,
            }
        });
        let imported = imported.await;
        let resources = imported
            .value
            .map(|state| import_resource_state::ImportedResource {
                identity: self.identity(name, Some(&state)),
                state: Some(DynamicValue::encode(&state)),
                private: imported.private,
                type_name: name.clone(),
            });
        import_resource_state::Response {
            imported_resources: resources.into_iter().collect(),
            diagnostics: imported.diagnostics,
            deferred: None,
        }
    }

    pub(super) async fn move_resource_state(
        self: &Arc<Self>,
        request: move_resource_state::Request,
    ) -> move_resource_state::Response {
        let (rpc, name) = ("MoveResourceState", &request.target_type_name);
        let source = MoveSource {
            provider: request.source_provider_address,
            type_name: request.source_type_name,
            state: StoredState {
                version: request.source_schema_version,
                json: request.source_state.unwrap_or_default().json,
            },
            identity: request.source_identity.map(|identity| StoredState {
                version: request.source_identity_schema_version,
                json: identity.json,
            }),
        };
        let moved = self.about_resource(
            rpc,
            name,
            request.source_private,
            |resource, cx| async move {
                let refused = Diagnostic::error(
                    "The resource cannot be moved",
                    format!(
                        "The provider does not know how to turn {} of {} into this type.",
                        source.type_name, source.provider
                    ),
                );
                let moved = resource.move_state(&cx, source).await?;
                moved.ok_or_else(|| refused.into())
            },
        );
        let moved = moved.await;
        move_resource_state::Response {
            target_identity: self.identity(name, moved.value.as_ref()),
            target_state: moved.value.as_ref().map(DynamicValue::encode),
            diagnostics: moved.diagnostics,
            target_private: moved.private,
        }
    }
}

fn identity_data(identity: &Value) -> ResourceIdentityData {
    ResourceIdentityData {
        identity_data: Some(DynamicValue::encode(identity)),
    }
}

/// Refuses what was stored in a later version of a schema than `ours`.
fn refuse_newer(what: &str, stored: i64, ours: i64) -> Result<()> {
    if stored <= ours {
        return Ok(());
    }
    Err(Diagnostic::error(
        format!("The {what} is of a newer provider"),
        format!(
            "It was written in version {stored} of its schema, and this provider reads up to \
             {ours}. Use the provider that wrote it, or a newer one."
        ),
    )
    .into())
}
