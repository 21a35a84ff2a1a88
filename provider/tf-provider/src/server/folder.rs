//! The folder of a provider's socket, and those that killed providers left behind.
//!
//! An abstract socket would leave nothing, but only Linux has them, and they have no permissions.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, fstat, openat, statat, unlinkat};
use rustix::process::geteuid;
use tempfile::TempDir;

const PREFIX: &str = "tf-provider-";
const SOCKET: &str = "s";

/// A folder of mode 0700 for one socket, removed when it is dropped.
pub struct Folder {
    folder: TempDir,
    /// The kernel releases it however the process ends: what is not locked is stale.
    _lock: Option<File>,
}

impl Folder {
    /// Creates one, and removes those of this user whose providers are dead.
    pub fn create_in(parent: &Path) -> io::Result<Self> {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            if entry
                .file_name()
                .as_encoded_bytes()
                .starts_with(PREFIX.as_bytes())
            {
                // The next provider tries again.
                let _ = remove_stale(&entry.path());
            }
        }
        let folder = tempfile::Builder::new()
            .prefix(PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)?;
        let lock = File::open(folder.path())?;
        // A file system without locks keeps everybody from removing it.
        let lock = lock.lock().is_ok().then_some(lock);
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// The path for the socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join(SOCKET)
    }
}

/// Removes a folder of this user that nobody has locked, with the socket in it. A folder without a
/// socket stays: its provider may be about to lock it.
fn remove_stale(path: &Path) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = File::from(openat(CWD, path, flags, Mode::empty())?);
    if fstat(&folder)?.st_uid != geteuid().as_raw() || folder.try_lock().is_err() {
        return Ok(());
    }
    let socket = statat(&folder, SOCKET, AtFlags::SYMLINK_NOFOLLOW)?;
    if FileType::from_raw_mode(socket.st_mode) == FileType::Socket {
        unlinkat(&folder, SOCKET, AtFlags::empty())?;
        fs::remove_dir(path)?;
    }
    Ok(())
}
