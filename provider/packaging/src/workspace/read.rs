//! Reads cargo's own files, whose size nobody has checked before.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use crate::error::{Error, Result};

/// The most that a manifest, a lock file or a configuration may hold, in bytes. The largest lock
/// files of public repositories have less than 1 MiB.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Reads a manifest, a lock file or a configuration. Fails for what is no regular file (a device
/// never ends) and for what is larger than any such file.
pub(crate) fn text(path: &Path) -> Result<String> {
    let refused = |reason: &str| Error::unparseable(path)(reason);
    let metadata = path.metadata().map_err(Error::read(path))?;
    if !metadata.is_file() {
        return Err(refused("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Error::read(path))?;
    let read = file.take(LIMIT + 1).read_to_end(&mut bytes);
    if read.map_err(Error::read(path))? as u64 > LIMIT {
        return Err(refused("it is larger than 16 MiB"));
    }
    String::from_utf8(bytes).map_err(|_| refused("it is not UTF-8"))
}

/// Reads a file as [`text`] does; `None` where there is none.
pub(crate) fn text_if_present(path: &Path) -> Result<Option<String>> {
    match text(path) {
        Err(Error::Read { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}
