//! What a stored zip was made of, for those who find it there.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::build::toolchain::Rustc;
use crate::workspace::lockfile::Locked;

/// What a compilation used.
#[derive(Debug, Clone)]
pub(crate) struct Compilation {
    pub rustc: Rustc,
    /// The packages, by name and version.
    pub packages: BTreeSet<(String, String)>,
}

impl Compilation {
    /// Those of the locked packages that were compiled. The lock file has those of every target.
    pub fn components<'a>(&self, locked: impl Iterator<Item = &'a Locked>) -> Vec<&'a Locked> {
        let compiled = |locked: &&Locked| {
            let package = (locked.name.clone(), locked.version.clone());
            self.packages.contains(&package)
        };
        locked.filter(compiled).collect()
    }
}

/// A list of components in the form of CycloneDX 1.6 (<https://cyclonedx.org/docs/1.6/json/>).
pub(crate) fn sbom(name: &str, version: Option<&str>, components: &[&Locked]) -> Value {
    let mut itself = json!({ "type": "application", "name": name });
    if let Some(version) = version {
        itself["version"] = json!(version);
    }
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": itself },
        "components": components.iter().copied().map(component).collect::<Vec<_>>(),
    })
}

fn component(locked: &Locked) -> Value {
    let mut component =
        json!({ "type": "library", "name": locked.name, "version": locked.version });
    // A package URL is of what can be had from crates.io. What lies beside the function has none.
    if locked
        .source
        .as_deref()
        .is_some_and(|source| source.contains("crates.io-index"))
    {
        component["purl"] = json!(format!("pkg:cargo/{}@{}", locked.name, locked.version));
    }
    if let Some(checksum) = &locked.checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_can_be_had_from_the_registry_and_what_cannot() {
        let lock = "[[package]]\nname = \"serde\"\nversion = \"1.0.228\"\nchecksum = \"ab\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n[[package]]\nname = \"shared\"\nversion = \"0.1.0\"\n";
        let lock: std::collections::BTreeMap<String, Vec<Locked>> = toml::from_str(lock).unwrap();
        let components: Vec<_> = lock["package"].iter().collect();
        let sbom = sbom("api", Some("1.2.3"), &components);
        let expected = json!([
            { "type": "library", "name": "serde", "version": "1.0.228", "purl": "pkg:cargo/serde@1.0.228", "hashes": [{ "alg": "SHA-256", "content": "ab" }] },
            { "type": "library", "name": "shared", "version": "0.1.0" },
        ]);
        assert_eq!(sbom["components"], expected);
    }

    #[test]
    fn what_has_no_version_has_no_field_for_it() {
        let sbom = sbom("run", None, &[]);
        let run = json!({ "type": "application", "name": "run" });
        assert_eq!(sbom["metadata"]["component"], run, "null is not valid");
    }
}
