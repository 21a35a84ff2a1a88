//! What lies in a package's zip, and in the manifest beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{Deployment, Package};
use crate::build::archive::{self, Entry};
use crate::build::inspect;
use crate::build::sbom::{self, Compilation};
use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::plan::assets::BOOTSTRAP;
use crate::plan::{BuildPlan, Origin};
use crate::workspace::lockfile::Locked;
use crate::workspace::untracked::UntrackedInput;
use crate::zip_manifest::ZipManifest;

impl Package {
    /// What a zip was made of. Where what its compilation used is not known any more, all that is
    /// locked is listed.
    pub(super) fn manifest(
        &self,
        (size, sha256): (u64, Checksum),
        used: Option<&Compilation>,
        untracked: &[UntrackedInput],
    ) -> Vec<u8> {
        let locked: &[Locked] = match &self.plan.origin {
            Origin::Cargo(plan) => &plan.components,
            Origin::Executable(_) => &[],
        };
        let components = match used {
            Some(used) => used.components(locked.iter()),
            None => locked.iter().collect(),
        };
        let manifest = ZipManifest {
            name: &self.name,
            version: self.version(),
            build: self.build_id(),
            source_fingerprint: self.fingerprint.as_str(),
            sha256: sha256.hex(),
            size,
            architecture: self.plan.architecture.name(),
            runtime: self.plan.runtime.name(),
            rustc: used.map(|used| used.rustc.version.as_str()),
            untracked: untracked.iter().map(|input| &*input.path).collect(),
            inputs: self.inputs.digests(),
            sbom: sbom::sbom(&self.name, self.version(), &components),
        };
        serde_json::to_vec(&manifest).unwrap_or_default()
    }

    /// The bytes of the zip. Refuses what Lambda would not start, and what changed meanwhile.
    pub(super) fn zip(&self, executable: Vec<u8>, deployment: Deployment) -> Result<Vec<u8>> {
        let BuildPlan {
            architecture,
            runtime,
            assets,
            ..
        } = &self.plan;
        let paths: BTreeSet<&str> = assets.keys().map(String::as_str).collect();
        inspect::executable(&self.name, &executable, *architecture, *runtime, &paths)?;
        let mut size = executable.len() as u64;
        for asset in assets.values() {
            let metadata = std::fs::metadata(&asset.source);
            size += metadata.map_err(Error::read(&asset.source))?.len();
        }
        // Before they are read.
        inspect::unzipped_size(&self.name, size)?;
        let mut entries = BTreeMap::new();
        for (path, asset) in assets {
            let content = std::fs::read(&asset.source).map_err(Error::read(&asset.source))?;
            let executable = asset.executable;
            entries.insert(
                path.clone(),
                Entry {
                    content,
                    executable,
                },
            );
        }
        let bootstrap = Entry {
            content: executable,
            executable: true,
        };
        entries.insert(BOOTSTRAP.to_owned(), bootstrap);
        // A file that was saved while cargo ran may be in the binary or not. Then the fingerprint
        // would promise too much.
        Self::resolve(self.request.clone())?.expect(&self.fingerprint)?;
        let zip = archive::zip(&entries)
            .map_err(|error| Error::write(Path::new(&self.name))(std::io::Error::other(error)))?;
        if deployment == Deployment::Direct {
            inspect::zipped_size(&self.name, zip.len() as u64)?;
        }
        Ok(zip)
    }
}
