//! The hash over everything that can change a package.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::checksum::Checksum;
use crate::error::{Error, Result};

/// A SHA-256 over a package's inputs. Equal on every machine that has equal sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// A fingerprint that was printed before.
    pub fn from_hex(hex: impl Into<String>) -> Self {
        Self(hex.into())
    }

    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits, for file names and version numbers: enough that two of one package
    /// never meet.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The canonical form of a value: the path of each of its leaves, and the leaf's checksum. What the
/// value's type does not serialize is not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inputs(BTreeMap<String, Checksum>);

impl Inputs {
    /// Lists what a value consists of.
    pub fn of(value: &impl Serialize) -> Result<Self> {
        let mut inputs = Self::default();
        let value = serde_json::to_value(value).map_err(|error| Error::Fingerprint {
            reason: error.to_string(),
        })?;
        inputs.add(String::new(), &value);
        Ok(inputs)
    }

    fn add(&mut self, name: String, value: &Value) {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    let name = format!("{name} {member}");
                    self.add(name.trim_start().to_owned(), value);
                }
            }
            Value::Null => (),
            Value::String(text) => {
                self.0.insert(name, Checksum::of(text.as_bytes()));
            }
            other => {
                self.0
                    .insert(name, Checksum::of(other.to_string().as_bytes()));
            }
        }
    }

    /// Hashes the names and checksums. Each goes in with its length, so that no two lists of inputs
    /// look alike.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut content = Vec::new();
        for (name, checksum) in &self.0 {
            for part in [name, &checksum.hex()] {
                content.extend((part.len() as u64).to_le_bytes());
                content.extend(part.as_bytes());
            }
        }
        Fingerprint(Checksum::of(&content).hex())
    }

    /// Shortens the list to be stored: eight digits tell a changed input from an unchanged one.
    pub fn digests(&self) -> BTreeMap<String, String> {
        let short =
            |(name, checksum): (&String, &Checksum)| (name.clone(), checksum.hex()[..8].to_owned());
        self.0.iter().map(short).collect()
    }

    /// Names the inputs that an earlier list does not have, has otherwise, or has alone.
    pub fn differences(&self, earlier: &BTreeMap<String, String>) -> Vec<String> {
        let now = self.digests();
        let changed = now
            .iter()
            .filter_map(|(name, digest)| match earlier.get(name) {
                None => Some(format!("{name} (new)")),
                Some(other) => (other != digest).then(|| name.clone()),
            });
        let removed = earlier.keys().filter(|name| !now.contains_key(*name));
        changed
            .chain(removed.map(|name| format!("{name} (removed)")))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::path::Path;

    use serde_json::json;

    use super::*;

    #[test]
    fn refuses_what_has_no_canonical_form() {
        let path = Path::new(OsStr::from_bytes(b"\xff"));
        let error = Inputs::of(&path).unwrap_err().to_string();
        assert!(error.contains("fingerprint"), "{error}");
    }

    #[test]
    fn names_what_differs_from_an_earlier_list() {
        let earlier = json!({ "file": { "a": "1", "b": "1", "c": "1" }, "profile": "release" });
        let now = json!({ "file": { "a": "1", "b": "2", "d": "1" }, "profile": "release" });
        let inputs = |value| Inputs::of(value).unwrap();
        let differences = inputs(&now).differences(&inputs(&earlier).digests());
        assert_eq!(differences, ["file b", "file d (new)", "file c (removed)"]);
    }
}
