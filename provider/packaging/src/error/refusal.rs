//! Why AWS Lambda could not run an executable or take a zip.

use crate::request::{Architecture, Runtime};

/// A version of a shared library, as (major, minor).
pub(crate) type Version = (u32, u32);

/// The largest zip that `CreateFunction` takes directly, in bytes (AWS Lambda quotas: 50 MB
/// zipped).
pub(crate) const MAX_ZIP: u64 = 50 * 1024 * 1024;

/// The most that a function's files may have together, in bytes (AWS Lambda quotas: 250 MB
/// unzipped).
pub(crate) const MAX_UNZIPPED: u64 = 250 * 1024 * 1024;

/// Why an executable or a zip is not fit for Lambda.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Neither ELF nor a script.
    #[error(
        "`{name}` is neither an ELF executable nor a script that begins with #!, so Lambda could not start it. Give an executable for Linux, or add a line such as #!/bin/sh."
    )]
    NotExecutable {
        /// The executable.
        name: String,
    },
    /// An ELF file that the reader does not understand, a 32-bit one for instance.
    #[error(
        "`{name}` is an ELF file, but none that Lambda could start: {reason}. Build it for {target}."
    )]
    Malformed {
        /// The executable.
        name: String,
        /// What the reader says.
        reason: String,
        /// The target that fits.
        target: &'static str,
    },
    /// Built for another processor.
    #[error(
        "`{name}` is built for {found}, and the function's architecture is {expected}. Set the architecture to the one it is built for, or build it for {target}."
    )]
    WrongArchitecture {
        /// The executable.
        name: String,
        /// What it is built for.
        found: String,
        /// What was asked for.
        expected: Architecture,
        /// The target that fits.
        target: &'static str,
    },
    /// Linked with another C library's loader.
    #[error(
        "`{name}` is loaded by {interpreter}, which Lambda does not have. Build it for {target}, or link it statically."
    )]
    WrongInterpreter {
        /// The executable.
        name: String,
        /// The loader that it names.
        interpreter: String,
        /// The target that fits.
        target: &'static str,
    },
    /// Needs a newer glibc than the runtime has.
    #[error("`{name}` needs GLIBC_{}.{} (for the symbol `{symbol}`), and {runtime} has {}.{}. Set compiler to `zigbuild`, which links against the runtime's version, or build on a system with that glibc.", needed.0, needed.1, has.0, has.1)]
    GlibcTooNew {
        /// The executable.
        name: String,
        /// The version that it needs.
        needed: Version,
        /// One symbol that needs it.
        symbol: String,
        /// The function's runtime.
        runtime: Runtime,
        /// The version that the runtime has.
        has: Version,
    },
    /// Needs a newer libstdc++ than the runtime has.
    #[error(
        "`{name}` needs {needed} of libstdc++ (for the symbol `{symbol}`), and {runtime} has {has}. Link the C++ library statically, add your libstdc++.so.6 to the assets as lib/libstdc++.so.6, or build on a system with an older GCC."
    )]
    LibstdcxxTooNew {
        /// The executable.
        name: String,
        /// The version that it needs.
        needed: String,
        /// One symbol that needs it.
        symbol: String,
        /// The function's runtime.
        runtime: Runtime,
        /// The version that the runtime has.
        has: String,
    },
    /// Needs a library that is not there.
    #[error(
        "`{name}` needs the shared library {library}, which {runtime} does not have. Link it statically (many crates have a feature `vendored` or `static`), or add it to the assets as lib/{library}."
    )]
    LibraryMissing {
        /// The executable.
        name: String,
        /// The library.
        library: String,
        /// The function's runtime.
        runtime: Runtime,
    },
    /// The zip is too large to be uploaded directly.
    #[error(
        "The zip of `{name}` has {size} bytes, and Lambda takes at most {MAX_ZIP} (50 MB) directly. Strip the binary (strip = \"symbols\" in the profile), leave assets out, or deploy it through S3 (`store`)."
    )]
    ZipTooLarge {
        /// The package.
        name: String,
        /// The zip's size in bytes.
        size: u64,
    },
    /// The unzipped files are too large.
    #[error(
        "The files of `{name}` have {size} bytes together, and Lambda takes at most {MAX_UNZIPPED} (250 MB) unzipped. Strip the binary (strip = \"symbols\" in the profile), or leave assets out."
    )]
    UnzippedTooLarge {
        /// The package.
        name: String,
        /// The size of all files in bytes.
        size: u64,
    },
}
