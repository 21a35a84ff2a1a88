//! The files that git tracks, by its index (gitformat-index, versions 2 to 4).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Bytes of an entry before its object name: times, device, inode, mode, owner, size.
const STAT: usize = 40;

/// The lengths of object names: SHA-1 and SHA-256.
const HASHES: [usize; 2] = [20, 32];

/// Returns the paths that a repository tracks, as seen from its folder; none where there is no
/// index, or one of a kind that cannot be read.
pub(crate) fn tracked(repository: &Path) -> BTreeSet<String> {
    let index = std::fs::read(git_dir(repository).join("index")).unwrap_or_default();
    let mut parsed = HASHES.iter().filter_map(|hash| parse(&index, *hash));
    parsed.next().unwrap_or_default()
}

/// Where git keeps its own data: `.git`, or the folder that the file `.git` names.
fn git_dir(repository: &Path) -> PathBuf {
    let own = repository.join(".git");
    let named = std::fs::read_to_string(&own).unwrap_or_default();
    match named.trim_end().strip_prefix("gitdir: ") {
        Some(dir) => repository.join(dir),
        None => own,
    }
}

fn parse(index: &[u8], hash: usize) -> Option<BTreeSet<String>> {
    let header = index.strip_prefix(b"DIRC")?;
    let (version, rest) = number(header)?;
    let (count, mut rest) = number(rest)?;
    let (mut paths, mut path) = (BTreeSet::new(), Vec::new());
    for _ in 0..count {
        let flags = rest.get(STAT + hash..STAT + hash + 2)?;
        let flags = u16::from_be_bytes(flags.try_into().ok()?);
        let (extended, length) = (flags & 0x4000 != 0, usize::from(flags & 0x0fff));
        let start = STAT + hash + if extended { 4 } else { 2 };
        let mut name = rest.get(start..)?;
        if version == 4 {
            let (strip, suffix) = varint(name)?;
            path.truncate(path.len().checked_sub(strip)?);
            name = suffix;
        } else {
            path.clear();
        }
        let end = name.iter().position(|byte| *byte == 0)?;
        path.extend(&name[..end]);
        // The length says whether object names are as long as supposed.
        if length < 0x0fff && length != path.len() {
            return None;
        }
        // Entries before version 4 are padded to multiples of eight bytes.
        let used = start + end;
        rest = match version {
            2 | 3 => rest.get((used / 8 + 1) * 8..)?,
            4 => name.get(end + 1..)?,
            _ => return None,
        };
        paths.insert(String::from_utf8_lossy(&path).into_owned());
    }
    Some(paths)
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u32::from_be_bytes(*number), rest))
}

/// Git's variable-width integer of pack files ("OFS_DELTA" in gitformat-pack).
fn varint(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (mut value, mut rest) = (0_usize, bytes);
    loop {
        let (byte, after) = rest.split_first()?;
        value = value
            .checked_mul(128)?
            .checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some((value, after));
        }
        (value, rest) = (value.checked_add(1)?, after);
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_git_writes_in_every_version_and_object_format() {
        for (format, version) in [
            ("sha1", 2),
            ("sha1", 3),
            ("sha1", 4),
            ("sha256", 2),
            ("sha256", 4),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("folder")).unwrap();
            let long = "long".repeat(50);
            let expected = ["a", "folder/one", "folder/two words", &long];
            for path in expected {
                std::fs::write(folder.path().join(path), "").unwrap();
            }
            for arguments in [
                format!("init -q --object-format={format}"),
                "add .".to_owned(),
                format!("update-index --index-version {version}"),
            ] {
                let mut git = Command::new("git");
                git.args(arguments.split(' ')).current_dir(folder.path());
                assert!(git.status().unwrap().success(), "git {arguments}");
            }
            let found: Vec<_> = tracked(folder.path()).into_iter().collect();
            assert_eq!(found, expected, "{format} {version}");
        }
    }

    proptest! {
        #[test]
        fn reads_any_bytes(version in 0_u8..6, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut index = b"DIRC\0\0\0".to_vec();
            index.extend([version, 0, 0, 0, 3]);
            index.extend(bytes);
            let paths = parse(&index, 20).unwrap_or_default();
            prop_assert!(paths.len() <= 3);
        }
    }
}
