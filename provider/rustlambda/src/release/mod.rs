//! `rustlambda_release`: packages under a semantic version, for consumers in other repositories.

mod address;
mod data_source;
mod resource;
mod results;

pub(crate) use data_source::ReleaseData;
pub(crate) use resource::ReleaseResource;
