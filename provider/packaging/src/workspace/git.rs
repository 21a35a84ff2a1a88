//! What git ignores and what it tracks, without git.
//!
//! A clone, a worktree, a submodule and an archive without `.git` have the same `.gitignore` files
//! in the workspace's folder and below, so these always apply. Those further up belong to the
//! checkout only where there is a `.git`, and in an archive all that they ignore is missing, except
//! what is tracked all the same. So they apply to untracked files alone. Git's settings of one
//! machine or clone (`core.excludesFile`, `.git/info/exclude`) never matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::workspace::index;
use crate::workspace::read;

/// The `.gitignore` files that apply below one folder.
pub(crate) struct Ignores {
    /// From here down, what is ignored does not count.
    top: PathBuf,
    /// The repository's folder, where rules of it apply from above `top`.
    repository: Option<PathBuf>,
    /// The paths in git's index, as seen from the repository's folder; read when they are needed.
    tracked: Option<BTreeSet<String>>,
    files: BTreeMap<PathBuf, Gitignore>,
}

impl Ignores {
    /// Finds the rules for the package in `dir`, whose workspace is `root`.
    pub fn of(dir: &Path, root: &Path) -> Self {
        let top = if dir.starts_with(root) { root } else { dir };
        let mut ignores = Self {
            top: top.to_owned(),
            repository: None,
            tracked: None,
            files: BTreeMap::new(),
        };
        // A package may itself be ignored, for instance as a checkout below `.terraform`. Then what
        // is said there is not meant for it.
        if ignores.on_the_way(dir, top).is_some() {
            ignores.top = dir.to_owned();
        } else if let Some(repository) = repository_of(top)
            && ignores.on_the_way(top, repository).is_none()
        {
            ignores.repository = Some(repository.to_owned());
        }
        ignores
    }

    /// The `.gitignore` that ignores a file or folder in the package, whose own folder does not.
    pub fn ignored_by(&mut self, path: &Path, is_dir: bool) -> Option<PathBuf> {
        let top = self.top.clone();
        if let Some(found) = self.matched(path, is_dir, &top) {
            return found.ignored.then_some(found.file);
        }
        let repository = self.repository.clone()?;
        let ignored = self.on_the_way(path.parent()?, &repository);
        let ignored = match self.matched(path, is_dir, &repository) {
            Some(found) if found.ignored => Some(found.file),
            _ => ignored,
        };
        ignored.filter(|_| !self.is_tracked(path, &repository))
    }

    /// The `.gitignore` that ignores the folder, or one between it and `top`.
    fn on_the_way(&mut self, dir: &Path, top: &Path) -> Option<PathBuf> {
        let below = dir.ancestors().take_while(|dir| *dir != top);
        let below: Vec<_> = below.filter(|dir| dir.starts_with(top)).collect();
        below.into_iter().find_map(|dir| {
            let found = self.matched(dir, true, top)?;
            found.ignored.then_some(found.file)
        })
    }

    /// What the nearest `.gitignore` in `top` or below says about a path.
    fn matched(&mut self, path: &Path, is_dir: bool, top: &Path) -> Option<Found> {
        let dirs = path
            .ancestors()
            .skip(1)
            .take_while(|dir| dir.starts_with(top));
        for dir in dirs.map(Path::to_owned) {
            let rules = self.files.entry(dir.clone()).or_insert_with(|| rules(&dir));
            let ignored = match rules.matched(path, is_dir) {
                Match::None => continue,
                Match::Ignore(_) => true,
                Match::Whitelist(_) => false,
            };
            let file = dir.join(GITIGNORE);
            return Some(Found { file, ignored });
        }
        None
    }

    /// Whether git tracks the file, or a file in the folder.
    fn is_tracked(&mut self, path: &Path, repository: &Path) -> bool {
        let Ok(within) = path.strip_prefix(repository) else {
            return false;
        };
        let tracked = self
            .tracked
            .get_or_insert_with(|| index::tracked(repository));
        let within = within.to_string_lossy().into_owned();
        let below = within.clone() + "/";
        tracked.contains(&within)
            || tracked
                .range(below.clone()..)
                .next()
                .is_some_and(|next| next.starts_with(&below))
    }
}

/// A rule that matches.
struct Found {
    file: PathBuf,
    ignored: bool,
}

const GITIGNORE: &str = ".gitignore";

/// The rules of one folder's `.gitignore`. Like git, skips lines that are no patterns.
fn rules(dir: &Path) -> Gitignore {
    let path = dir.join(GITIGNORE);
    let text = read::text(&path).unwrap_or_default();
    let mut builder = GitignoreBuilder::new(dir);
    for line in text.lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The folder of the repository that `dir` is checked out in. A worktree and a submodule have a
/// file of this name.
pub(crate) fn repository_of(dir: &Path) -> Option<&Path> {
    dir.ancestors().find(|dir| dir.join(".git").exists())
}
