//! What an upload is: its names, its states and its record on the stream. Nothing here does input
//! or output.

pub mod content_type;
pub mod dead_letter;
pub mod digest;
pub mod event;
pub mod file_name;
pub mod object;
pub mod quota;
pub mod receipt;
pub mod record;
pub mod schedule;
pub mod time;
pub mod transitions;
pub mod upload;

pub use content_type::ContentType;
pub use dead_letter::{DeadLetter, StreamPosition};
pub use digest::Sha256Digest;
pub use event::UploadEvent;
pub use file_name::{FileName, FileNameError};
pub use function_kit::{IdempotencyKey, Owner};
pub use object::{Checksum, Location, Object, Stored};
pub use quota::{Charge, Exceeded, Quota};
pub use receipt::Receipt;
pub use record::{InvalidRecord, UploadRecord};
pub use schedule::Schedule;
pub use upload::{
    Announced, HolderId, Lease, LeaseRefusal, Leased, Multipart, Upload, UploadId, UploadState,
};
