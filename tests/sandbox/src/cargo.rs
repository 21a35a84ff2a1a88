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
        .env("CARGO_TARGET_DIR", project.target())
        // Though nobody watches a terminal.
        .envs([
            ("CARGO_TERM_PROGRESS_WHEN", "always"),
            ("CARGO_TERM_PROGRESS_WIDTH", "80"),
        ]);
    process::run(&mut command, &project.log(log), |line| {
        match built(line) {
            Some(count) => progress(&format!("compiling {count}")),
            None => progress(line.trim()),
        }
        on_line(line);
    })
}

/// Reads `12/340: serde` from a line such as `Building [==>   ] 12/340: serde`.
fn built(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("Building [")?;
    Some(rest.split_once("] ")?.1)
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
        assert_eq!(built("   Compiling serde v1.0.0"), None);
    }
}
