//! Processors to use as they are.

mod passthrough;
mod uppercase;

pub use passthrough::Passthrough;
pub use uppercase::Uppercase;
