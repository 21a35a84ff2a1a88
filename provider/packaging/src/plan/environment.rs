//! The whole environment of cargo: what the request declares, and what of the caller's cannot
//! change the result.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::Path;

use crate::error::{Error, Result};

/// Variables that say where programs and caches lie, and how servers are reached. Build scripts see
/// them too, for some download.
const PLACES: [&str; 21] = [
    "ALL_PROXY",
    "CARGO_BUILD_JOBS",
    "CURL_CA_BUNDLE",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NIX_SSL_CERT_FILE",
    "NO_PROXY",
    "PATH",
    "RUSTUP_AUTO_INSTALL",
    "RUSTUP_DIST_SERVER",
    "RUSTUP_HOME",
    "RUSTUP_UPDATE_ROOT",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// What the names of cargo's settings of registries and the network begin with.
const REGISTRIES: [&str; 4] = [
    "CARGO_HTTP_",
    "CARGO_NET_",
    "CARGO_REGISTRIES_",
    "CARGO_REGISTRY_",
];

/// What the names begin with of the variables by which git and ssh log in.
const LOGIN: [&str; 6] = [
    "GIT_ASKPASS",
    "GIT_CONFIG_",
    "GIT_SSH",
    "GIT_SSL_",
    "SSH_A",
    "GIT_TERMINAL_PROMPT",
];

/// What the names begin with of the variables by which those programs log in that cargo and git
/// start for a registry's or a repository's password: the AWS command line for CodeArtifact and
/// CodeCommit ("Configure and use Cargo with CodeArtifact" in the AWS documentation), GitHub's, and
/// the desktop's secret service.
const HELPERS: [&str; 6] = [
    "AWS_",
    "CARGO_CREDENTIAL_ALIAS_",
    "DBUS_SESSION_BUS_ADDRESS",
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "XDG_CONFIG_HOME",
];

/// What one variable may have in bytes, with its name, `=` and the final NUL: `MAX_ARG_STRLEN` of
/// Linux, 32 pages of 4 KiB (execve(2), "Limits on size of arguments and environment").
const MAX_VARIABLE: usize = 128 * 1024;

/// Variables that reach the tools and do not count.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Passed {
    /// For every process.
    pub always: BTreeMap<String, OsString>,
    /// For the process that downloads dependencies: credentials, which no build script sees.
    pub fetching: BTreeMap<String, OsString>,
}

/// Shows names alone: some values are credentials.
impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passed")
            .field("always", &self.always.keys())
            .field("fetching", &self.fetching.keys())
            .finish()
    }
}

impl Passed {
    /// Takes what is let through of the caller's environment, and of what the request declares,
    /// which wins. What counts of the latter stays there.
    pub fn take(
        caller: impl Iterator<Item = (OsString, OsString)>,
        declared: &mut BTreeMap<String, String>,
    ) -> Self {
        let mut passed = Self::default();
        for (name, value) in caller {
            let Ok(name) = name.into_string() else {
                continue;
            };
            if !passed.add(name.clone(), value.clone())
                && HELPERS.iter().any(|helper| name.starts_with(helper))
            {
                passed.fetching.insert(name, value);
            }
        }
        let is_wrapper = declared
            .get("RUSTC_WRAPPER")
            .is_some_and(|path| is_cache(path));
        declared.retain(|name, value| {
            // A PATH that is declared names the tools.
            let counts = name == "PATH" || !passed.add(name.clone(), value.clone().into());
            let cache = name.starts_with("SCCACHE_") || (name == "RUSTC_WRAPPER" && is_wrapper);
            if cache {
                passed.always.insert(name.clone(), value.clone().into());
            }
            counts && !cache
        });
        passed
    }

    /// Adds a variable, if it is one of those that do not count.
    fn add(&mut self, name: String, value: OsString) -> bool {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
        let registry = begins(&REGISTRIES);
        let secret = name.ends_with("_TOKEN") || name.ends_with("_SECRET_KEY");
        if PLACES.contains(&name.as_str()) || (registry && !secret) {
            self.always.insert(name, value);
        } else if registry || begins(&LOGIN) {
            self.fetching.insert(name, value);
        } else {
            return false;
        }
        true
    }
}

/// The variables by which a declared environment puts another program in rustc's place.
pub(crate) fn compilers(declared: &BTreeMap<String, String>) -> Vec<String> {
    let names = ["RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"].into_iter();
    let names = names.flat_map(|name| [name.to_owned(), format!("CARGO_BUILD_{name}")]);
    names.filter(|name| declared.contains_key(name)).collect()
}

/// Whether a wrapper of rustc gives the same results as rustc.
fn is_cache(wrapper: &str) -> bool {
    Path::new(wrapper)
        .file_name()
        .is_some_and(|name| name == "sccache")
}

/// Refuses variables that no process can be given.
pub(crate) fn check(declared: &BTreeMap<String, String>) -> Result<()> {
    for (name, value) in declared {
        let reason = if name.is_empty() {
            "a name may not be empty"
        } else if name.contains('=') {
            "a name may not contain `=`. Write `NAME = \"value\"`"
        } else if name.contains('\0') || value.contains('\0') {
            "neither name nor value may contain a NUL character"
        } else if name.len() + value.len() + 2 > MAX_VARIABLE {
            "name and value together may have 128 KiB, the most that Linux gives a process. Put the value into a file"
        } else {
            continue;
        };
        return Err(Error::Environment {
            name: name.chars().take(60).collect(),
            reason,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(
        caller: &[(&str, &str)],
        declared: &[(&str, &str)],
    ) -> (Passed, BTreeMap<String, String>) {
        let caller = caller
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let text = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut declared = declared.iter().map(text).collect();
        (Passed::take(caller, &mut declared), declared)
    }

    #[test]
    fn credentials_reach_only_the_process_that_downloads() {
        let caller = [
            ("CARGO_REGISTRIES_MINE_INDEX", "sparse+https://example.com/"),
            ("CARGO_REGISTRIES_MINE_TOKEN", "secret"),
            ("SSH_AUTH_SOCK", "/run/agent"),
            ("AWS_PROFILE", "registry"),
            ("CC", "clang"),
        ];
        let (passed, _) = take(&caller, &[]);
        let names = |map: &BTreeMap<String, OsString>| map.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&passed.always), ["CARGO_REGISTRIES_MINE_INDEX"]);
        assert_eq!(
            names(&passed.fetching),
            [
                "AWS_PROFILE",
                "CARGO_REGISTRIES_MINE_TOKEN",
                "SSH_AUTH_SOCK"
            ]
        );
        assert!(!format!("{passed:?}").contains("secret"));
        // For build scripts, and so it counts.
        let (passed, counted) = take(&[], &[("AWS_PROFILE", "declared")]);
        assert_eq!((passed.fetching.len(), counted.len()), (0, 1));
    }

    #[test]
    fn a_cache_does_not_count_and_another_wrapper_does() {
        let cache = [
            ("RUSTC_WRAPPER", "/usr/bin/sccache"),
            ("SCCACHE_DIR", "/cache"),
        ];
        let (passed, counted) = take(&[], &cache);
        assert_eq!((passed.always.len(), counted.len()), (2, 0));
        let (passed, counted) = take(&[], &[("RUSTC_WRAPPER", "./wrap.sh")]);
        assert_eq!((passed.always.len(), counted.len()), (0, 1));
    }
}
