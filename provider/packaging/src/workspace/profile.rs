//! The profiles that cargo builds with.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::workspace::config::Config;
use crate::workspace::manifest::Workspace;

/// Cargo's own profiles ("Profiles" in the Cargo book).
const PROFILES: [&str; 4] = ["bench", "dev", "release", "test"];

/// The names that `--profile` refuses also where the manifest has such a section (cargo 1.95,
/// `ProfileName::new` in cargo-util-schemas and `get_profile_name` in command_prelude.rs).
const RESERVED: [&str; 21] = [
    "build",
    "check",
    "clean",
    "config",
    "debug",
    "doc",
    "fetch",
    "fix",
    "install",
    "metadata",
    "package",
    "publish",
    "report",
    "root",
    "run",
    "rust",
    "rustc",
    "rustdoc",
    "target",
    "tmp",
    "uninstall",
];

/// Fails unless cargo takes the name after `--profile`.
pub(crate) fn check(profile: &str, workspace: &Workspace, config: &Config) -> Result<()> {
    let own = workspace.table.get("profile");
    let own = own.and_then(toml::Value::as_table);
    let own = own.into_iter().flat_map(toml::Table::keys);
    let mut available: BTreeSet<String> = PROFILES.map(str::to_owned).into();
    available.extend(own.chain(config.profiles()).cloned());
    available.retain(|name| !is_reserved(name));
    if available.contains(profile) {
        return Ok(());
    }
    Err(Error::ProfileUnknown {
        profile: profile.to_owned(),
        manifest: workspace.manifest_path(),
        available: available.into_iter().collect(),
        reserved: is_reserved(profile),
    })
}

fn is_reserved(name: &str) -> bool {
    let lower = name.to_lowercase();
    RESERVED.contains(&lower.as_str()) || lower.starts_with("cargo")
}
