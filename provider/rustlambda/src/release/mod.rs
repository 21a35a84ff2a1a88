//! `rustlambda_release`: packages under a semantic version, for consumers in other repositories.

mod address;
mod data_source;
mod model;

pub(crate) use data_source::ReleaseData;

use packaging::{Architecture, Releases};
use tf_provider::{Attr, Context, Plan, Resource, Result};

use self::address::Address;
use self::model::{ReleaseModel, architecture, texts};
use crate::client::Client;
use crate::diagnostics;
use crate::model::StoreModel;

/// The resource.
pub(crate) struct ReleaseResource;

impl Resource for ReleaseResource {
    const NAME: &'static str = "rustlambda_release";
    type Client = Client;
    type Model = ReleaseModel;

    async fn modify_plan(&self, cx: &Context<Client>, plan: &mut Plan<ReleaseModel>) -> Result<()> {
        let planned = &mut plan.planned;
        if plan.config.version.is_null() {
            planned.version = match planned.package.known() {
                Some(package) => package.version.clone(),
                None => Attr::Unknown,
            };
        }
        let claim = planned.claim()?;
        let moved = plan.prior.as_ref().is_some_and(|prior| {
            planned.wanted_architecture().is_some()
                && planned.wanted_architecture() != prior.architecture.as_str()
        });
        if let Some(prior) = plan
            .prior
            .clone()
            .filter(|prior| planned.is_published_as(prior))
        {
            let versions = if planned.retain == prior.retain {
                prior.versions.clone()
            } else {
                Attr::Unknown
            };
            planned.take(prior);
            planned.versions = versions;
            return Ok(());
        }
        planned.forget();
        let (architecture_name, store) = (planned.wanted_architecture(), &planned.store);
        if let Some((version, fingerprint)) = claim
            && let Some(releases) = open(cx, &planned.name, architecture_name, store).await?
        {
            let claimed = releases.claim(&version, &fingerprint);
            let claimed = run(cx, claimed).await?;
            if let Some(release) = claimed {
                planned.set(&release, releases.architecture());
            }
        }
        if moved {
            plan.requires_replace("package");
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Client>, plan: ReleaseModel) -> Result<ReleaseModel> {
        publish(cx, plan).await
    }

    async fn read(
        &self,
        cx: &Context<Client>,
        mut state: ReleaseModel,
    ) -> Result<Option<ReleaseModel>> {
        let releases = opened(cx, &state, state.architecture.get()?).await?;
        let Some(release) = run(cx, releases.find(&state.version()?)).await? else {
            return Ok(None);
        };
        state.set(&release, releases.architecture());
        state.versions = texts(&run(cx, releases.versions()).await?);
        Ok(Some(state))
    }

    async fn update(
        &self,
        cx: &Context<Client>,
        plan: ReleaseModel,
        _: ReleaseModel,
    ) -> Result<ReleaseModel> {
        publish(cx, plan).await
    }

    async fn delete(&self, cx: &Context<Client>, state: ReleaseModel) -> Result<()> {
        if *state.keep_on_destroy.get()? {
            return Ok(());
        }
        let releases = opened(cx, &state, state.architecture.get()?).await?;
        for version in run(cx, releases.versions()).await? {
            run(cx, releases.delete(&version)).await?;
        }
        Ok(())
    }

    async fn import_state(&self, _: &Context<Client>, id: String) -> Result<ReleaseModel> {
        let address: Address = id.parse()?;
        let prefix = Some(address.prefix).filter(|prefix| !prefix.is_empty());
        Ok(ReleaseModel {
            name: address.name.into(),
            version: address.version.into(),
            architecture: address.architecture.into(),
            store: Attr::Known(StoreModel {
                bucket: address.bucket.into(),
                prefix: prefix.into(),
            }),
            keep_on_destroy: true.into(),
            ..ReleaseModel::default()
        })
    }
}

/// Publishes what was planned, and deletes what need not stay.
async fn publish(cx: &Context<Client>, plan: ReleaseModel) -> Result<ReleaseModel> {
    let publication = plan.publication()?;
    let releases = opened(cx, &plan, plan.package.get()?.architecture.get()?).await?;
    let release = run(cx, releases.publish(&publication)).await?;
    let mut state = plan;
    state.set(&release, releases.architecture());
    if let Some(count) = state.retain.known() {
        let count = usize::try_from(*count).unwrap_or(usize::MAX);
        // The release is there whether or not older ones can be deleted.
        state.versions = Attr::Known(Vec::new());
        cx.keep(&state);
        run(cx, releases.retain(count, &publication.version)).await?;
    }
    state.versions = texts(&run(cx, releases.versions()).await?);
    Ok(state)
}

async fn opened(
    cx: &Context<Client>,
    model: &ReleaseModel,
    architecture_name: &str,
) -> Result<Releases> {
    let architecture = architecture(architecture_name)?;
    releases(cx, model.name.get()?, architecture, model.store.get()?).await
}

/// Opens releases, unless something that says where they are is unknown.
async fn open(
    cx: &Context<Client>,
    name: &Attr<String>,
    architecture_name: Option<&str>,
    store: &Attr<StoreModel>,
) -> Result<Option<Releases>> {
    let (Some(name), Some(architecture_name), Some(store)) =
        (name.as_str(), architecture_name, store.known())
    else {
        return Ok(None);
    };
    if store.bucket.is_unknown() || store.prefix.is_unknown() {
        return Ok(None);
    }
    let architecture = architecture(architecture_name)?;
    releases(cx, name, architecture, store).await.map(Some)
}

async fn releases(
    cx: &Context<Client>,
    name: &str,
    architecture: Architecture,
    store: &StoreModel,
) -> Result<Releases> {
    let prefix = store.prefix.as_str().unwrap_or_default();
    let (s3, bucket) = (&cx.client()?.s3, store.bucket.get()?);
    Ok(Releases::open(s3, bucket, prefix, name, architecture).await)
}

/// Runs what can be stopped, and gives its error as Terraform shows it.
async fn run<T>(
    cx: &Context<Client>,
    future: impl Future<Output = packaging::Result<T>>,
) -> Result<T> {
    cx.run(async {
        Ok(future
            .await
            .map_err(|error| diagnostics::of_release(&error))?)
    })
    .await
}
