//! What an upload is: its identity, its names, its states and its record on the stream.
//! Nothing here does input or output.

pub mod content;
pub mod dead_letter;
pub mod digest;
pub mod file_name;
pub mod identity;
pub mod record;
pub mod upload;

pub use content::{ContentType, MAX_CONTENT_BYTES};
pub use dead_letter::{DeadLetter, StreamPosition};
pub use digest::Sha256Digest;
pub use file_name::{FileName, FileNameError};
pub use identity::{Owner, UploadId};
pub use record::{InvalidRecord, UploadRecord};
pub use upload::{LeaseRefusal, ObjectVersion, Processed, Upload, UploadState};
