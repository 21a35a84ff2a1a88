//! `rustlambda_package`: a Lambda function from sources to zip.

use packaging::Fingerprint;
use tf_provider::{Context, Diagnostic, Plan, Resource, Result};

use crate::client::Client;
use crate::diagnostics;
use crate::model::{Package, Zip};

/// The resource.
pub(crate) struct PackageResource;

impl Resource for PackageResource {
    const NAME: &'static str = "rustlambda_package";
    type Client = Client;
    type Model = Package;

    async fn modify_plan(&self, cx: &Context<Client>, plan: &mut Plan<Package>) -> Result<()> {
        let Some(package) = resolve(cx, &plan.planned).await? else {
            plan.planned.forget_results();
            return Ok(());
        };
        let folder = plan.planned.folder()?;
        plan.planned.describe(&package);
        match &plan.prior {
            Some(prior) if prior.has_zip_of(&package, &folder, &plan.planned) => {
                plan.planned.take_zip(prior);
            }
            _ => match find(cx, &plan.planned, &package).await? {
                Some(zip) => plan.planned.set_zip(&package, &folder, &zip),
                None => plan.planned.forget_zip(),
            },
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Client>, plan: Package) -> Result<Package> {
        package(cx, plan).await
    }

    /// The state stands as it is: the zip may lie on another machine, and is not needed for
    /// anything until a function changes.
    async fn read(&self, _: &Context<Client>, state: Package) -> Result<Option<Package>> {
        Ok(Some(state))
    }

    async fn update(&self, cx: &Context<Client>, plan: Package, prior: Package) -> Result<Package> {
        if plan.filename == prior.filename && plan.store == prior.store {
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

/// Makes what was planned, and nothing else.
async fn package(cx: &Context<Client>, plan: Package) -> Result<Package> {
    let Some(package) = resolve(cx, &plan).await? else {
        return Err(Diagnostic::error(
            "An argument is unknown",
            "Terraform asked to apply a package before its arguments were known. Please report this \
             to the provider's developers.",
        )
        .into());
    };
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
                made.map(|made| (Zip::from(made.zip), made.untracked, made.unpinned))
            }
            None => {
                let made = package.make(&folder, &client.builder).await;
                made.map(|made| (Zip::from(made.zip), made.untracked, made.unpinned))
            }
        };
        Ok(made.map_err(|error| diagnostics::of(&error))?)
    };
    let (zip, untracked, unpinned) = cx.run(make).await?;
    if !untracked.is_empty() {
        cx.report(diagnostics::untracked(package.name(), &untracked));
    }
    if let Some(advice) = unpinned {
        cx.report(diagnostics::unpinned(&advice));
    }
    let mut state = plan;
    state.describe(&package);
    state.set_zip(&package, &folder, &zip);
    Ok(state)
}

/// Reads the sources; nothing where an argument is unknown.
async fn resolve(cx: &Context<Client>, model: &Package) -> Result<Option<packaging::Package>> {
    let Some(request) = model.request()? else {
        return Ok(None);
    };
    let resolve = async {
        let resolve = || packaging::Package::resolve(request);
        let resolved = tokio::task::spawn_blocking(resolve).await?;
        Ok(resolved.map_err(|error| diagnostics::of(&error))?)
    };
    cx.run(resolve).await.map(Some)
}

/// Looks in the store for a zip that is made already. One on this disk does not count: a plan may be
/// applied on another machine, where Terraform plans once more and takes nothing back that was
/// known.
async fn find(
    cx: &Context<Client>,
    model: &Package,
    package: &packaging::Package,
) -> Result<Option<Zip>> {
    let Some(store) = cx.client()?.store(model.store.known()).await? else {
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
