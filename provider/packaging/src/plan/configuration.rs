//! The one configuration file that cargo reads: what the workspace's own says, and how the user
//! reaches registries.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::error::{Error, Result};
use crate::workspace::config::Config;

/// The tables that can change a binary. They count.
const RELEVANT: [&str; 7] = [
    "build", "env", "patch", "paths", "profile", "target", "unstable",
];

/// The tables about downloads, which `Cargo.lock` checks.
const DOWNLOADS: [&str; 6] = [
    "credential-alias",
    "http",
    "net",
    "registries",
    "registry",
    "source",
];

/// Keys of `[build]` that say where results lie and how many processes make them.
const PLACES: [&str; 3] = ["build-dir", "jobs", "target-dir"];

/// A workspace's configuration.
#[derive(Debug)]
pub(crate) struct Configuration {
    /// What counts, as it is written.
    pub canonical: String,
    /// What cargo reads, with absolute paths and without credentials.
    pub file: String,
    /// The credentials, as variables: a CI service may share the target folder, and so the file.
    pub credentials: BTreeMap<String, String>,
    /// Where the workspace wants cargo's results.
    pub target_dir: Option<PathBuf>,
    /// The programs that the workspace puts in rustc's place.
    pub compilers: Vec<String>,
}

impl Configuration {
    /// Merges the workspace's files, and what the one in the user's cargo home says of downloads.
    pub fn of(config: &Config, cargo_home: &Path) -> Result<Self> {
        let (mut written, mut merged) = (Table::new(), Table::new());
        for (base, table) in users(cargo_home)?.iter() {
            merge(
                &mut merged,
                absolute(base, &of_tables(table, &[&DOWNLOADS])),
            );
        }
        for (base, table) in config.tables() {
            merge(&mut written, of_tables(table, &[&RELEVANT]));
            merge(
                &mut merged,
                absolute(base, &of_tables(table, &[&RELEVANT, &DOWNLOADS])),
            );
        }
        let build = |key: &str| Some(merged.get("build")?.get(key)?.as_str()?.to_owned());
        let target_dir = build("build-dir").or_else(|| build("target-dir"));
        let compilers = ["rustc", "rustc-wrapper", "rustc-workspace-wrapper"];
        let compilers = compilers.into_iter().filter(|key| build(key).is_some());
        let compilers = compilers.map(|key| format!("build.{key} in .cargo/config.toml"));
        let compilers = compilers.collect();
        let credentials = take_credentials(&mut merged);
        for table in [&mut written, &mut merged] {
            if let Some(Value::Table(build)) = table.get_mut("build") {
                build.retain(|key, _| !PLACES.contains(&key));
            }
            table.retain(|_, value| value.as_table().is_none_or(|table| !table.is_empty()));
        }
        Ok(Self {
            canonical: written.to_string(),
            file: merged.to_string(),
            credentials,
            target_dir: target_dir.map(PathBuf::from),
            compilers,
        })
    }
}

/// The user's configuration in the cargo home, with the folder that its paths start from.
fn users(cargo_home: &Path) -> Result<Option<(PathBuf, Table)>> {
    let mut files = ["config", "config.toml"]
        .map(|name| cargo_home.join(name))
        .into_iter();
    let Some(path) = files.find(|path| path.is_file()) else {
        return Ok(None);
    };
    let text = std::fs::read_to_string(&path).map_err(Error::read(&path))?;
    let base = cargo_home.parent().unwrap_or(cargo_home);
    Ok(Some((
        base.to_owned(),
        text.parse().map_err(Error::unparseable(&path))?,
    )))
}

/// Removes the registries' credentials, and returns them as the variables that cargo takes them
/// from too ("Environment variables" in the Cargo book).
fn take_credentials(table: &mut Table) -> BTreeMap<String, String> {
    let mut credentials = BTreeMap::new();
    let mut take = |prefix: &str, registry: &mut Value| {
        for (key, suffix) in [("token", "TOKEN"), ("secret-key", "SECRET_KEY")] {
            let secret = registry.as_table_mut().and_then(|table| table.remove(key));
            if let Some(Value::String(secret)) = secret {
                credentials.insert(format!("{prefix}_{suffix}"), secret);
            }
        }
    };
    if let Some(registry) = table.get_mut("registry") {
        take("CARGO_REGISTRY", registry);
    }
    if let Some(Value::Table(registries)) = table.get_mut("registries") {
        for (name, registry) in registries {
            let name = name.to_uppercase().replace('-', "_");
            take(&format!("CARGO_REGISTRIES_{name}"), registry);
        }
    }
    credentials
}

fn of_tables(table: &Table, names: &[&[&str]]) -> Table {
    let named = table
        .iter()
        .filter(|(key, _)| names.iter().any(|names| names.contains(&key.as_str())));
    named
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// Merges a table over another, as cargo does: tables by key, lists joined, other values replaced.
fn merge(under: &mut Table, over: Table) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(Value::Table(under)), Value::Table(over)) => merge(under, over),
            (Some(Value::Array(under)), Value::Array(over)) => under.extend(over),
            (_, value) => {
                under.insert(key, value);
            }
        }
    }
}

/// Makes the paths of a configuration absolute: those of the file in `base/.cargo`.
fn absolute(base: &Path, table: &Table) -> Table {
    let mut table = table.clone();
    for (key, value) in &mut table {
        resolve(base, key, key, value);
    }
    table
}

/// `top` is the name of the whole table, `key` that of the value.
fn resolve(base: &Path, top: &str, key: &str, value: &mut Value) {
    let is_path = matches!(
        (top, key),
        ("patch", "path")
            | ("paths", _)
            | ("source", "directory" | "local-registry")
            | ("http", "cainfo" | "proxy-cainfo")
            | ("build", "build-dir" | "target-dir")
    );
    let is_program = matches!(
        (top, key),
        (
            "build",
            "rustc" | "rustc-wrapper" | "rustc-workspace-wrapper" | "rustdoc"
        ) | ("target", "linker" | "runner")
    );
    match value {
        // A program without a folder is looked for in the PATH.
        // A folder may begin with a variable, such as `{workspace-root}`.
        Value::String(text)
            if (is_path && !text.starts_with('{')) || (is_program && text.contains('/')) =>
        {
            *text = base.join(&*text).to_string_lossy().into_owned();
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| resolve(base, top, key, item)),
        Value::Table(table) => {
            let relative =
                top == "env" && table.get("relative").and_then(Value::as_bool) == Some(true);
            if let (true, Some(Value::String(text))) = (relative, table.get_mut("value")) {
                *text = base.join(&*text).to_string_lossy().into_owned();
                table.remove("relative");
            }
            for (key, value) in table {
                resolve(base, top, key, value);
            }
        }
        _ => (),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_folder_of_the_file() {
        let file = "[build]\nrustc-wrapper = \"sccache\"\n[target.x]\nlinker = \"tools/ld\"\nrustflags = [\"a/b\"]\n[env]\nA = { value = \"x\", relative = true }\nB = \"y/z\"\n[source.v]\ndirectory = \"vendor\"\n";
        let table = absolute(Path::new("/w"), &file.parse().unwrap());
        let expected = "[build]\nrustc-wrapper = \"sccache\"\n[target.x]\nlinker = \"/w/tools/ld\"\nrustflags = [\"a/b\"]\n[env]\nA = { value = \"/w/x\" }\nB = \"y/z\"\n[source.v]\ndirectory = \"/w/vendor\"\n";
        assert_eq!(table, expected.parse().unwrap());
    }

    #[test]
    fn credentials_become_variables() {
        let file =
            "[registry]\ntoken = \"a\"\n[registries.my-own]\nindex = \"b\"\nsecret-key = \"c\"\n";
        let mut table = file.parse().unwrap();
        let credentials = take_credentials(&mut table);
        let expected = [
            ("CARGO_REGISTRIES_MY_OWN_SECRET_KEY", "c"),
            ("CARGO_REGISTRY_TOKEN", "a"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(credentials, expected.into());
        let rest = "[registry]\n[registries.my-own]\nindex = \"b\"\n";
        assert_eq!(table, rest.parse().unwrap());
    }

    #[test]
    fn lists_are_joined_and_values_replaced() {
        let mut under = "[build]\nrustflags = [\"a\"]\nrustc = \"x\"\n"
            .parse()
            .unwrap();
        merge(
            &mut under,
            "[build]\nrustflags = [\"b\"]\nrustc = \"y\"\n"
                .parse()
                .unwrap(),
        );
        let expected: Table = "[build]\nrustflags = [\"a\", \"b\"]\nrustc = \"y\"\n"
            .parse()
            .unwrap();
        assert_eq!(under, expected);
    }
}
