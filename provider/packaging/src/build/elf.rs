//! What an ELF executable says about itself.

use crate::error::refusal::Version;
use object::elf::{self, FileHeader64};
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};
use object::{Endianness, Object as _, ObjectSymbol as _};

/// The facts of an executable that decide whether Lambda can start it.
#[derive(Debug)]
pub(crate) struct Facts {
    pub machine: elf::Machine,
    /// Whether it is a program (and no object file, shared library or core dump). A position
    /// independent one has a shared library's type, and a place to start.
    pub executable: bool,
    /// The program that loads it; none where it is statically linked.
    pub interpreter: Option<String>,
    /// The shared libraries that it names.
    pub libraries: Vec<String>,
    /// The newest glibc that it cannot do without, and one symbol that needs it.
    pub glibc: Option<(Version, String)>,
    /// The same of libstdc++, whose versions have three numbers and two families.
    pub libstdcxx: Vec<LibraryVersion>,
}

/// A version of a library, such as `GLIBCXX_3.4.29`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LibraryVersion {
    /// What stands before the `_`.
    pub family: &'static str,
    pub numbers: Vec<u32>,
    /// One symbol that needs it.
    pub symbol: String,
}

/// Reads an executable's facts. The error is the parser's own.
pub(crate) fn read(executable: &[u8]) -> object::Result<Facts> {
    let file = ElfFile64::<Endianness>::parse(executable)?;
    let (header, endian) = (file.elf_header(), file.endian());
    let kind = header.e_type(endian);
    let mut interpreter = None;
    for segment in file.elf_program_headers() {
        if let Some(path) = segment.interpreter(endian, executable)? {
            interpreter = Some(String::from_utf8_lossy(path).into_owned());
        }
    }
    let dynamic = file.elf_section_table().dynamic_table(endian, executable)?;
    let needed = dynamic.iter().filter(|entry| entry.tag == elf::DT_NEEDED);
    let libraries = needed
        .map(|entry| Ok(String::from_utf8_lossy(dynamic.string(entry)?).into_owned()))
        .collect::<object::Result<_>>()?;
    Ok(Facts {
        machine: header.e_machine(endian),
        executable: kind == elf::ET_EXEC || (kind == elf::ET_DYN && header.e_entry(endian) != 0),
        interpreter,
        libraries,
        glibc: newest(&file, executable, glibc_version)?,
        libstdcxx: newest_libstdcxx(&file, executable)?,
    })
}

/// Finds the newest version of each of libstdc++'s families.
fn newest_libstdcxx<'data>(
    file: &ElfFile64<'data, Endianness>,
    executable: &'data [u8],
) -> object::Result<Vec<LibraryVersion>> {
    let mut found = Vec::new();
    for family in ["GLIBCXX", "CXXABI"] {
        let newest = newest(file, executable, |name| numbers(name, family))?;
        found.extend(newest.map(|(numbers, symbol)| LibraryVersion {
            family,
            numbers,
            symbol,
        }));
    }
    Ok(found)
}

/// Parses `GLIBCXX_3.4.29`, given the family `GLIBCXX`.
fn numbers(name: &str, family: &str) -> Option<Vec<u32>> {
    let numbers = name.strip_prefix(family)?.strip_prefix('_')?.split('.');
    numbers.map(|number| number.parse().ok()).collect()
}

/// Finds the newest among the versions that are needed and that `parse` understands. A version that
/// only weak references need may be missing at run time, so it does not count.
fn newest<'data, V: PartialOrd>(
    file: &ElfFile64<'data, Endianness>,
    executable: &'data [u8],
    parse: impl Fn(&str) -> Option<V>,
) -> object::Result<Option<(V, String)>> {
    let endian = file.endian();
    let sections = file.elf_section_table();
    let Some((mut libraries, link)) = sections.gnu_verneed(endian, executable)? else {
        return Ok(None);
    };
    let strings = sections.strings(endian, executable, link)?;
    let mut newest: Option<(V, _)> = None;
    while let Some((_, mut versions)) = libraries.next()? {
        while let Some(version) = versions.next()? {
            let name = version.name(endian, strings)?;
            let number = std::str::from_utf8(name).ok().and_then(&parse);
            let weak = version.vna_flags.get(endian).contains(elf::VER_FLG_WEAK);
            if let Some(number) = number
                .filter(|number| !weak && newest.as_ref().is_none_or(|(newest, _)| number > newest))
            {
                newest = Some((number, version.vna_other.get(endian)));
            }
        }
    }
    let Some((version, index)) = newest else {
        return Ok(None);
    };
    Ok(Some((version, symbol_of(file, executable, index)?)))
}

/// Parses `GLIBC_2.34`. Binaries with packed relative relocations need glibc 2.36 by the name
/// `GLIBC_ABI_DT_RELR`.
fn glibc_version(name: &str) -> Option<Version> {
    if name == "GLIBC_ABI_DT_RELR" {
        return Some((2, 36));
    }
    let mut numbers = name.strip_prefix("GLIBC_")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The first symbol that needs a version.
fn symbol_of<'data>(
    file: &ElfFile64<'data, Endianness>,
    executable: &'data [u8],
    version: elf::VersionIndex,
) -> object::Result<String> {
    let endian = file.endian();
    let table = file
        .elf_section_table()
        .versions(endian, executable)?
        .unwrap_or_default();
    let needs = |symbol: &object::read::elf::ElfSymbol<'_, '_, FileHeader64<Endianness>>| {
        table.version_index(endian, symbol.index()).index() == version
    };
    let symbol = file.dynamic_symbols().find(needs);
    Ok(symbol
        .and_then(|symbol| symbol.name().ok())
        .unwrap_or("(no symbol)")
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(glibc_version("GLIBC_2.34"), Some((2, 34)));
        assert_eq!(glibc_version("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc_version("GLIBC_PRIVATE"), None);
        assert_eq!(numbers("CXXABI_1.3.13", "CXXABI"), Some(vec![1, 3, 13]));
        assert_eq!(numbers("CXXABI_TM_1", "CXXABI"), None);
        assert!(numbers("GLIBCXX_3.4.9", "GLIBCXX") < numbers("GLIBCXX_3.4.29", "GLIBCXX"));
        assert!(glibc_version("GLIBC_2.4") < glibc_version("GLIBC_2.17"));
    }
}
