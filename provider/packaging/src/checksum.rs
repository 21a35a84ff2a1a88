//! SHA-256 in the forms that people, S3 and Lambda write it.

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The SHA-256 of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Checksum([u8; 32]);

impl Checksum {
    /// Computes it.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// Computes that of a file, which may be larger than the memory.
    pub(crate) fn of_file(path: &Path) -> Result<Self> {
        let mut hash = Sha256::new();
        let mut file = File::open(path).map_err(Error::read(path))?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match file.read(&mut buffer).map_err(Error::read(path))? {
                0 => return Ok(Self(hash.finalize().into())),
                read => hash.update(&buffer[..read]),
            }
        }
    }

    /// As 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// In base64, as Lambda's `CodeSha256` and Terraform's `source_code_hash` have it.
    pub fn base64(&self) -> String {
        BASE64_STANDARD.encode(self.0)
    }

    /// Reads what [`Checksum::hex`] gave.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: Vec<_> = text
            .chars()
            .map(|digit| digit.to_digit(16))
            .collect::<Option<_>>()?;
        let byte = |pair: &[u32]| u8::try_from(pair[0] << 4 | pair[1]).ok();
        let bytes: Vec<u8> = digits.chunks_exact(2).map(byte).collect::<Option<_>>()?;
        Some(Self(bytes.try_into().ok()?)).filter(|_| digits.len() == 64)
    }
}

impl Serialize for Checksum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_lead_back() {
        // The hash of nothing, as FIPS 180-4's examples and every tool have it.
        let nothing = Checksum::of(b"");
        assert!(nothing.hex().starts_with("e3b0c44298fc1c14"));
        assert_eq!(Checksum::from_hex(&nothing.hex()), Some(nothing));
        assert_eq!(Checksum::from_hex(&nothing.hex()[1..]), None);
        assert_eq!(Checksum::from_hex(&"+1".repeat(32)), None, "digits only");
    }
}
