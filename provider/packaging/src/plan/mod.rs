//! What a build is: its inputs, its fingerprint, and what cargo is told.

pub(crate) mod assets;
pub(crate) mod fingerprint;
pub(crate) mod settings;
pub(crate) mod sources;
