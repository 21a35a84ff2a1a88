//! Which files a compilation has read, by the file in make's notation that cargo leaves beside an
//! executable ("Build cache" in the Cargo book).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The files on this disk that are in an executable: sources and what they include, of it and of
/// its path dependencies, and what their build scripts watch. Nothing if cargo left no list.
pub(crate) fn of_executable(executable: &Path) -> Vec<PathBuf> {
    let mut list = executable.as_os_str().to_owned();
    list.push(".d");
    std::fs::read_to_string(list).map_or_else(|_| Vec::new(), |text| parse(&text))
}

/// Returns those of `read` that a fingerprint over `known` files does not track. What is in the
/// target folder was made from the rest.
pub(crate) fn untracked(
    read: &[PathBuf],
    known: &BTreeSet<PathBuf>,
    target_dir: &Path,
) -> Vec<PathBuf> {
    let target_dir = target_dir.canonicalize();
    let target_dir = target_dir.as_deref().unwrap_or(Path::new("/nowhere"));
    let is_known = |path: &PathBuf| {
        known.contains(path)
            || path.starts_with(target_dir)
            // A folder that a build script watches.
            || (path.is_dir() && known.iter().any(|file| file.starts_with(path)))
    };
    let present = read.iter().filter_map(|path| path.canonicalize().ok());
    let untracked: BTreeSet<_> = present.filter(|path| !is_known(path)).collect();
    untracked.into_iter().collect()
}

/// Reads `output: file file`, where a space in a name has a backslash before it.
fn parse(text: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for line in text.lines() {
        let Some((_, list)) = line.split_once(": ") else {
            continue;
        };
        let list = list.replace("\\ ", "\0");
        let names = list.split(' ').filter(|name| !name.is_empty());
        files.extend(names.map(|name| PathBuf::from(name.replace('\0', " "))));
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_with_spaces() {
        let text = "/t/api: /a/src/main.rs /a/my\\ notes.txt\n\n/t/lib.rlib: /b/lib.rs\n";
        let expected = ["/a/src/main.rs", "/a/my notes.txt", "/b/lib.rs"].map(PathBuf::from);
        assert_eq!(parse(text), expected);
    }
}
