//! SHA-256 in the forms that people, S3 and Lambda write it.

use std::fs::File;
use std::path::Path;
use std::{fmt, io};

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
        let file = File::open(path).map_err(Error::read(path))?;
        let (_, sha256) = Self::of_reader(file).map_err(Error::read(path))?;
        Ok(sha256)
    }

    /// Reads to the end, and returns the number of bytes with their SHA-256.
    pub(crate) fn of_reader(mut reader: impl io::Read) -> io::Result<(u64, Self)> {
        let mut hashing = Hashing::new(io::sink());
        io::copy(&mut reader, &mut hashing)?;
        let (_, size, sha256) = hashing.finish();
        Ok((size, sha256))
    }

    /// As 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// In base64, as Lambda's `CodeSha256` and Terraform's `source_code_hash` have it.
    pub fn base64(&self) -> String {
        BASE64_STANDARD.encode(self.0)
    }

    /// Reads what [`Checksum::hex`] gave.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// Reads what [`Checksum::base64`] gave, as S3 gives the checksum of a whole object too. That of
    /// a multipart upload ends with the number of its parts, and is no checksum of the bytes.
    pub(crate) fn from_base64(text: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

/// A writer that hashes and counts what it passes on.
pub(crate) struct Hashing<W> {
    inner: W,
    size: u64,
    hash: Sha256,
}

impl<W: io::Write> Hashing<W> {
    pub fn new(inner: W) -> Self {
        let hash = Sha256::new();
        Self {
            inner,
            size: 0,
            hash,
        }
    }

    /// The writer, and the number of bytes that went through, with their SHA-256.
    pub fn finish(self) -> (W, u64, Checksum) {
        (self.inner, self.size, Checksum(self.hash.finalize().into()))
    }
}

impl<W: io::Write> io::Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
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
