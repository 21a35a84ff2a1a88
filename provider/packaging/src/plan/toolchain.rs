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
/// `nightly-2026-04-14` do; `stable`, `1.95` and `stable-x86_64-unknown-linux-gnu` do not.
pub(crate) fn is_pinned(name: &str) -> bool {
    let words: Vec<_> = name.split('-').collect();
    let is_date = |date: &[&str]| {
        let lengths = date.iter().map(|word| word.len());
        lengths.eq([4, 2, 2]) && date.iter().all(|word| is_number(word))
    };
    let release = release(name).is_some_and(|release| release.split('.').count() == 3);
    release || words.windows(3).any(is_date)
}

/// Returns the version that a channel's name begins with: `1.95.0` or `1.95`.
pub(crate) fn release(name: &str) -> Option<&str> {
    let release = name.split('-').next()?;
    let numbers = release.contains('.') && release.split('.').all(is_number);
    numbers.then_some(release)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
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
        assert!(is_pinned("1.95.0-x86_64-unknown-linux-gnu"));
        for open in ["1.95", "stable-x86_64-unknown-linux-gnu", "/opt/rust64"] {
            assert!(!is_pinned(open), "{open}");
        }
    }
}
