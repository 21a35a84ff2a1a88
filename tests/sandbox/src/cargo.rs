//! Runs cargo on this workspace and says how far it is.

use std::process::Command;

use anyhow::Result;

use crate::{
    Progress,
    process::{self, Finished},
    project::Project,
};

/// Runs `cargo` with `args` at the workspace's root.
///
/// The progress hears cargo's own count while it compiles, and every other line as it
/// comes; so does `on_line`. The log is named `log`.
pub fn run(
    project: &Project,
    log: &str,
    args: &[&str],
    progress: Progress,
    mut on_line: impl FnMut(&str),
) -> Result<Finished> {
    let mut command = Command::new("cargo");
    command
        .args(args)
        .current_dir(project.root())
        // Though nobody watches a terminal.
        .envs([
            ("CARGO_TERM_PROGRESS_WHEN", "always"),
            ("CARGO_TERM_PROGRESS_WIDTH", "80"),
        ]);
    process::run(&mut command, &project.log(log), |line| {
        match built(line) {
            Some(count) => progress(&format!("compiling {count}")),
            // Says less than the count that comes with it.
            None if line.trim_start().starts_with("Compiling ") => {}
            None => progress(line.trim()),
        }
        on_line(line);
    })
}

/// Reads `12/340: serde` from cargo's bar, `Building [==>   ] 12/340: serde`, of which the first
/// word may be missing.
fn built(line: &str) -> Option<&str> {
    let (bar, count) = line.split_once("] ")?;
    let is_count = count.starts_with(|c: char| c.is_ascii_digit()) && count.contains('/');
    (bar.contains("[=") && is_count).then(|| count.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_how_far_it_is() {
        assert_eq!(
            built("    Building [====>    ] 12/340: serde, syn"),
            Some("12/340: serde, syn")
        );
        assert_eq!(built("[=======> ] 213/214: notes"), Some("213/214: notes"));
        assert_eq!(built("   Compiling serde v1.0.0"), None);
        assert_eq!(built("test decodes[1] ... ok"), None);
    }
}
