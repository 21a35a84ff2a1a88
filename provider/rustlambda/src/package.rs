//! `rustlambda_package`: a Lambda function from sources to zip.

use std::path::PathBuf;

use packaging::{Artifact, Builder, Fingerprint};
use tf_provider::{Context, Diagnostic, Plan, Resource, Result};

use crate::diagnostics;
use crate::model::Package;

/// The resource.
pub(crate) struct PackageResource;

impl Resource for PackageResource {
    const NAME: &'static str = "rustlambda_package";
    type Client = Builder;
    type Model = Package;

    async fn plan(&self, cx: &Context<Builder>, plan: &mut Plan<Package>) -> Result<()> {
        let Some(package) = resolve(cx, &plan.planned).await? else {
            plan.planned.forget_results();
            return Ok(());
        };
        let folder = plan.planned.folder()?;
        plan.planned.describe(&package);
        match &plan.prior {
            Some(prior) if prior.has_zip_of(&package, &folder) => plan.planned.take_zip(prior),
            _ => match find(package.clone(), folder).await? {
                Some(artifact) => plan.planned.set_zip(&package, &artifact),
                None => plan.planned.forget_zip(),
            },
        }
        Ok(())
    }

    async fn create(&self, cx: &Context<Builder>, plan: Package) -> Result<Package> {
        package(cx, plan).await
    }

    /// The state stands as it is: the zip may lie on another machine, and is not needed for anything until a function changes.
    async fn read(&self, _: &Context<Builder>, state: Package) -> Result<Option<Package>> {
        Ok(Some(state))
    }

    async fn update(
        &self,
        cx: &Context<Builder>,
        plan: Package,
        prior: Package,
    ) -> Result<Package> {
        if plan.filename == prior.filename {
            // The same zip: only what does not reach it has changed, such as the way to a manifest.
            return Ok(plan);
        }
        package(cx, plan).await
    }

    /// Zips stay: they are a cache, which another workspace of the same folder may share.
    async fn delete(&self, _: &Context<Builder>, _: Package) -> Result<()> {
        Ok(())
    }
}

/// Makes what was planned, and nothing else.
async fn package(cx: &Context<Builder>, plan: Package) -> Result<Package> {
    let Some(package) = resolve(cx, &plan).await? else {
        return Err(Diagnostic::error("An argument is unknown", "Terraform asked to apply a package before its arguments were known. Please report this to the provider's developers.").into());
    };
    if let Some(planned) = plan.source_fingerprint.as_str() {
        package
            .expect(&Fingerprint::from_hex(planned))
            .map_err(|error| diagnostics::of(&error))?;
    }
    let folder = plan.folder()?;
    let artifact = match find(package.clone(), folder.clone()).await? {
        Some(artifact) => artifact,
        None => {
            let builder = cx.client()?;
            let build = async {
                let built = package.build(&folder, builder).await;
                Ok(built.map_err(|error| diagnostics::of(&error))?)
            };
            cx.run(build).await?
        }
    };
    check_planned(&plan, &artifact)?;
    let mut state = plan;
    state.describe(&package);
    state.set_zip(&package, &artifact);
    Ok(state)
}

/// A hash that was planned from an artifact on one machine must come out of another machine's build too.
fn check_planned(plan: &Package, artifact: &Artifact) -> Result<()> {
    let built = artifact.sha256_hex();
    match plan.sha256.as_str().filter(|planned| *planned != built) {
        None => Ok(()),
        Some(planned) => Err(Diagnostic::error(
            "This machine builds another zip than the plan's",
            format!(
                "The plan was made where the zip {planned} was at hand, and the same sources gave {built} here. The toolchains \
                 differ: name one in rust-toolchain.toml, or plan on this machine."
            ),
        )
        .into()),
    }
}

/// Reads the sources; nothing where an argument is unknown.
async fn resolve(cx: &Context<Builder>, model: &Package) -> Result<Option<packaging::Package>> {
    let Some(request) = model.request()? else {
        return Ok(None);
    };
    let resolve = async {
        let resolved = tokio::task::spawn_blocking(|| packaging::Package::resolve(request)).await?;
        Ok(resolved.map_err(|error| diagnostics::of(&error))?)
    };
    cx.run(resolve).await.map(Some)
}

async fn find(package: packaging::Package, folder: PathBuf) -> Result<Option<Artifact>> {
    Ok(tokio::task::spawn_blocking(move || package.find(&folder)).await?)
}
