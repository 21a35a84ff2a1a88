//! From a plan to a zip: cargo, the toolchain, inspection of the executable, archive and SBOM.

pub(crate) mod archive;
pub(crate) mod builder;
pub(crate) mod cargo;
pub(crate) mod depinfo;
pub(crate) mod elf;
pub(crate) mod home;
pub(crate) mod inspect;
pub(crate) mod lock;
pub(crate) mod process;
pub(crate) mod progress;
pub(crate) mod remap;
pub(crate) mod rustc_wrapper;
pub(crate) mod sbom;
pub(crate) mod toolchain;
