//! The file beside a zip that says what the zip was made of, in JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cache::packaged;
use crate::store::local::{ArtifactId, manifest_path};

/// What is written.
#[derive(Debug, Serialize)]
pub(crate) struct ZipManifest<'a> {
    pub name: &'a str,
    pub version: Option<&'a str>,
    pub build: String,
    pub source_fingerprint: &'a str,
    pub sha256: String,
    pub size: u64,
    pub architecture: &'a str,
    pub runtime: &'a str,
    pub rustc: Option<&'a str>,
    /// Files that were compiled in and that the fingerprint does not track.
    pub untracked: Vec<&'a Path>,
    /// The inputs of the fingerprint, each with the first digits of its checksum.
    pub inputs: BTreeMap<String, String>,
    pub sbom: Value,
}

/// What is read again.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    source_fingerprint: String,
    untracked: Vec<String>,
    inputs: BTreeMap<String, String>,
}

fn read(zip: &Path) -> Option<Written> {
    serde_json::from_slice(&std::fs::read(manifest_path(zip)).ok()?).ok()
}

/// The untracked files that a zip was made of.
pub(crate) fn untracked(zip: &Path) -> Vec<String> {
    read(zip).unwrap_or_default().untracked
}

/// The inputs of the newest zip of the same name in a folder that has another fingerprint.
pub(crate) fn earlier_inputs(
    folder: &Path,
    id: ArtifactId<'_>,
) -> Option<BTreeMap<String, String>> {
    let mut zips: Vec<_> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_str().and_then(packaged) == Some(id.name))
        .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
        .collect();
    zips.sort();
    let written = zips.iter().rev().filter_map(|(_, zip)| read(zip));
    let others = written.filter(|zip| zip.source_fingerprint != id.fingerprint.as_str());
    others
        .map(|zip| zip.inputs)
        .find(|inputs| !inputs.is_empty())
}
