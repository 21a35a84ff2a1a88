//! The hash over everything that can change a package.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::checksum::{Checksum, hex};

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

/// Collects inputs into a [`Fingerprint`]. Their order matters, so callers add them sorted.
pub(crate) struct Inputs {
    hash: Sha256,
}

impl Inputs {
    /// Begins; the number changes whenever the same sources should count as new.
    pub fn new() -> Self {
        let mut inputs = Self {
            hash: Sha256::new(),
        };
        inputs.add("rustlambda fingerprint", "", b"1");
        inputs
    }

    /// Adds one input. Each part goes in with its length, so that no two lists of inputs look
    /// alike.
    pub fn add(&mut self, kind: &str, name: &str, content: &[u8]) {
        let digest = Checksum::of(content).hex();
        tracing::trace!(kind, name, sha256 = digest, "fingerprint input");
        for part in [kind, name, &digest] {
            self.hash.update((part.len() as u64).to_le_bytes());
            self.hash.update(part);
        }
    }

    pub fn finish(self) -> Fingerprint {
        Fingerprint(hex(&self.hash.finalize()))
    }
}
