//! Upper case.

use async_trait::async_trait;

use crate::domain::ContentType;
use crate::ports::{Sink, Source};
use crate::processor::{Description, ProcessError, Processor};

/// Writes texts in upper case, by Unicode's full mapping. Uploads that are not UTF-8 are rejected.
#[derive(Debug, Clone, Copy, Default)]
pub struct Uppercase;

#[async_trait]
impl Processor for Uppercase {
    fn content_type(&self) -> ContentType {
        // UTF-8 text, whatever the client declared.
        ContentType::default()
    }

    async fn process(
        &self,
        _upload: &Description,
        source: &dyn Source,
        sink: &mut dyn Sink,
    ) -> Result<(), ProcessError> {
        let mut chunks = source.stream().await?;
        let mut decoder = Decoder::default();
        while let Some(bytes) = chunks.next().await? {
            let text = decoder.push(&bytes)?.to_uppercase();
            if !text.is_empty() {
                sink.write(text.into()).await?;
            }
        }
        decoder.end()
    }
}

/// Divides bytes that arrive in chunks between the characters of UTF-8. No mapping to upper case
/// looks beyond its character: the conditions of Unicode's SpecialCasing.txt are for lower case, or
/// for one language.
#[derive(Debug, Default)]
struct Decoder {
    /// The first bytes of a character whose last ones have not arrived: three at most.
    begun: Vec<u8>,
    /// How many bytes came before `begun`.
    offset: u64,
}

impl Decoder {
    /// Returns the whole characters of what has arrived.
    fn push(&mut self, bytes: &[u8]) -> Result<String, ProcessError> {
        self.begun.extend_from_slice(bytes);
        let mut parts = self.begun.utf8_chunks();
        let text = parts.next().map_or("", |part| part.valid()).to_owned();
        let rest = self.begun.split_off(text.len());
        self.begun = rest;
        self.offset += text.len() as u64;
        match std::str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_some() => Err(not_utf8(self.offset)),
            _ => Ok(text),
        }
    }

    fn end(self) -> Result<(), ProcessError> {
        match self.begun.is_empty() {
            true => Ok(()),
            false => Err(not_utf8(self.offset)),
        }
    }
}

fn not_utf8(offset: u64) -> ProcessError {
    ProcessError::Rejected(format!(
        "the content is not UTF-8 text: the byte at {offset} begins no character"
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<String, String> {
        let mut decoder = Decoder::default();
        let mut text = String::new();
        for chunk in chunks {
            text += &decoder
                .push(chunk)
                .map_err(|error| error.to_string())?
                .to_uppercase();
        }
        decoder.end().map_err(|error| error.to_string())?;
        Ok(text)
    }

    #[test]
    fn upper_case_is_unicodes_own() {
        let text = decode(["straße ŉ ἀ ΐ".as_bytes()]).unwrap();
        assert_eq!(text, "STRASSE ʼN Ἀ \u{399}\u{308}\u{301}");
    }

    #[test]
    fn what_is_not_utf_8_is_rejected_where_it_begins() {
        for (chunks, at) in [
            (vec![&b"ab\xff"[..]], 2),
            (vec![b"ab\xff", b"c"], 2),
            (vec![b"a\xc3", b"a"], 1),
            (vec![b"a", b"\xe2\x82"], 1),
        ] {
            let error = decode(chunks).unwrap_err();
            assert!(error.contains(&format!("byte at {at} ")), "{error}");
        }
    }

    proptest! {
        #[test]
        fn chunks_may_end_anywhere(text in "\\PC{0,40}", size in 1_usize..9) {
            prop_assert_eq!(decode(text.as_bytes().chunks(size)), Ok(text.to_uppercase()));
        }

        #[test]
        fn any_bytes_are_taken_or_rejected_as_a_whole(bytes: Vec<u8>, size in 1_usize..9) {
            let whole = String::from_utf8(bytes.clone()).ok().map(|text| text.to_uppercase());
            prop_assert_eq!(decode(bytes.chunks(size)).ok(), whole);
        }
    }
}
