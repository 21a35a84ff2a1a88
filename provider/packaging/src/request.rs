//! What the caller asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// One Lambda function to package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Where the executable comes from.
    pub source: Source,
    /// The processor that the function runs on.
    pub architecture: Architecture,
    /// The Lambda runtime that starts the executable.
    pub runtime: Runtime,
    /// Further files of the zip: path in the zip → file or directory on this disk.
    pub assets: BTreeMap<String, PathBuf>,
}

/// Where the executable comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Cargo builds it.
    Cargo(CargoBuild),
    /// It is built already and lies at this path.
    Executable(PathBuf),
}

/// What cargo is to build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CargoBuild {
    /// A package's or a workspace's `Cargo.toml`.
    pub manifest: PathBuf,
    /// The package; needed where `manifest` is a workspace without a root package.
    pub package: Option<String>,
    /// The binary target; needed where the package has several and no `default-run`.
    pub binary: Option<String>,
    /// The cargo profile, for instance `release`.
    pub profile: String,
    /// Cargo features to turn on.
    pub features: BTreeSet<String>,
    /// Whether the package's `default` feature is on.
    pub default_features: bool,
    /// Environment variables for cargo and build scripts; part of the fingerprint.
    pub environment: BTreeMap<String, String>,
    /// What drives the compilation.
    pub compiler: Compiler,
}

impl Request {
    /// A request with nothing but its source: for x86_64, Amazon Linux 2023, and without assets.
    pub fn new(source: Source) -> Self {
        Self {
            source,
            architecture: Architecture::X86_64,
            runtime: Runtime::ProvidedAl2023,
            assets: BTreeMap::new(),
        }
    }
}

impl CargoBuild {
    /// The release build of a package's only binary, with its default features.
    pub fn new(manifest: impl Into<PathBuf>) -> Self {
        Self {
            manifest: manifest.into(),
            package: None,
            binary: None,
            profile: "release".to_owned(),
            features: BTreeSet::new(),
            default_features: true,
            environment: BTreeMap::new(),
            compiler: Compiler::Auto,
        }
    }
}

/// A value that is none of an enumeration's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not one of {expected}")]
pub struct UnknownName {
    given: String,
    expected: String,
}

/// Gives an enumeration its names, once for parsing, printing and error messages.
macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Every value's name.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// The name that users write.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(given: &str) -> Result<Self, UnknownName> {
                match given {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(UnknownName { given: given.to_owned(), expected: Self::NAMES.join(", ") }),
                }
            }
        }
    };
}

/// A processor architecture, by Lambda's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Architecture {
    /// 64-bit x86.
    X86_64,
    /// 64-bit ARM (Graviton).
    Arm64,
}

named!(Architecture { X86_64 = "x86_64", Arm64 = "arm64" });

impl Architecture {
    /// The Rust target that runs on Lambda's Amazon Linux.
    pub fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// The architecture of this machine, where Lambda has it.
    pub fn of_host() -> Option<Self> {
        match std::env::consts::ARCH {
            "x86_64" => Some(Self::X86_64),
            "aarch64" => Some(Self::Arm64),
            _ => None,
        }
    }
}

/// A Lambda runtime that starts an executable named `bootstrap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runtime {
    /// Amazon Linux 2023.
    ProvidedAl2023,
    /// Amazon Linux 2.
    ProvidedAl2,
}

named!(Runtime { ProvidedAl2023 = "provided.al2023", ProvidedAl2 = "provided.al2" });

impl Runtime {
    /// The runtime's glibc, as (major, minor): Amazon Linux 2023 has 2.34, Amazon Linux 2 has 2.26
    /// (AWS, "Comparing Amazon Linux 2 and Amazon Linux 2023").
    pub fn glibc(self) -> (u32, u32) {
        match self {
            Self::ProvidedAl2023 => (2, 34),
            Self::ProvidedAl2 => (2, 26),
        }
    }
}

impl Runtime {
    /// The newest version of a family of symbols in the runtime's libstdc++. Amazon Linux 2023 has
    /// GCC 11's, Amazon Linux 2 has GCC 7's (AWS, "Comparing Amazon Linux 2 and Amazon Linux 2023");
    /// which versions those have is in GCC's "ABI Policy and Guidelines", "History".
    pub(crate) fn libstdcxx(self, family: &str) -> [u32; 3] {
        match (self, family) {
            (Self::ProvidedAl2023, "GLIBCXX") => [3, 4, 29],
            (Self::ProvidedAl2023, _) => [1, 3, 13],
            (Self::ProvidedAl2, "GLIBCXX") => [3, 4, 24],
            (Self::ProvidedAl2, _) => [1, 3, 11],
        }
    }
}

/// What drives the compilation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compiler {
    /// Cargo where this machine can link for the function's runtime, `cargo zigbuild` elsewhere.
    Auto,
    /// `cargo build`, with the machine's linker.
    Cargo,
    /// `cargo zigbuild`: cross-compiles, and links against exactly the runtime's glibc.
    Zigbuild,
}

named!(Compiler { Auto = "auto", Cargo = "cargo", Zigbuild = "zigbuild" });
