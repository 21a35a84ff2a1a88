//! What the model remembers: the row and its owner's count, S3, the stream, and two invocations of
//! any function.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use jiff::Timestamp;
use upload_pipeline::domain::schedule::given_up_at;
use upload_pipeline::domain::{Charge, HolderId, Leased, Upload, UploadState};

use super::keepers::Keeper;
use super::processor::Processor;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    pub now: Timestamp,
    pub row: Option<Row>,
    /// What the owner's quota counts.
    pub used: Charge,
    pub s3: S3,
    /// S3's events that no invocation has.
    pub notices: u8,
    /// Copies of the record on the stream that no invocation has.
    pub records: u8,
    /// Whether a message was sent to the dead letter queue.
    pub letter: bool,
    pub told: Told,
    /// How often PROCESSED or FAILED was written.
    pub ends: u8,
    /// Whether the bytes were stored while the upload waited for them.
    pub arrived: bool,
    pub invocations: [Invocation; 2],
    pub budget: Budget,
}

/// What is in the buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct S3 {
    pub object: bool,
    pub result: bool,
    /// Multipart uploads that were begun, and neither completed nor aborted.
    pub multiparts: u8,
}

/// Which events were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Told {
    pub received: bool,
    pub processed: bool,
    pub failed: bool,
}

/// How much may still go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Failed calls, crashes and panics.
    pub faults: u8,
    /// Records and events that are delivered once more, and PUTs that are repeated.
    pub duplicates: u8,
    /// Events that are lost.
    pub losses: u8,
    /// Renewals of a lease.
    pub renewals: u8,
    /// Times that pass while somebody is at work who could have gone on.
    pub delays: u8,
    /// Requests to delete the upload.
    pub deletions: u8,
}

/// An invocation of any function, by what it does next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Invocation {
    Idle,
    Processor(Processor),
    Keeper(Keeper),
}

/// A row, as the model tells rows apart: by all but the holder of the lease, who is known by whether
/// the lease in the table is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(pub Arc<Upload>);

impl Hash for Row {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hash(&self.0, hasher);
    }
}

fn hash<H: Hasher>(row: &Upload, hasher: &mut H) {
    (row.revision, row.updated_at, row.state.name()).hash(hasher);
    match &row.state {
        UploadState::Pending { multipart, .. } => multipart.hash(hasher),
        UploadState::Processing { lease, .. } => (lease.expires_at, lease.tries).hash(hasher),
        UploadState::Failed {
            object,
            unannounced,
            ..
        } => (object.is_some(), unannounced).hash(hasher),
        UploadState::Deleted {
            purge_until,
            purged,
        } => (purge_until, purged).hash(hasher),
        UploadState::Received { .. } | UploadState::Processed { .. } => {}
    }
}

/// A lease, told apart as a [`Row`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held(pub Arc<Leased>);

impl Hash for Held {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hash(self.0.upload(), hasher);
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        (&self.now, &self.row, &self.used, &self.s3, &self.told).hash(hasher);
        (self.notices, self.records, self.letter, self.ends).hash(hasher);
        (self.arrived, &self.budget).hash(hasher);
        for invocation in &self.invocations {
            (invocation, invocation.owns(self.row.as_ref())).hash(hasher);
        }
    }
}

fn holder(upload: &Upload) -> Option<HolderId> {
    match &upload.state {
        UploadState::Processing { lease, .. } => Some(lease.holder),
        _ => None,
    }
}

/// How a call fails: whether it is done all the same, and whether the caller dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub is_done: bool,
    pub is_deadly: bool,
}

pub const FAULTS: [Fault; 4] = [
    Fault {
        is_done: false,
        is_deadly: false,
    },
    Fault {
        is_done: true,
        is_deadly: false,
    },
    Fault {
        is_done: false,
        is_deadly: true,
    },
    Fault {
        is_done: true,
        is_deadly: true,
    },
];

impl State {
    pub fn upload(&self) -> Option<&Upload> {
        self.row.as_ref().map(|Row(row)| &**row)
    }

    pub fn status(&self) -> &'static str {
        self.upload().map_or("", |row| row.state.name())
    }

    /// Writes the row and what changes of the count, if the row is still the one before.
    pub fn update(&mut self, before: &Upload, next: &Upload) -> bool {
        if self.upload().map(|row| row.revision) != Some(before.revision) {
            return false;
        }
        if next.state.is_finished() && !next.is_deleted() && !before.state.is_finished() {
            self.ends += 1;
        }
        let (less, more) = (before.charge(), next.charge());
        self.used.bytes = self.used.bytes + more.bytes - less.bytes;
        self.used.open = self.used.open + more.open - less.open;
        self.row = Some(Row(next.clone().into()));
        true
    }

    /// Sends the event of the upload's state.
    pub fn tell(&mut self, upload: &Upload) {
        match upload.state {
            UploadState::Received { .. } => self.told.received = true,
            UploadState::Processed { .. } => self.told.processed = true,
            UploadState::Failed { .. } => self.told.failed = true,
            _ => {}
        }
    }

    /// Whether what the client began while the upload was open may still bring its bytes.
    pub fn may_send(&self, announced: &Upload) -> bool {
        let UploadState::Pending { open_until, .. } = announced.state else {
            return false;
        };
        let is_too_late = match self.upload().map(|row| &row.state) {
            Some(UploadState::Deleted { purge_until, .. }) => *purge_until <= self.now,
            _ => false,
        };
        !is_too_late && self.now < given_up_at(open_until)
    }

    /// Stores the bytes, unless there are some. S3 sends its event.
    pub fn put_object(&mut self) {
        if self.s3.object {
            return;
        }
        self.s3.object = true;
        self.notices += 1;
        self.arrived |= self.upload().is_some_and(|row| self.may_send(row));
    }

    pub fn remove_upload(&mut self) {
        self.s3.object = false;
        self.s3.multiparts = 0;
    }

    /// Returns a holder that nobody knows.
    pub fn new_holder(&self) -> HolderId {
        let leases = self.invocations.iter().filter_map(Invocation::lease);
        let uploads = leases.map(Leased::upload).chain(self.upload());
        let known: Vec<_> = uploads.filter_map(holder).collect();
        let ids = (0..4).map(|n| format!("00000000-0000-7000-8000-00000000000{n}"));
        let mut ids = ids.map(|id| id.parse().unwrap());
        ids.find(|id| !known.contains(id)).unwrap()
    }

    /// Orders the invocations, which differ by nothing but what they do: half as many states.
    pub fn name_no_invocation(&mut self) {
        let row = self.row.clone();
        self.invocations.sort_by_cached_key(|invocation| {
            let mut hasher = DefaultHasher::new();
            invocation.hash(&mut hasher);
            (hasher.finish(), invocation.owns(row.as_ref()))
        });
    }

    /// Whether somebody works under the lease in the row, and will renew or end it.
    pub fn holder_lives(&self) -> bool {
        let mut invocations = self.invocations.iter();
        invocations.any(|invocation| invocation.owns(self.row.as_ref()))
    }

    pub fn lease_expires_at(&self) -> Option<Timestamp> {
        self.upload()?.held_until(self.now)
    }

    pub fn is_idle(&self) -> bool {
        let mut invocations = self.invocations.iter();
        invocations.all(|invocation| *invocation == Invocation::Idle)
    }
}

impl Invocation {
    /// The lease that it works under.
    pub fn lease(&self) -> Option<&Leased> {
        match self {
            Self::Processor(processor) => processor.lease(),
            _ => None,
        }
    }

    /// Whether the lease in the row is its own.
    pub fn owns(&self, row: Option<&Row>) -> bool {
        let lease = self.lease();
        lease.is_some_and(|lease| row.is_some_and(|Row(row)| lease.found_in(row).is_some()))
    }
}
