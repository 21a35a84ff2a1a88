//! Whether Lambda can start an executable, found out before anything is deployed.

use std::collections::BTreeSet;

use object::elf;

use crate::elf::{Facts, Version};
use crate::request::{Architecture, Runtime};

/// The largest zip that `CreateFunction` takes directly, in bytes (AWS Lambda quotas: 50 MB
/// zipped).
pub(crate) const MAX_ZIP: u64 = 50 * 1024 * 1024;

/// The most that a function's files may have together, in bytes (AWS Lambda quotas: 250 MB
/// unzipped).
const MAX_UNZIPPED: u64 = 250 * 1024 * 1024;

/// Libraries of glibc and GCC that are in every provided runtime. Others may be there today; AWS
/// promises none of them.
const PRESENT: [&str; 9] = [
    "libc.so.6",
    "libm.so.6",
    "libdl.so.2",
    "libpthread.so.0",
    "librt.so.1",
    "libutil.so.1",
    "libresolv.so.2",
    "libgcc_s.so.1",
    "libstdc++.so.6",
];

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

/// Refuses an executable that Lambda could not start. `assets` are the paths of the zip's other
/// files.
pub(crate) fn executable(
    name: &str,
    bytes: &[u8],
    architecture: Architecture,
    runtime: Runtime,
    assets: &BTreeSet<&str>,
) -> Result<(), Refusal> {
    let name = name.to_owned();
    if bytes.starts_with(b"#!") {
        return Ok(());
    }
    if !bytes.starts_with(&elf::ELFMAG) {
        return Err(Refusal::NotExecutable { name });
    }
    let target = architecture.target();
    let malformed = |name: &str, reason: String| Refusal::Malformed {
        name: name.to_owned(),
        reason,
        target,
    };
    let facts = crate::elf::read(bytes).map_err(|error| malformed(&name, error.to_string()))?;
    if !facts.executable {
        return Err(malformed(&name, "it is not linked to a program".to_owned()));
    }
    if facts.machine != machine(architecture) {
        return Err(Refusal::WrongArchitecture {
            name,
            found: describe(facts.machine),
            expected: architecture,
            target,
        });
    }
    linkage(name, facts, architecture, runtime, assets)
}

fn linkage(
    name: String,
    facts: Facts,
    architecture: Architecture,
    runtime: Runtime,
    assets: &BTreeSet<&str>,
) -> Result<(), Refusal> {
    let target = architecture.target();
    if let Some(interpreter) = facts
        .interpreter
        .filter(|path| path != loader(architecture))
    {
        return Err(Refusal::WrongInterpreter {
            name,
            interpreter,
            target,
        });
    }
    let has = runtime.glibc();
    if let Some((needed, symbol)) = facts.glibc.filter(|(needed, _)| *needed > has) {
        return Err(Refusal::GlibcTooNew {
            name,
            needed,
            symbol,
            runtime,
            has,
        });
    }
    // Lambda's LD_LIBRARY_PATH has the function's folder and its `lib`.
    let packaged = |library: &str| {
        assets.contains(library) || assets.contains(format!("lib/{library}").as_str())
    };
    let missing = |library: &String| {
        !PRESENT.contains(&library.as_str())
            && !loader(architecture).ends_with(library.as_str())
            && !packaged(library)
    };
    match facts.libraries.into_iter().find(missing) {
        Some(library) => Err(Refusal::LibraryMissing {
            name,
            library,
            runtime,
        }),
        None => Ok(()),
    }
}

/// Refuses files that are too large together, before they are compressed.
pub(crate) fn unzipped_size(name: &str, size: u64) -> Result<(), Refusal> {
    if size <= MAX_UNZIPPED {
        Ok(())
    } else {
        Err(Refusal::UnzippedTooLarge {
            name: name.to_owned(),
            size,
        })
    }
}

/// Refuses a zip that is too large.
pub(crate) fn zipped_size(name: &str, size: u64) -> Result<(), Refusal> {
    if size <= MAX_ZIP {
        Ok(())
    } else {
        Err(Refusal::ZipTooLarge {
            name: name.to_owned(),
            size,
        })
    }
}

fn machine(architecture: Architecture) -> elf::Machine {
    match architecture {
        Architecture::X86_64 => elf::EM_X86_64,
        Architecture::Arm64 => elf::EM_AARCH64,
    }
}

/// The path of glibc's loader (System V ABI supplements of the processors).
fn loader(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "/lib64/ld-linux-x86-64.so.2",
        Architecture::Arm64 => "/lib/ld-linux-aarch64.so.1",
    }
}

fn describe(machine: elf::Machine) -> String {
    match machine {
        elf::EM_X86_64 => Architecture::X86_64.name().to_owned(),
        elf::EM_AARCH64 => Architecture::Arm64.name().to_owned(),
        other => format!("another processor (ELF machine {})", other.0),
    }
}
