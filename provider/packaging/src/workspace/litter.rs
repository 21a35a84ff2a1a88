//! Files that no binary is made of, by their names.

use std::path::Path;

use crate::cache;

/// Endings of the files that Terraform and OpenTofu keep in a folder. They rewrite some of them
/// during an apply.
const TERRAFORM: [&str; 10] = [
    ".tf",
    ".tf.json",
    ".tfvars",
    ".tfvars.json",
    ".tofu",
    ".tftest.hcl",
    ".tfstate",
    ".tfstate.backup",
    ".tfstate.lock.info",
    ".terraform.lock.hcl",
];

/// What editors and systems leave in a folder.
const LITTER: [&str; 12] = [
    ".DS_Store",
    ".direnv",
    ".editorconfig",
    ".hg",
    ".idea",
    ".jj",
    ".svn",
    ".terraform",
    ".vs",
    ".vscode",
    "Thumbs.db",
    "desktop.ini",
];

/// Endings of backups and swap files of Vim, Emacs and rustfmt.
const LITTER_ENDINGS: [&str; 5] = ["~", ".swp", ".swo", ".swx", ".rs.bk"];

/// Documents that a package brings along, as their names begin.
const DOCUMENTS: [&str; 4] = ["README", "CHANGELOG", "LICENSE", "LICENCE"];

/// The endings that make such a file a document, and not a module `license.rs`.
const DOCUMENT_ENDINGS: [&str; 6] = ["", "md", "markdown", "txt", "rst", "adoc"];

/// How a plan that Terraform has saved begins: as a zip (PKWARE's APPNOTE, 4.3.7) whose first file
/// has this name.
const PLAN: &[u8] = b"tfplan";

/// Whether Terraform, an editor, the system, git or this crate left the file or folder.
pub(crate) fn is_litter(path: &Path) -> bool {
    let name = name_of(path);
    LITTER.contains(&name.as_str())
        // Git's own files, also the file `.git` of worktrees and submodules, and `.github`.
        || name.starts_with(".git")
        // Emacs' locks and automatic saves.
        || name.starts_with(".#")
        || (name.starts_with('#') && name.ends_with('#'))
        || LITTER_ENDINGS.iter().any(|ending| name.ends_with(ending))
        || TERRAFORM.iter().any(|ending| name.ends_with(ending))
        // `terraform.tfstate.<time>.backup`
        || (name.contains(".tfstate.") && name.ends_with(".backup"))
        || cache::is_ours(path)
}

/// Whether a file is a README, a CHANGELOG or a LICENSE.
pub(crate) fn is_document(path: &Path) -> bool {
    let name = name_of(path).to_uppercase();
    let rest = DOCUMENTS.iter().find_map(|stem| name.strip_prefix(stem));
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        && DOCUMENT_ENDINGS.contains(&ending.to_lowercase().as_str())
}

/// Whether a file is a plan that Terraform has saved. It may have any name, and appears between the
/// plan and its apply.
pub(crate) fn is_terraform_plan(content: &[u8]) -> bool {
    content.starts_with(b"PK\x03\x04") && content.get(30..30 + PLAN.len()) == Some(PLAN)
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_litter_and_documents_from_sources() {
        for litter in [
            ".DS_Store",
            ".git",
            ".github",
            "main.rs~",
            ".main.rs.swp",
            "#a.rs#",
            ".tofu",
            "x.tofu",
        ] {
            assert!(is_litter(Path::new(litter)), "{litter}");
        }
        for document in [
            "README.md",
            "readme",
            "LICENSE-MIT",
            "CHANGELOG.txt",
            "README.de.md",
        ] {
            assert!(is_document(Path::new(document)), "{document}");
        }
        for source in [
            "license.rs",
            "readme_parser.md",
            "main.rs",
            "license.json",
            "gitignore",
        ] {
            let path = Path::new(source);
            assert!(!is_litter(path) && !is_document(path), "{source}");
        }
    }
}
