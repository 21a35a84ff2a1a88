//! The steps of everybody but the processor: of `receive` and `direct` (the client's requests), of
//! `arrive` (S3's event), of `reconcile` and of `remove`.

use upload_pipeline::domain::schedule::given_up_at;
use upload_pipeline::domain::{Upload, UploadState};

use super::Pipeline;
use super::state::{Row, State};
use super::uploads::object;

/// What an invocation does next that receives, looks after or removes the upload.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Keeper {
    /// The client's request in one: its row, then its bytes.
    Inserts,
    PutsBytes(Row),
    /// The client's request for its parts: begins a multipart upload, and writes its id.
    Begins(Row),
    WritesBegun(Row),
    Aborts,
    /// The client's completion.
    Joins(Row),
    /// Reads the row, to receive what has arrived.
    Finds(Who),
    /// Asks S3 what has arrived for that row.
    Looks(Who, Row),
    /// Removes bytes that nobody waits for.
    RemovesLate(Who),
    WritesArrival(Who, Row),
    PutsRecord(Who),
    /// Removes bytes that are not what was announced.
    RemovesRefused(Who, Row),
    /// Reads the row, to look after it.
    LooksAfter,
    PutsAgain(Row),
    WritesLater(Row),
    GivesUp(Row),
    RemovesUpload(Row),
    RemovesResult(Row),
    Tells(Row),
    WritesTold(Row),
    WritesPurged(Row),
    /// The client's deletion.
    FindsToDelete,
    Deletes(Row),
}

/// For whom the upload is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    Event,
    Reconciler,
    Client,
}

use Keeper as K;

impl Keeper {
    /// Does the next step. Returns what comes then; nothing, at the end.
    pub fn step(self, model: &Pipeline, state: &mut State) -> Option<Keeper> {
        let now = state.now;
        match self {
            K::Inserts => {
                let row = insert(model, state);
                takes_bytes(&row.0, state).then_some(K::PutsBytes(row))
            }
            K::PutsBytes(row) => {
                state.put_object();
                Some(K::WritesArrival(Who::Client, row))
            }
            K::Begins(row) => {
                state.s3.multiparts += 1;
                Some(K::WritesBegun(row))
            }
            K::WritesBegun(Row(row)) => {
                let begun = row.begun(now, "id".to_owned())?;
                (!state.update(&row, &begun)).then_some(K::Aborts)
            }
            K::Aborts => {
                state.s3.multiparts = state.s3.multiparts.saturating_sub(1);
                None
            }
            K::Joins(row) => {
                // Others that were begun are aborted before.
                if state.s3.multiparts > 0 {
                    state.s3.multiparts = 0;
                    state.put_object();
                }
                Some(K::Looks(Who::Client, row))
            }
            K::Finds(who) => {
                let row = state.row.clone()?;
                Some(K::Looks(who, row))
            }
            K::Looks(who, row) => look(state, who, row),
            K::RemovesLate(_) => {
                state.remove_upload();
                None
            }
            K::WritesArrival(who, Row(row)) => arrive(model, state, who, &row),
            K::PutsRecord(_) => {
                state.records += 1;
                None
            }
            K::RemovesRefused(who, row) => {
                state.remove_upload();
                (who == Who::Reconciler).then_some(K::RemovesUpload(row))
            }
            K::Deletes(Row(row)) => match row.deleted(now) {
                Some(deleted) if state.update(&row, &deleted) => {
                    Some(K::RemovesUpload(Row(deleted.into())))
                }
                Some(_) => Some(K::FindsToDelete),
                None => None,
            },
            K::FindsToDelete => Some(K::Deletes(state.row.clone()?)),
            _ => self.look_after(model, state),
        }
    }

    /// The steps of the reconciler. What it removes, a deletion removes the same way.
    fn look_after(self, model: &Pipeline, state: &mut State) -> Option<Keeper> {
        let now = state.now;
        match self {
            K::LooksAfter => {
                let Row(row) = state.row.clone().filter(|_| model.is_due(state))?;
                match row.state {
                    UploadState::Pending { .. } => Some(K::Looks(Who::Reconciler, Row(row))),
                    UploadState::Deleted { .. } | UploadState::Failed { .. } => {
                        Some(K::RemovesUpload(Row(row)))
                    }
                    _ => Some(K::PutsAgain(Row(row))),
                }
            }
            K::PutsAgain(row) => {
                state.records += 1;
                Some(K::WritesLater(row))
            }
            K::WritesLater(Row(row)) => {
                state.update(&row, &row.looked_after(now));
                None
            }
            K::GivesUp(Row(row)) => {
                let failed = row.given_up(now, "late")?;
                let is_written = state.update(&row, &failed);
                is_written.then_some(K::RemovesUpload(Row(failed.into())))
            }
            K::RemovesUpload(row) => {
                state.remove_upload();
                Some(K::RemovesResult(row))
            }
            K::RemovesResult(row) => {
                state.s3.result = false;
                match row.0.is_deleted() {
                    true => Some(K::WritesPurged(row)),
                    false => Some(K::Tells(row)),
                }
            }
            K::Tells(row) => {
                state.tell(&row.0);
                Some(K::WritesTold(row))
            }
            K::WritesTold(Row(row)) => {
                state.update(&row, &row.announced(now)?);
                None
            }
            // Too early for a deletion, which ends there.
            K::WritesPurged(Row(row)) => {
                state.update(&row, &row.purged(now)?);
                None
            }
            _ => None,
        }
    }

    /// Whether it is a request of the client's for its upload.
    pub fn is_request(&self) -> bool {
        let is_own = matches!(
            self,
            K::Inserts | K::PutsBytes(_) | K::Begins(_) | K::WritesBegun(_) | K::Joins(_)
        );
        is_own || self.who() == Some(Who::Client)
    }

    /// Whether S3's event is delivered again when this fails.
    pub fn is_of_event(&self) -> bool {
        self.who() == Some(Who::Event)
    }

    fn who(&self) -> Option<Who> {
        match self {
            K::Finds(who)
            | K::Looks(who, _)
            | K::WritesArrival(who, _)
            | K::PutsRecord(who)
            | K::RemovesLate(who)
            | K::RemovesRefused(who, _) => Some(*who),
            _ => None,
        }
    }
}

/// Writes the row of a new upload.
pub fn insert(model: &Pipeline, state: &mut State) -> Row {
    // A repeated request finds its receipt.
    let used = &mut state.used;
    let row = state.row.get_or_insert_with(|| {
        *used = model.upload.charge();
        Row(model.upload.clone().into())
    });
    row.clone()
}

/// Whether URLs are signed for the upload's bytes, and requests bring them.
pub fn takes_bytes(row: &Upload, state: &State) -> bool {
    match row.state {
        UploadState::Pending { open_until, .. } => state.now < open_until,
        _ => false,
    }
}

fn look(state: &State, who: Who, Row(row): Row) -> Option<Keeper> {
    match &row.state {
        UploadState::Failed { object: None, .. } | UploadState::Deleted { .. } => {
            Some(K::RemovesLate(who))
        }
        UploadState::Pending { .. } if state.s3.object => Some(K::WritesArrival(who, Row(row))),
        UploadState::Pending { .. } if who != Who::Reconciler => None,
        UploadState::Pending { open_until, .. } if state.now < given_up_at(*open_until) => {
            Some(K::WritesLater(Row(row)))
        }
        UploadState::Pending { .. } => Some(K::GivesUp(Row(row))),
        _ => None,
    }
}

fn arrive(model: &Pipeline, state: &mut State, who: Who, row: &Upload) -> Option<Keeper> {
    let next = match model.is_as_announced {
        true => row.received(state.now, object()),
        false => row.given_up(state.now, "other bytes"),
    };
    let next = next?;
    if !state.update(row, &next) {
        return Some(K::Finds(who));
    }
    match model.is_as_announced {
        true => Some(K::PutsRecord(who)),
        false => Some(K::RemovesRefused(who, Row(next.into()))),
    }
}
