//! What an upload is: its names, its states and its record on the stream. Nothing here does input
//! or output.

pub mod content_type;
pub mod dead_letter;
pub mod digest;
pub mod file_name;
pub mod record;
pub mod time;
pub mod upload;

pub use content_type::ContentType;
pub use dead_letter::{DeadLetter, StreamPosition};
pub use digest::Sha256Digest;
pub use file_name::{FileName, FileNameError};
pub use function_kit::Owner;
pub use record::{InvalidRecord, UploadRecord};
pub use upload::{
    Checksum, Lease, LeaseRefusal, Leased, Location, Object, Stored, Upload, UploadId, UploadState,
};
