//! Whether Lambda can start an executable, found out before anything is deployed.

use std::collections::BTreeSet;

use object::elf;

use crate::build::elf::{Facts, LibraryVersion};
use crate::error::refusal::{MAX_UNZIPPED, MAX_ZIP, Refusal};
use crate::request::{Architecture, Runtime};

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
    let facts =
        crate::build::elf::read(bytes).map_err(|error| malformed(&name, error.to_string()))?;
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
    let too_new = |needed: &LibraryVersion| {
        !packaged("libstdc++.so.6")
            && needed.numbers.as_slice() > runtime.libstdcxx(needed.family).as_slice()
    };
    if let Some(needed) = facts.libstdcxx.into_iter().find(too_new) {
        let has = runtime.libstdcxx(needed.family);
        return Err(Refusal::LibstdcxxTooNew {
            name,
            needed: version(needed.family, &needed.numbers),
            symbol: needed.symbol,
            runtime,
            has: version(needed.family, &has),
        });
    }
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

fn version(family: &str, numbers: &[u32]) -> String {
    let numbers: Vec<_> = numbers.iter().map(u32::to_string).collect();
    format!("{family}_{}", numbers.join("."))
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
