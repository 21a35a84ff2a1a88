//! The files that Rust sources name, wherever they lie: `include_str!`, `include_bytes!`,
//! `include!` and `#[path]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::workspace::lexer::{Token, tokens};

/// How a source names a file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reference {
    /// Its content becomes a constant.
    Data(PathBuf),
    /// It is compiled as a part of the source.
    Code(PathBuf),
    /// A module in a file of its own.
    Module(String),
}

/// Returns the files that the counted `sources` include, directly or by what they include, and that
/// are not counted yet. Leaves out what does not exist, or lies neither in `root` nor in the
/// package's folder.
pub(crate) fn included(
    sources: &BTreeMap<String, PathBuf>,
    package_dir: &Path,
    root: &Path,
) -> Result<BTreeSet<PathBuf>> {
    let mut found: BTreeSet<PathBuf> = sources.values().cloned().collect();
    let rust = sources.values().filter(|path| is_rust(path));
    // Modules of counted files are counted already, by the folder that they lie in.
    let mut open: Vec<(PathBuf, bool)> = rust.map(|path| (path.clone(), false)).collect();
    while let Some((source, follow_modules)) = open.pop() {
        let text = std::fs::read(&source).map_err(Error::read(&source))?;
        for reference in references(&String::from_utf8_lossy(&text), package_dir) {
            if matches!(reference, Reference::Module(_)) && !follow_modules {
                continue;
            }
            for candidate in candidates(&source, &reference) {
                let Some(file) = existing(&candidate) else {
                    continue;
                };
                let within = file.starts_with(root) || file.starts_with(package_dir);
                if within && found.insert(file.clone()) && !matches!(reference, Reference::Data(_))
                {
                    open.push((file, true));
                }
            }
        }
    }
    found.retain(|file| !sources.values().any(|source| source == file));
    Ok(found)
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "rs")
}

/// Where a file of that name may be, seen from the source that names it ("Module source filenames"
/// in the Rust Reference).
fn candidates(source: &Path, reference: &Reference) -> Vec<PathBuf> {
    let dir = source.parent().unwrap_or(Path::new("/"));
    match reference {
        Reference::Data(path) | Reference::Code(path) => vec![dir.join(path)],
        Reference::Module(name) => {
            let dirs = [dir.to_owned(), source.with_extension("")];
            let files = |dir: &PathBuf| {
                [
                    dir.join(format!("{name}.rs")),
                    dir.join(name).join("mod.rs"),
                ]
            };
            dirs.iter().flat_map(files).collect()
        }
    }
}

/// The file without `..` and without links on the way, if it is there.
fn existing(path: &Path) -> Option<PathBuf> {
    let dir = path.parent()?.canonicalize().ok()?;
    let file = dir.join(path.file_name()?);
    file.is_file().then_some(file)
}

/// Finds what a source names.
fn references(source: &str, package_dir: &Path) -> Vec<Reference> {
    let tokens: Vec<_> = tokens(source).collect();
    let (mut found, mut attribute) = (Vec::new(), 0_usize);
    for (index, token) in tokens.iter().enumerate() {
        let rest = &tokens[index + 1..];
        match (token, rest) {
            (Token::Mark('#'), [Token::Mark('['), ..]) if attribute == 0 => attribute = 1,
            (Token::Mark('['), _) if attribute > 0 && !opens_attribute(&tokens, index) => {
                attribute += 1;
            }
            (Token::Mark(']'), _) => attribute = attribute.saturating_sub(1),
            (Token::Word("path"), [Token::Mark('='), Token::Text(path), ..]) if attribute > 0 => {
                found.push(Reference::Code(path.into()));
            }
            (Token::Word("mod"), [Token::Word(name), Token::Mark(';'), ..]) => {
                found.push(Reference::Module((*name).to_owned()));
            }
            (Token::Word("include"), _) => {
                found.extend(argument(rest, package_dir).map(Reference::Code));
            }
            (Token::Word("include_str" | "include_bytes"), _) => {
                found.extend(argument(rest, package_dir).map(Reference::Data));
            }
            _ => (),
        }
    }
    found
}

fn opens_attribute(tokens: &[Token<'_>], index: usize) -> bool {
    index > 0 && tokens[index - 1] == Token::Mark('#')
}

/// The path in `!("path")`, or in `!(concat!(env!("CARGO_MANIFEST_DIR"), "/path"))`.
fn argument(tokens: &[Token<'_>], package_dir: &Path) -> Option<PathBuf> {
    let tokens = bracketed(tokens)?;
    match tokens {
        [Token::Text(path), ..] => Some(path.into()),
        [Token::Word("concat"), rest @ ..] => concatenated(bracketed(rest)?, package_dir),
        // `std::concat!`
        [
            Token::Word(_),
            Token::Mark(':'),
            Token::Mark(':'),
            Token::Word("concat"),
            rest @ ..,
        ] => concatenated(bracketed(rest)?, package_dir),
        _ => None,
    }
}

/// What follows the `!` of a macro's call and its opening bracket.
fn bracketed<'t, 's>(tokens: &'t [Token<'s>]) -> Option<&'t [Token<'s>]> {
    match tokens {
        [Token::Mark('!'), Token::Mark('(' | '[' | '{'), rest @ ..] => Some(rest),
        _ => None,
    }
}

/// Joins the texts of `concat!`. Of variables, only the package's folder is known.
fn concatenated(mut tokens: &[Token<'_>], package_dir: &Path) -> Option<PathBuf> {
    let mut path = String::new();
    loop {
        tokens = match tokens {
            [Token::Text(text), rest @ ..] => {
                path.push_str(text);
                rest
            }
            [Token::Word("env"), rest @ ..] => {
                let [Token::Text(name), Token::Mark(_), rest @ ..] = bracketed(rest)? else {
                    return None;
                };
                path.push_str(
                    package_dir
                        .to_str()
                        .filter(|_| name == "CARGO_MANIFEST_DIR")?,
                );
                rest
            }
            [Token::Mark(','), rest @ ..] => rest,
            [Token::Mark(')' | ']' | '}'), ..] => return Some(path.into()),
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn named(source: &str) -> Vec<Reference> {
        references(source, Path::new("/p"))
    }

    #[test]
    fn finds_every_form_of_include() {
        let code = |path: &str| Reference::Code(path.into());
        let data = |path: &str| Reference::Data(path.into());
        for (source, expected) in [
            (
                "#![doc = include_str!(\"../README.md\")]",
                data("../README.md"),
            ),
            (
                "const A: &[u8] = core::include_bytes! [ r\"a.bin\" , ];",
                data("a.bin"),
            ),
            (
                "include!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/x.rs\"));",
                code("/p/x.rs"),
            ),
            ("include_str!(std::concat!(\"a\", \"/b\",));", data("a/b")),
            (
                "#[cfg(unix)] #[path = \"unix.rs\"] mod os { }",
                code("unix.rs"),
            ),
            ("#[cfg_attr(all(x, y), path = \"z.rs\")]", code("z.rs")),
            (
                "#[cfg(test)] pub(crate) mod tests;",
                Reference::Module("tests".to_owned()),
            ),
        ] {
            assert_eq!(named(source), [expected], "{source}");
        }
    }

    #[test]
    fn finds_nothing_in_comments_texts_and_unknown_folders() {
        for source in [
            "// include_str!(\"a\")",
            "/* #[path = \"a\"] */",
            "let text = \"include_str!(\\\"a\\\")\";",
            "include!(concat!(env!(\"OUT_DIR\"), \"/a.rs\"));",
            "include_str!($path);",
            "#[derive(Debug)] struct A { path: u8 } fn f() { let path = \"a\"; }",
            "let include = \"a\";",
        ] {
            assert_eq!(named(source), [], "{source}");
        }
    }

    proptest! {
        #[test]
        fn reads_any_text(source in "(include_str|!|\\(|\\[|#|\\]|concat|env|\"[a-z]*\"|path|=|,|mod|;|.){0,40}") {
            // More references than words would be invented.
            prop_assert!(named(&source).len() <= source.len());
        }
    }
}
