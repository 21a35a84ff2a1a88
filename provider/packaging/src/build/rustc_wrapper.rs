//! Packages outside of the workspace's folder, `{ path = "../shared" }`.
//!
//! Cargo tells rustc of them by absolute paths: in file names, which a flag can remap, and in the
//! number that keeps symbols of equally named crates apart (`-C metadata`), which is hashed from the
//! package's absolute path (`SourceId::stable_hash` in cargo's sources) and ends in the names of
//! their symbols and of all who use them. Two checkouts would give two binaries. So rustc is called
//! through a script that gives the packages on this disk numbers of their places in the checkout.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::cache;
use crate::error::Result;
use crate::plan::settings::Places;

/// Where the script lies in the target folder.
const SCRIPT: &str = ".rustlambda-rustc";

/// What cargo is to start instead of rustc (`RUSTC_WRAPPER`). `inner` is what it would start
/// otherwise, if not rustc.
pub(crate) fn wrapper(target_dir: &Path, places: &Places, inner: Option<&str>) -> Result<PathBuf> {
    let path = target_dir.join(SCRIPT);
    cache::replace(&path, script(places, inner).as_bytes(), 0o755)?;
    Ok(path)
}

fn script(places: &Places, inner: Option<&str>) -> String {
    let start = inner.map_or_else(String::new, |inner| format!("{} ", quoted(inner)));
    let mut cases = String::new();
    for (dir, place) in places {
        let (dir, place) = (quoted(&dir.to_string_lossy()), quoted(place));
        // Writing to a string cannot fail.
        let _ = writeln!(cases, "  {dir}) place={place} ;;");
    }
    format!(
        r#"#!/bin/sh
# Written by rustlambda: names crates by their places in the checkout, and not on this disk.
[ -n "$CARGO_MANIFEST_DIR" ] || exec {start}"$@"
case $(cd -P -- "$CARGO_MANIFEST_DIR" && pwd -P) in
{cases}  *) exec {start}"$@" ;;
esac
id="$place $CARGO_PKG_NAME $CARGO_PKG_VERSION"
previous=
for argument; do
  case $previous$argument in feature=* | --target*) id="$id $argument" ;; esac
  previous=
  [ "$argument" = --target ] && previous=$argument
done
for argument; do
  shift
  case $argument in metadata=*) argument="metadata=$id" ;; esac
  set -- "$@" "$argument"
done
exec {start}"$@"
"#
    )
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn run(places: &Places, inner: Option<&str>, manifest_dir: &Path) -> String {
        let folder = tempfile::tempdir().unwrap();
        let script = wrapper(folder.path(), places, inner).unwrap();
        let output = Command::new(script)
            .args([
                "printf",
                "[%s]",
                "-C",
                "metadata=0123",
                "--cfg",
                "feature=\"a b\"",
                "--target",
                "arm",
                "it's",
            ])
            .env("CARGO_MANIFEST_DIR", manifest_dir)
            .env("CARGO_PKG_NAME", "shared")
            .env("CARGO_PKG_VERSION", "1.2.3")
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn only_the_number_of_a_package_on_this_disk_is_another() {
        let folder = tempfile::Builder::new().prefix("it's ").tempdir().unwrap();
        let dir = folder.path().canonicalize().unwrap();
        let places = Places::from([(dir.clone(), "../it's".to_owned())]);
        let renamed = "[-C][metadata=../it's shared 1.2.3 feature=\"a b\" --target arm][--cfg][feature=\"a b\"][--target][arm][it's]";
        assert_eq!(run(&places, None, &dir), renamed);
        assert_eq!(run(&places, Some("/usr/bin/env"), &dir), renamed);
        let other = "[-C][metadata=0123][--cfg][feature=\"a b\"][--target][arm][it's]";
        assert_eq!(run(&places, None, Path::new("/")), other);
        assert_eq!(run(&places, None, Path::new("")), other);
    }
}
