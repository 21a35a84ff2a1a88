//! What the model remembers: the row, the stream, the client and two invocations.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::Timestamp;
use upload_pipeline::domain::{Leased, Upload};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    pub now: Timestamp,
    pub client: Client,
    pub row: Option<Upload>,
    /// Copies of the record on the stream that no invocation has.
    pub records: u8,
    pub invocations: [Invocation; 2],
    pub has_result: bool,
    /// How often a message was sent.
    pub letters: u8,
    /// How often PROCESSED or FAILED was written.
    pub ends: u8,
    pub faults: u8,
    pub duplicates: u8,
    pub renewals: u8,
    pub suspensions: u8,
}

/// What the client's request does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    WritesRow,
    PutsRecord,
    IsAcknowledged,
    Acknowledged,
    Gone,
}

/// What an invocation of the processor does next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::large_enum_variant,
    reason = "two of them are all that a state has"
)]
pub enum Invocation {
    Idle,
    Reads,
    Waits(Timestamp),
    Decides(Upload),
    Leases(Leased),
    Works(Leased),
    SendsLetter(Leased),
    Ends(Leased, Upload),
    SendsLastLetter(Upload),
    GivesUp(Upload),
    Releases(Upload),
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
    /// Writes the row if it is at the revision before.
    pub fn update(&mut self, next: &Upload) -> Option<()> {
        let row = self.row.as_ref()?;
        if row.revision + 1 != next.revision {
            return None;
        }
        if next.state.is_finished() {
            self.ends += 1;
        }
        self.row = Some(next.clone());
        Some(())
    }

    /// Orders the invocations, which differ by nothing but their state: half as many states.
    pub fn name_no_invocation(&mut self) {
        let hash = |invocation: &Invocation| {
            let mut hasher = DefaultHasher::new();
            invocation.hash(&mut hasher);
            hasher.finish()
        };
        self.invocations.sort_by_cached_key(hash);
    }

    pub fn put_back(&mut self, number: usize) {
        self.invocations[number] = Invocation::Idle;
        self.records += 1;
    }

    pub fn status(&self) -> &'static str {
        self.row.as_ref().map_or("", |row| row.state.name())
    }

    pub fn holder_lives(&self) -> bool {
        use Invocation as I;
        let row = self.row.as_ref();
        self.invocations.iter().any(|invocation| match invocation {
            I::Works(leased) | I::SendsLetter(leased) | I::Ends(leased, _) => {
                row == Some(leased.upload())
            }
            I::Releases(next) => row.is_some_and(|row| row.revision + 1 == next.revision),
            _ => false,
        })
    }

    pub fn lease_expires_at(&self) -> Option<Timestamp> {
        self.row.as_ref()?.held_until(self.now)
    }
}
