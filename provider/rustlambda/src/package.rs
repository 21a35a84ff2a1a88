//! `rustlambda_package`: a Lambda function from sources to zip.

use std::path::{Path, PathBuf};

use packaging::Fingerprint;
use tf_provider::{Attr, Context, Diagnostic, Plan, Resource, Result};

use crate::client::Client;
use crate::diagnostics;
use crate::model::{Package, Zip, is_same_place};

/// The resource.
pub(crate) struct PackageResource;

impl Resource for PackageResource {
    const NAME: &'static str = "rustlambda_package";
    type Client = Client;
    type Model = Package;

    async fn modify_plan(&self, cx: &Context<Client>, plan: &mut Plan<Package>) -> Result<()> {
        if let (Attr::Known(store), Some(prior)) = (&mut plan.planned.store, &plan.prior)
            && let Some(prior) = prior.store.known()
        {
            store.keep_prefix(prior);
        }
        // A destruction begins with a plan like any other (Terraform's Context.destroyPlan), and
        // needs neither sources nor tools.
        let may_be_destroyed = plan
            .prior
            .as_ref()
            .is_some_and(|prior| prior.asks_as(&plan.planned));
        let package = match resolve(cx, &plan.planned).await? {
            Some(Ok(package)) => package,
            Some(Err(error)) if !may_be_destroyed => return Err(diagnostics::of(&error).into()),
            unknown => {
                if let Some(Err(error)) = unknown {
                    cx.report(diagnostics::cannot_apply(&error));
                }
                plan.planned.forget_results();
                return Ok(());
            }
        };
        let folder = plan.planned.folder()?;
        plan.planned.describe(&package);
        match &plan.prior {
            Some(prior)
                if cx.private() != MISSING
                    && prior.has_zip_of(&package, &folder, &plan.planned) =>
            {
                plan.planned.take_zip(prior);
            }
            _ => match find(cx, &plan.planned, &package).await? {
                Some(zip) => plan.planned.set_zip(&package, &folder, &zip),
                None => {
                    plan.planned.forget_zip();
                    match prepare(cx, &package, &folder).await? {
                        Err(error) if may_be_destroyed => {
                            cx.report(diagnostics::cannot_apply(&error));
                        }
                        prepared => prepared.map_err(|error| diagnostics::of(&error))?,
                    }
                }
            },
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Client>, plan: Package) -> Result<Package> {
        package(cx, plan).await
    }

    /// Keeps the state: the zip may be on another machine, and nothing needs it until a function
    /// changes. Where something does need it, and it is missing, the plan makes it again.
    async fn read(&self, cx: &Context<Client>, state: Package) -> Result<Option<Package>> {
        let missing = cx.run(is_missing(cx, &state)).await?;
        cx.set_private(if missing { MISSING } else { b"" });
        Ok(Some(state))
    }

    async fn update(&self, cx: &Context<Client>, plan: Package, prior: Package) -> Result<Package> {
        if plan.filename == prior.filename && is_same_place(&plan.store, &prior.store) {
            // The same zip: only what does not reach it has changed, such as the way to a manifest.
            return Ok(plan);
        }
        package(cx, plan).await
    }

    /// Zips stay: they are a cache, which another workspace of the same folder may share.
    async fn delete(&self, _: &Context<Client>, _: Package) -> Result<()> {
        Ok(())
    }
}

/// What a refresh stores beside a state whose zip has to be made again.
const MISSING: &[u8] = b"missing";

/// Whether the zip of a state is missing: from the store, or from this disk while a function that
/// needs it does not exist. Where neither can be found out, the zip counts as there.
///
/// So does one that has other bytes: unchanged sources must not deploy what somebody put in its place.
async fn is_missing(cx: &Context<Client>, state: &Package) -> Result<bool> {
    let client = cx.client()?;
    if let Some(store) = client.store(state.store.known()).await? {
        let Some(key) = state.s3_key.as_str() else {
            return Ok(false);
        };
        return Ok(match store.look(key).await {
            Ok(Some(stored)) if state.sha256.as_str() != Some(stored.sha256.hex().as_str()) => {
                cx.report(diagnostics::overwritten(&stored));
                false
            }
            Ok(stored) => stored.is_none_or(|stored| !state.is_stored_as(&stored)),
            Err(error) => {
                tracing::warn!(%error, "cannot look for the zip in the store");
                false
            }
        });
    }
    if state.arns().is_empty() || is_here(state).await {
        return Ok(false);
    }
    for arn in state.arns() {
        if client.lacks_function(arn).await {
            tracing::info!(
                arn,
                "the function does not exist, and its zip is made again"
            );
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the zip of a state is on this disk.
async fn is_here(state: &Package) -> bool {
    let (Some(file), Some(sha256)) = (state.filename.as_str(), state.sha256.as_str()) else {
        return false;
    };
    let (file, sha256) = (PathBuf::from(file), sha256.to_owned());
    let hash = move || packaging::file_hash(&file).is_ok_and(|found| found.hex() == sha256);
    tokio::task::spawn_blocking(hash).await.unwrap_or(false)
}

/// Makes what was planned, and nothing else.
async fn package(cx: &Context<Client>, plan: Package) -> Result<Package> {
    let Some(resolved) = resolve(cx, &plan).await? else {
        return Err(Diagnostic::error(
            "An argument is unknown",
            "Terraform asked to apply a package before its arguments were known. Please report this \
             to the provider's developers.",
        )
        .into());
    };
    let package = resolved.map_err(|error| diagnostics::of(&error))?;
    if let Some(planned) = plan.source_fingerprint.as_str() {
        let planned = Fingerprint::from_hex(planned);
        package
            .expect(&planned)
            .map_err(|error| diagnostics::of(&error))?;
    }
    let folder = plan.folder()?;
    let client = cx.client()?;
    let store = client.store(plan.store.known()).await?;
    let make = async {
        let made = match &store {
            Some(store) => {
                let made = package.publish(&folder, &client.builder, store).await;
                made.map(|made| made.map(Zip::from))
            }
            None => {
                let made = package.make(&folder, &client.builder).await;
                made.map(|made| made.map(Zip::from))
            }
        };
        Ok(made.map_err(|error| diagnostics::of(&error))?)
    };
    let made = cx.run(make).await?;
    if !made.untracked.is_empty() {
        cx.report(diagnostics::untracked(package.name(), &made.untracked));
    }
    if !made.ineffective.is_empty() {
        cx.report(diagnostics::ineffective(&made.ineffective));
    }
    if let Some(advice) = made.unpinned {
        cx.report(diagnostics::unpinned(&advice));
    }
    cx.set_private(b"");
    let mut state = plan;
    state.describe(&package);
    state.set_zip(&package, &folder, &made.zip);
    Ok(state)
}

/// Looks ahead to a compilation: logs what changed, and looks for the tools that it needs.
async fn prepare(
    cx: &Context<Client>,
    package: &packaging::Package,
    folder: &Path,
) -> Result<packaging::Result<()>> {
    if package.find(folder).is_some() {
        return Ok(Ok(()));
    }
    package.log_differences(folder);
    cx.run(async { Ok(package.check_tools().await) }).await
}

/// Reads the sources; nothing where an argument is unknown.
async fn resolve(
    cx: &Context<Client>,
    model: &Package,
) -> Result<Option<packaging::Result<packaging::Package>>> {
    let Some(request) = model.request()? else {
        return Ok(None);
    };
    let resolve = || packaging::Package::resolve(request);
    cx.run(async { Ok(Some(tokio::task::spawn_blocking(resolve).await?)) })
        .await
}

/// Looks in the store for a zip that is made already. One on this disk does not count: a plan may be
/// applied on another machine, where Terraform plans once more and takes nothing back that was
/// known.
async fn find(
    cx: &Context<Client>,
    model: &Package,
    package: &packaging::Package,
) -> Result<Option<Zip>> {
    let client = cx.client()?;
    let named = model.store.known().filter(|_| client.is_configured());
    let Some(store) = client.store(named).await? else {
        return Ok(None);
    };
    let find = async {
        Ok(store
            .find(package.id())
            .await
            .map_err(|error| diagnostics::of(&error))?)
    };
    Ok(cx.run(find).await?.map(Zip::from))
}
