//! The versions of releases.

use semver::{BuildMetadata, Prerelease, Version};

use crate::error::{Error, Result};

/// Reads the version of a release. Versions that differ in nothing but build metadata count as
/// equal, so a release has none.
pub fn release_version(text: &str) -> Result<Version> {
    let invalid = |reason: String| Error::VersionInvalid {
        text: text.to_owned(),
        reason,
    };
    let version = Version::parse(text).map_err(|error| invalid(error.to_string()))?;
    if version.build == BuildMetadata::EMPTY {
        return Ok(version);
    }
    let reason = format!("it has build metadata (+{})", version.build);
    Err(invalid(reason))
}

/// The versions that need not stay where `count` stable ones do: older stable ones, and with each
/// version its pre-releases. Pre-releases of what is not published yet stay with the newest.
pub(crate) fn superseded(versions: &[Version], count: usize) -> Vec<&Version> {
    let core = |version: &Version| (version.major, version.minor, version.patch);
    let stable = versions
        .iter()
        .filter(|version| version.pre == Prerelease::EMPTY);
    let mut stable: Vec<_> = stable.map(core).collect();
    stable.sort();
    let Some(oldest) = stable
        .len()
        .checked_sub(count)
        .and_then(|first| stable.get(first))
    else {
        return Vec::new();
    };
    let older = versions.iter().filter(|version| core(version) < *oldest);
    older.collect()
}

/// The lowest version above `taken` that is free: the next patch of its line, or the next
/// pre-release of its version.
pub(crate) fn next(taken: &Version, published: &[Version]) -> Version {
    if taken.pre == Prerelease::EMPTY {
        let line = published
            .iter()
            .filter(|version| (version.major, version.minor) == (taken.major, taken.minor));
        let patch = line.map(|version| version.patch).max();
        return Version::new(taken.major, taken.minor, patch.unwrap_or(taken.patch) + 1);
    }
    let (stem, mut number) = match taken.pre.rsplit_once('.') {
        Some((stem, number)) if number.parse::<u64>().is_ok() => {
            (stem.to_owned(), number.parse().unwrap_or_default())
        }
        _ => (taken.pre.to_string(), 0_u64),
    };
    let mut version = taken.clone();
    while version == *taken || published.contains(&version) {
        number += 1;
        match Prerelease::new(&format!("{stem}.{number}")) {
            Ok(pre) => version.pre = pre,
            Err(_) => return Version::new(taken.major, taken.minor, taken.patch),
        }
    }
    version
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_the_next_free_one_of_its_line() {
        let published = [
            "1.4.0",
            "1.4.1",
            "1.4.9",
            "2.0.0",
            "3.0.0-rc.1",
            "3.0.0-rc.2",
            "3.1.0-beta",
        ];
        let published = published.map(|version| Version::parse(version).unwrap());
        for (taken, expected) in [
            ("1.4.0", "1.4.10"),
            ("2.0.0", "2.0.1"),
            ("3.0.0-rc.1", "3.0.0-rc.3"),
            ("3.1.0-beta", "3.1.0-beta.1"),
        ] {
            let taken = Version::parse(taken).unwrap();
            assert_eq!(next(&taken, &published).to_string(), expected);
        }
    }

    #[test]
    fn stable_versions_are_counted_and_pre_releases_go_with_theirs() {
        let versions = [
            "1.0.0-rc.1",
            "1.0.0",
            "1.1.0-rc.1",
            "1.1.0",
            "2.0.0-beta.1",
            "2.0.0-beta.2",
        ];
        let versions = versions.map(|version| Version::parse(version).unwrap());
        let superseded = |count| {
            let old = superseded(&versions, count);
            old.iter()
                .map(|version| version.to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(superseded(1), ["1.0.0-rc.1", "1.0.0"]);
        assert_eq!(superseded(2), [""; 0]);
        assert_eq!(superseded(3), [""; 0]);
    }

    #[test]
    fn a_version_is_semantic_and_without_build_metadata() {
        assert_eq!(
            release_version("1.4.0-rc.1").unwrap().to_string(),
            "1.4.0-rc.1"
        );
        for (text, reason) in [
            ("1.4", "unexpected end of input"),
            ("v1.4.0", "unexpected character 'v'"),
            ("1.4.0+abc", "build metadata (+abc)"),
        ] {
            let error = release_version(text).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
