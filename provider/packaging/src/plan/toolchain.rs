//! Which Rust toolchain a workspace asks for, in its `rust-toolchain.toml`.

use std::path::Path;

use toml::{Table, Value};

/// Reads the toolchain's name as rustup knows it: a channel, or the folder of a toolchain. None
/// where the file names only components or targets.
pub(crate) fn name(file: &str, workspace_root: &Path) -> Option<String> {
    let Ok(table) = file.parse::<Table>() else {
        // The old form: nothing but the channel.
        return Some(file.trim().to_owned()).filter(|name| !name.is_empty());
    };
    let text = |key: &str| table.get("toolchain")?.get(key).and_then(Value::as_str);
    let path = text("path").map(|path| workspace_root.join(path).to_string_lossy().into_owned());
    text("channel").map(str::to_owned).or(path)
}

/// Whether a channel's name stands for the same compiler tomorrow: `1.95.0` and
/// `nightly-2026-04-14` do, `stable` does not.
pub(crate) fn is_pinned(name: &str) -> bool {
    name.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_forms_of_the_file() {
        let read = |file| name(file, Path::new("/w"));
        assert_eq!(read("1.95.0\n").as_deref(), Some("1.95.0"));
        assert_eq!(
            read("[toolchain]\nchannel = \"stable\"\n").as_deref(),
            Some("stable")
        );
        assert_eq!(
            read("[toolchain]\npath = \"rust\"\n").as_deref(),
            Some("/w/rust")
        );
        assert_eq!(read("[toolchain]\ntargets = [\"x\"]\n"), None);
        assert!(is_pinned("1.95.0") && is_pinned("nightly-2026-04-14") && !is_pinned("stable"));
    }
}
