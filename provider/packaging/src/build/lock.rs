//! One process at a time in a folder.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use crate::cache::cache_folder;
use crate::error::{Error, Result};

/// How often a process that waits looks again. Waiting in the system could not be cancelled.
const RETRY: Duration = Duration::from_millis(100);

/// Holds a folder until it is dropped or its process ends, however that ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Waits until no other process holds the folder.
    pub async fn acquire(folder: &Path) -> Result<Self> {
        cache_folder(folder)?;
        let path = folder.join(".rustlambda-lock");
        let file = File::create(&path).map_err(Error::write(&path))?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(RETRY).await,
                Err(TryLockError::Error(error)) => return Err(Error::write(&path)(error)),
            }
        }
    }
}
