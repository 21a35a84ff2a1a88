//! The further files of a zip.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::Serialize;
use walkdir::WalkDir;

use crate::checksum::Checksum;
use crate::error::{Error, Result};
use crate::workspace::files::portable;

/// The name that Lambda's provided runtimes start.
pub(crate) const BOOTSTRAP: &str = "bootstrap";

/// One file of the zip that is not the executable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Asset {
    #[serde(skip)]
    pub source: PathBuf,
    sha256: Checksum,
    /// Whether someone may execute it on this disk, and so may the function.
    pub executable: bool,
}

/// Checks requested assets and lists their files: path in the zip → file.
pub(crate) fn collect(requested: &BTreeMap<String, PathBuf>) -> Result<BTreeMap<String, Asset>> {
    let mut files = BTreeMap::new();
    for (path, source) in requested {
        check_path(path)?;
        let metadata = std::fs::metadata(source)
            .map_err(|error| asset_error(path, format!("{}: {error}", source.display())))?;
        if metadata.is_dir() {
            collect_folder(path, source, &mut files)?;
        } else {
            let folder = source.parent().filter(|folder| *folder != Path::new(""));
            check_link(path, source, folder.unwrap_or(Path::new(".")))?;
            insert(path.clone(), source, &mut files)?;
        }
    }
    for path in files.keys() {
        let mut above = Path::new(path).ancestors().skip(1).filter_map(Path::to_str);
        if let Some(file) = above.find(|above| files.contains_key(*above)) {
            let reason = format!(
                "the asset `{file}` is a file, and this path makes it a folder. Rename one of the two."
            );
            return Err(asset_error(path, reason));
        }
    }
    Ok(files)
}

/// Refuses a link that leads out of a folder.
fn check_link(path: &str, source: &Path, folder: &Path) -> Result<()> {
    let top = std::fs::canonicalize(folder).map_err(Error::read(folder))?;
    let real = std::fs::canonicalize(source).map_err(Error::read(source))?;
    if real.starts_with(&top) {
        return Ok(());
    }
    let reason = format!(
        "{} is a link to {}, outside of {}. Copy the file there.",
        source.display(),
        real.display(),
        top.display()
    );
    Err(asset_error(path, reason))
}

fn collect_folder(path: &str, source: &Path, files: &mut BTreeMap<String, Asset>) -> Result<()> {
    let top = std::fs::canonicalize(source).map_err(Error::read(source))?;
    for entry in WalkDir::new(&top).follow_links(true).sort_by_file_name() {
        let entry = entry.map_err(|error| asset_error(path, error.to_string()))?;
        check_link(path, entry.path(), &top)?;
        if entry.file_type().is_file() {
            let within = entry.path().strip_prefix(&top).unwrap_or(entry.path());
            insert(format!("{path}/{}", portable(within)), entry.path(), files)?;
        }
    }
    Ok(())
}

fn insert(path: String, source: &Path, files: &mut BTreeMap<String, Asset>) -> Result<()> {
    let asset = Asset {
        source: source.to_owned(),
        sha256: Checksum::of_file(source)?,
        executable: is_executable(source)?,
    };
    match files.insert(path.clone(), asset) {
        None => Ok(()),
        Some(_) => Err(asset_error(
            &path,
            "another asset has the same path. Leave one out.".to_owned(),
        )),
    }
}

/// A path in the zip is relative, written with `/`, without `.` and `..`, and none that the zip has
/// already.
fn check_path(path: &str) -> Result<()> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let canonical = !path.is_empty() && !path.split('/').any(|part| part.is_empty() || part == ".");
    if !plain || !canonical || path.contains(['\\', '\0']) {
        let reason = "a path in the zip is relative, separated by /, and has no `.`, `..` or \\. Write it like `config/app.toml`.";
        return Err(asset_error(path, reason.to_owned()));
    }
    if path == BOOTSTRAP || path.starts_with("bootstrap/") {
        return Err(asset_error(
            path,
            "this is the place of the executable. Choose another path.".to_owned(),
        ));
    }
    Ok(())
}

fn asset_error(path: &str, reason: String) -> Error {
    Error::Asset {
        path: path.to_owned(),
        reason,
    }
}

fn is_executable(path: &Path) -> Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = std::fs::metadata(path).map_err(Error::read(path))?;
    Ok(metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &str, source: &Path) -> String {
        collect(&BTreeMap::from([(path.to_owned(), source.to_owned())]))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn refuses_paths_that_leave_the_zip_or_take_the_place_of_the_executable() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for path in [
            "../a",
            "/a",
            "a/../b",
            "a//b",
            "./a",
            "",
            "a/",
            "a\\b",
            "a\0",
            "bootstrap",
        ] {
            let message = refusal(path, file.path());
            assert!(
                message.contains("cannot be packaged"),
                "{path:?}: {message}"
            );
        }
    }

    #[test]
    fn refuses_links_out_of_a_folder_and_follows_those_within() {
        let outside = tempfile::NamedTempFile::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("real"), "1").unwrap();
        std::os::unix::fs::symlink("real", folder.path().join("link")).unwrap();
        let requested = BTreeMap::from([("static".to_owned(), folder.path().to_owned())]);
        let paths: Vec<_> = collect(&requested).unwrap().into_keys().collect();
        assert_eq!(paths, ["static/link", "static/real"]);
        std::os::unix::fs::symlink(outside.path(), folder.path().join("out")).unwrap();
        assert!(refusal("static", folder.path()).contains("outside of"));
        assert!(refusal("one", &folder.path().join("out")).contains("outside of"));
        let within = BTreeMap::from([("one".to_owned(), folder.path().join("link"))]);
        assert_eq!(collect(&within).unwrap().len(), 1);
    }

    #[test]
    fn refuses_a_file_that_another_path_makes_a_folder() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let source = file.path().to_owned();
        let requested = ["a", "a-b", "a/b"].map(|path| (path.to_owned(), source.clone()));
        let error = collect(&requested.into()).unwrap_err().to_string();
        assert_eq!(
            error,
            "The asset `a/b` cannot be packaged: the asset `a` is a file, and this path makes it a folder. Rename one of the two."
        );
    }
}
