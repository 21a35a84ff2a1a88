//! What `terraform import` is given: where the release lies.

use std::str::FromStr;

use tf_provider::Diagnostic;

/// `s3://<bucket>/<prefix>/<name>/releases/<architecture>/<version>`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub bucket: String,
    /// Empty where the name begins the key.
    pub prefix: String,
    pub name: String,
    pub architecture: String,
    pub version: String,
}

impl FromStr for Address {
    type Err = Diagnostic;

    fn from_str(id: &str) -> Result<Self, Diagnostic> {
        let parse = || {
            let (bucket, key) = id.strip_prefix("s3://")?.split_once('/')?;
            let (place, version) = key.rsplit_once('/')?;
            let (place, architecture) = place.rsplit_once('/')?;
            let place = place.strip_suffix("/releases")?;
            let (prefix, name) = place.rsplit_once('/').unwrap_or(("", place));
            let parts = [bucket, name, architecture, version];
            let known = ["x86_64", "arm64"].contains(&architecture);
            (known && !parts.contains(&"")).then(|| Self {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
                name: name.to_owned(),
                architecture: architecture.to_owned(),
                version: version.trim_end_matches(".json").to_owned(),
            })
        };
        parse().ok_or_else(|| {
            let detail = format!(
                "`{id}` is no release's address. It looks like \
                 s3://artifacts/team/api/releases/x86_64/1.4.0, where `artifacts` is the bucket, \
                 `team` the prefix and `api` the name."
            );
            Diagnostic::error("The release cannot be found", detail)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_where_the_release_lies() {
        let address = |prefix: &str| Address {
            bucket: "artifacts".to_owned(),
            prefix: prefix.to_owned(),
            name: "api".to_owned(),
            architecture: "x86_64".to_owned(),
            version: "1.4.0-rc.1".to_owned(),
        };
        for (id, prefix) in [
            ("s3://artifacts/api/releases/x86_64/1.4.0-rc.1", ""),
            ("s3://artifacts/a/b/api/releases/x86_64/1.4.0-rc.1", "a/b"),
            (
                "s3://artifacts/a/b/api/releases/x86_64/1.4.0-rc.1.json",
                "a/b",
            ),
        ] {
            assert_eq!(id.parse(), Ok(address(prefix)), "{id}");
        }
        for id in [
            "",
            "api",
            "s3://artifacts/api/1.4.0",
            "s3://b/api/releases/sparc/1.0.0",
        ] {
            assert!(id.parse::<Address>().is_err(), "{id}");
        }
    }
}
