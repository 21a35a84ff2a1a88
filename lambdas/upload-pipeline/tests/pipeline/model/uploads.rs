//! The uploads whose lives are checked, and how much goes wrong with each.

use jiff::Timestamp;
use upload_pipeline::domain::upload::MAX_TRIES;
use upload_pipeline::domain::{
    Announced, Checksum, FileName, Lease, Location, Multipart, Object, Sha256Digest, Stored,
    Upload, UploadId, UploadState,
};

use super::state::Budget;
use super::{MINUTE, Pipeline, Way};

impl Pipeline {
    /// An upload that comes that way, in a world where one of each thing goes wrong.
    pub fn coming(way: Way) -> Self {
        let time = Timestamp::UNIX_EPOCH;
        let part = Multipart {
            id: None,
            part_size: 8 << 20,
        };
        let pending = UploadState::Pending {
            open_until: time + MINUTE,
            announced: Announced {
                size: object().size,
                sha256: None,
            },
            multipart: Some(part).filter(|_| way == Way::Parts),
        };
        let upload = Upload {
            owner: "owner".parse().unwrap(),
            upload_id: UploadId::generate(),
            file_name: FileName::parse("a").unwrap(),
            content_type: Default::default(),
            location: place(),
            created_at: time,
            request_id: String::new(),
            updated_at: time,
            revision: 1,
            state: match way {
                Way::Received => UploadState::Received { object: object() },
                _ => pending,
            },
        };
        Self {
            upload,
            way,
            is_good: true,
            is_as_announced: true,
            budget: Budget {
                faults: 1,
                duplicates: 1,
                losses: 1,
                renewals: 0,
                delays: 1,
                deletions: 0,
            },
        }
    }

    /// An upload that was received, in a world where more goes wrong.
    pub fn received(is_good: bool) -> Self {
        let mut pipeline = Self::coming(Way::Received);
        pipeline.is_good = is_good;
        pipeline.budget.faults = 2;
        pipeline.budget.renewals = 1;
        pipeline
    }

    /// An upload over which invocations have died, and which has one try left.
    pub fn tried() -> Self {
        let mut pipeline = Self::received(true);
        pipeline.upload.state = UploadState::Processing {
            object: object(),
            lease: Lease {
                holder: "00000000-0000-7000-8000-00000000000f".parse().unwrap(),
                expires_at: pipeline.upload.updated_at,
                tries: MAX_TRIES - 1,
            },
        };
        pipeline
    }

    /// The same upload, deleted at any moment.
    pub fn deleted(mut self) -> Self {
        self.budget = Budget {
            faults: 1,
            duplicates: 0,
            deletions: 1,
            ..self.budget
        };
        self
    }

    pub fn was_tried(&self) -> bool {
        matches!(self.upload.state, UploadState::Processing { .. })
    }
}

fn place() -> Location {
    Location {
        bucket: String::new(),
        key: String::new(),
    }
}

pub fn object() -> Object {
    Object {
        version: "1".to_owned(),
        size: 1,
        checksum: Checksum::Sha256(Sha256Digest::of(b"")),
    }
}

pub fn stored() -> Stored {
    Stored {
        location: place(),
        object: object(),
    }
}
