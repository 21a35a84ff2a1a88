//! Version constraints in Terraform's notation, `~> 1.4, != 1.4.7`.
//!
//! A pre-release matches as with cargo: only where the constraint itself names a pre-release of the
//! same version. `>= 1.0` never gives 2.0.0-beta.1 to anybody who did not ask for it.

use std::fmt;
use std::str::FromStr;

use crate::error::ConstraintError;
use semver::{BuildMetadata, Comparator, Op, Prerelease, Version, VersionReq};

/// Which versions are acceptable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    text: String,
    /// All of these must match.
    required: VersionReq,
    excluded: Vec<Version>,
}

impl Constraint {
    /// Every version that is not a pre-release.
    pub fn any() -> Self {
        Self {
            text: "any version".to_owned(),
            required: VersionReq::STAR,
            excluded: Vec::new(),
        }
    }

    /// Whether a version is acceptable.
    pub fn matches(&self, version: &Version) -> bool {
        self.required.matches(version) && !self.excluded.contains(version)
    }

    /// The newest acceptable version.
    pub fn newest<'a>(
        &self,
        versions: impl IntoIterator<Item = &'a Version>,
    ) -> Option<&'a Version> {
        let acceptable = versions.into_iter().filter(|version| self.matches(version));
        acceptable.max()
    }

    fn require(&mut self, op: Op, version: &Version) {
        self.required.comparators.push(Comparator {
            op,
            major: version.major,
            minor: Some(version.minor),
            patch: Some(version.patch),
            pre: version.pre.clone(),
        });
    }

    fn add(&mut self, part: &str) -> Result<(), String> {
        let end = part.find(|c: char| !"~><=!^*".contains(c));
        let (operator, version) = part.split_at(end.unwrap_or(part.len()));
        let (version, parts) = complete(version.trim())?;
        match operator {
            "" | "=" => self.require(Op::Exact, &version),
            "!=" => self.excluded.push(version),
            ">" => self.require(Op::Greater, &version),
            ">=" => self.require(Op::GreaterEq, &version),
            "<" => self.require(Op::Less, &version),
            "<=" => self.require(Op::LessEq, &version),
            "~>" => {
                let end = match parts {
                    1 => return Err(format!("write `~> {}.0`", version.major)),
                    2 => Version::new(version.major + 1, 0, 0),
                    _ => Version::new(version.major, version.minor + 1, 0),
                };
                self.require(Op::GreaterEq, &version);
                self.require(Op::Less, &end);
            }
            "^" | "~" => {
                let Version { major, minor, .. } = version;
                return Err(format!(
                    "`{operator}` is cargo's notation; write `~> {major}.{minor}`"
                ));
            }
            _ => return Err(format!("`{operator}` is no operator")),
        }
        Ok(())
    }
}

/// Reads a version of one to three numbers, and says how many there were.
fn complete(text: &str) -> Result<(Version, usize), String> {
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let parts = numbers.split('.').count();
    let rest = text.get(numbers.len()..).unwrap_or_default();
    let zeros = ".0".repeat(3_usize.saturating_sub(parts));
    let version = Version::parse(&format!("{numbers}{zeros}{rest}"));
    let version = version.map_err(|reason| format!("`{text}` is no version: {reason}"))?;
    if version.build != BuildMetadata::EMPTY {
        return Err(format!(
            "`{text}` has build metadata, which no constraint can tell apart"
        ));
    }
    if parts < 3 && version.pre != Prerelease::EMPTY {
        return Err(format!(
            "`{text}` is a pre-release, which needs all three numbers"
        ));
    }
    Ok((version, parts))
}

impl FromStr for Constraint {
    type Err = ConstraintError;

    fn from_str(text: &str) -> Result<Self, ConstraintError> {
        let mut constraint = Self {
            text: text.trim().to_owned(),
            ..Self::any()
        };
        for part in text.split(',') {
            let added = constraint.add(part.trim());
            added.map_err(|reason| ConstraintError {
                text: text.to_owned(),
                reason,
            })?;
        }
        Ok(constraint)
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: [&str; 9] = [
        "0.9.0",
        "1.4.0",
        "1.4.7",
        "1.5.0-rc.1",
        "1.5.0-rc.2",
        "1.5.0",
        "1.6.0-beta.1",
        "2.0.1",
        "10.0.0",
    ];

    fn resolved(constraint: &str) -> Option<String> {
        let published = PUBLISHED.map(|version| Version::parse(version).unwrap());
        let constraint: Constraint = constraint.parse().unwrap();
        constraint.newest(&published).map(Version::to_string)
    }

    #[test]
    fn gives_the_newest_version_that_terraform_would() {
        for (constraint, expected) in [
            ("~> 1.4", Some("1.5.0")),
            ("~> 1.4.0", Some("1.4.7")),
            ("1.4.0", Some("1.4.0")),
            ("= 1.4.7", Some("1.4.7")),
            ("1.4", Some("1.4.0")),
            (">= 1.4", Some("10.0.0")),
            (">= 1.4, < 10.0", Some("2.0.1")),
            ("~> 1.4, != 1.5.0", Some("1.4.7")),
            ("<= 1.4.6", Some("1.4.0")),
            ("> 10.0.0", None),
            ("< 1", Some("0.9.0")),
            ("~> 3.0", None),
        ] {
            assert_eq!(resolved(constraint).as_deref(), expected, "{constraint}");
        }
        let published = PUBLISHED.map(|version| Version::parse(version).unwrap());
        let newest = Constraint::any().newest(&published).map(Version::to_string);
        assert_eq!(newest.as_deref(), Some("10.0.0"));
    }

    #[test]
    fn gives_a_pre_release_only_to_who_asks_for_it() {
        for (constraint, expected) in [
            ("1.5.0-rc.1", Some("1.5.0-rc.1")),
            ("~> 1.5.0-rc.1, != 1.5.0", Some("1.5.0-rc.2")),
            (">= 1.5.0-rc.1, < 2.0", Some("1.5.0")),
            ("~> 1.6.0-alpha", Some("1.6.0-beta.1")),
            ("~> 1.6", None),
        ] {
            assert_eq!(resolved(constraint).as_deref(), expected, "{constraint}");
        }
    }

    #[test]
    fn says_what_to_write_instead() {
        for (constraint, hint) in [
            ("~> 1", "write `~> 1.0`"),
            ("^1.4", "`^` is cargo's notation; write `~> 1.4`"),
            ("~1.4.2", "write `~> 1.4`"),
            ("*", "`` is no version"),
            ("", "is no version"),
            ("1.4,", "is no version"),
            ("1.4.2+build", "build metadata"),
            (">= 1.5-rc.1", "needs all three numbers"),
            ("=> 1.4", "`=>` is no operator"),
            ("1.2.3.4", "is no version"),
            ("latest", "is no version"),
        ] {
            let error = constraint.parse::<Constraint>().unwrap_err().to_string();
            assert!(error.contains(hint), "{constraint}: {error}");
            assert!(error.contains("`~> 1.4`, `1.4.2`"), "{error}");
        }
    }
}
