//! The zip, byte for byte the same wherever it is written.

use std::collections::BTreeMap;
use std::io::Write as _;

use libdeflater::{CompressionLvl, Compressor};
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter};

/// libdeflate's level. The compressor, its version and the level together fix the bytes. Level 9 takes
/// about the time of zlib's default level and gives less than zlib's best; 10 to 12 save another 3 %
/// and take two to five times as long.
const LEVEL: i32 = 9;

/// The time of every file, in seconds since 1970: the first day of the zip calendar, 1980-01-01.
/// Without one, the date would be the zeroth of the zeroth month, at which some readers fail.
const TIME: i64 = 315_532_800;

/// A file of the zip.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub content: Vec<u8>,
    pub executable: bool,
}

/// Writes the entries, sorted by path. All have one time, and the only permissions are `rwxr-xr-x` and `rw-r--r--`, which Lambda needs to read
/// the files as another user.
pub(crate) fn zip(entries: &BTreeMap<String, Entry>) -> Result<Vec<u8>, rawzip::Error> {
    let mut archive = ZipArchiveWriter::new(Vec::new());
    for (path, entry) in entries {
        let compressed = deflate(&entry.content);
        // What does not get smaller (images, fonts) is stored as it is.
        let (method, data) = match &compressed {
            Some(compressed) => (CompressionMethod::DEFLATE, compressed),
            None => (CompressionMethod::STORE, &entry.content),
        };
        let mode = if entry.executable { 0o755 } else { 0o644 };
        let (mut writer, _) = archive
            .new_file(path.as_str())
            .compression_method(method)
            .unix_permissions(mode)
            .last_modified(UtcDateTime::from_unix(TIME))
            .start()?;
        writer.write_all(data)?;
        writer.finish(DataDescriptorOutput::new(
            libdeflater::crc32(&entry.content),
            entry.content.len() as u64,
        ))?;
    }
    archive.finish()
}

/// Compresses, if that makes it smaller.
fn deflate(content: &[u8]) -> Option<Vec<u8>> {
    let mut compressor = Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default());
    let mut compressed = vec![0; content.len()];
    // The buffer is as large as the content, so whatever fits is no larger.
    let length = compressor.deflate_compress(content, &mut compressed).ok()?;
    compressed.truncate(length);
    (length < content.len()).then_some(compressed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_a_date_that_exists() {
        let entry = Entry {
            content: b"hello".to_vec(),
            executable: true,
        };
        let zip = zip(&BTreeMap::from([("bootstrap".to_owned(), entry)])).unwrap();
        // APPNOTE 4.3.7 and MS-DOS: day 1, month 1 in the fifth bit, year 0 after 1980.
        let (time, date) = (&zip[10..12], &zip[12..14]);
        assert_eq!((time, date), (&[0, 0][..], &[1 | 1 << 5, 0][..]));
    }
}
