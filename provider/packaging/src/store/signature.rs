//! Signatures of releases, in minisign's format.
//!
//! A signature lies beside its zip, under the zip's key and `.minisig`. The publisher's own
//! `minisign` makes it, so that the secret key is never near Terraform. Its trusted comment, which
//! is signed too, names the release: so the signature of one is none of another.

use std::io::{self, Write};
use std::str::FromStr;

use minisign_verify::{Signature, StreamVerifier};

/// The key of a publisher, as the file that `minisign -G` writes has it, or its second line alone.
#[derive(Debug, Clone)]
pub struct PublicKey(minisign_verify::PublicKey);

impl FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let key = if text.contains('\n') {
            minisign_verify::PublicKey::decode(text)
        } else {
            minisign_verify::PublicKey::from_base64(text)
        };
        key.map(Self)
            .map_err(|error| format!("is no public key of minisign: {error}"))
    }
}

/// A check that bytes are written into.
pub(super) struct Check<'a>(StreamVerifier<'a>);

impl<'a> Check<'a> {
    /// Begins to check a signature whose trusted comment has to be `comment`. Says otherwise what
    /// is wrong, and what to do.
    pub fn begin(
        key: &'a PublicKey,
        signature: &'a Signature,
        comment: &str,
    ) -> Result<Self, String> {
        let found = signature.trusted_comment();
        if found != comment {
            return Err(format!(
                "its trusted comment is `{found}`, and has to be `{comment}`. Sign it with \
                 `minisign -S -t '{comment}'`"
            ));
        }
        let verifier = key.0.verify_stream(signature);
        verifier.map(Self).map_err(|error| error.to_string())
    }

    /// Whether what was written is what was signed.
    pub fn finish(mut self) -> Result<(), String> {
        self.0.finalize().map_err(|error| error.to_string())
    }
}

impl Write for Check<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads the text of a `.minisig` file.
pub(super) fn signature(text: &[u8]) -> Result<Signature, String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    Signature::decode(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(
        zip: &[u8],
        signed: &[u8],
        comment: &str,
        key_of_another: bool,
    ) -> Result<(), String> {
        let keys = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let signed = minisign::sign(None, &keys.sk, signed, Some(comment), None).unwrap();
        let other = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
        let key = if key_of_another { other.pk } else { keys.pk };
        let key: PublicKey = key.to_base64().parse().unwrap();
        let signature = signature(signed.into_string().as_bytes()).unwrap();
        let mut check = Check::begin(&key, &signature, "api 1.4.0 x86_64")?;
        check.write_all(zip).unwrap();
        check.finish()
    }

    #[test]
    fn accepts_only_the_zip_the_release_and_the_key_that_signed() {
        let comment = "api 1.4.0 x86_64";
        assert_eq!(checked(b"zip", b"zip", comment, false), Ok(()));
        assert!(checked(b"other", b"zip", comment, false).is_err());
        assert!(checked(b"zip", b"zip", comment, true).is_err());
        let error = checked(b"zip", b"zip", "api 1.3.0 x86_64", false).unwrap_err();
        assert!(
            error.contains("minisign -S -t 'api 1.4.0 x86_64'"),
            "{error}"
        );
        assert!("RWQ".parse::<PublicKey>().is_err());
    }
}
