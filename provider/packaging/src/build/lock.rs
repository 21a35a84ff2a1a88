//! One process at a time in a folder.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::cache::cache_folder;
use crate::error::{Error, Result};

/// How often a process that waits looks again. Waiting in the system could not be cancelled.
const RETRY: Duration = Duration::from_millis(100);

/// How long a folder stays in which nobody compiles. Each set of settings has one of a gigabyte and
/// more, so that they would fill a disk; who comes back later compiles again.
const UNUSED: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The file that is locked. Its time of modification says when the folder was last used.
const FILE: &str = ".rustlambda-lock";

/// Holds a folder until it is dropped or its process ends, however that ends.
#[derive(Debug)]
pub(crate) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Waits until no other process holds the folder. Removes its unused siblings.
    pub async fn acquire(folder: &Path) -> Result<Self> {
        cache_folder(folder)?;
        let path = folder.join(FILE);
        let file = File::create(&path).map_err(Error::write(&path))?;
        let now = file.set_modified(SystemTime::now());
        now.map_err(Error::write(&path))?;
        prune(folder);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(RETRY).await,
                Err(TryLockError::Error(error)) => return Err(Error::write(&path)(error)),
            }
        }
    }
}

/// Removes the folders beside this one that nobody has used for long, and nobody holds.
fn prune(folder: &Path) {
    let siblings = folder.parent().and_then(|parent| parent.read_dir().ok());
    for sibling in siblings.into_iter().flatten().flatten() {
        let Ok(file) = File::open(sibling.path().join(FILE)) else {
            continue;
        };
        let used = file.metadata().and_then(|metadata| metadata.modified());
        let unused = used.is_ok_and(|time| time.elapsed().is_ok_and(|age| age > UNUSED));
        if unused && file.try_lock().is_ok() {
            // What cannot be removed now is tried again by the next compilation.
            let _ = std::fs::remove_dir_all(sibling.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn folders_that_nobody_uses_are_removed() {
        let parent = tempfile::tempdir().unwrap();
        let folder = |name: &str| parent.path().join(name);
        let age = |name: &str| {
            let file = File::options().write(true).open(folder(name).join(FILE));
            let time = SystemTime::now() - UNUSED - Duration::from_secs(60);
            file.unwrap().set_modified(time).unwrap();
        };
        let held = FolderLock::acquire(&folder("held")).await.unwrap();
        for name in ["unused", "recent", "used"] {
            FolderLock::acquire(&folder(name)).await.unwrap();
        }
        std::fs::create_dir(folder("strange")).unwrap();
        ["held", "unused", "used"].iter().for_each(|name| age(name));
        // A process that another test starts holds a copy of each open lock until it executes its
        // program. What is held so is removed by a later compilation.
        for _ in 0..500 {
            FolderLock::acquire(&folder("used")).await.unwrap();
            if !folder("unused").exists() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let left = ["held", "unused", "recent", "used", "strange"];
        assert_eq!(
            left.map(|name| folder(name).exists()),
            [true, false, true, true, true]
        );
        drop(held);
    }
}
