//! What cargo's files say: manifests, lock file, features, configuration, and which files count.

pub(crate) mod closure;
pub(crate) mod config;
pub(crate) mod files;
mod git;
mod includes;
mod index;
mod lexer;
mod litter;
pub(crate) mod locked;
pub(crate) mod lockfile;
pub(crate) mod manifest;
pub(crate) mod members;
pub(crate) mod profile;
mod read;
pub(crate) mod untracked;
pub(crate) mod vendor;
