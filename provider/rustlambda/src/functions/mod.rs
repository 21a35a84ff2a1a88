//! Provider functions, `provider::rustlambda::…`.

pub(crate) mod crate_version;
pub(crate) mod source_fingerprint;
pub(crate) mod zip_hash;
