//! The zip, byte for byte the same wherever it is written.

use std::collections::BTreeMap;
use std::io::Write as _;

use libdeflater::{CompressionLvl, Compressor};
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter};

/// libdeflate's level. The compressor, its version and the level together fix the bytes. Level 9 takes
/// about the time of zlib's default level and gives less than zlib's best; 10 to 12 save another 3 %
/// and take two to five times as long.
const LEVEL: i32 = 9;

/// A file of the zip.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub content: Vec<u8>,
    pub executable: bool,
}

/// Writes the entries, sorted by path. There are no times in it (readers show the zip calendar's
/// first day), and the only permissions are `rwxr-xr-x` and `rw-r--r--`, which Lambda needs to read
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
