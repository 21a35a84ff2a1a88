//! The steps of the processor: of `process`, `process::lease` and `process::attempt`.

use jiff::Timestamp;
use upload_pipeline::domain::{LeaseRefusal, Leased, Upload};

use super::state::{Fault, Held, Row, State};
use super::uploads::stored;
use super::{Pipeline, TERM};

/// What an invocation of the processor does next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Processor {
    Reads,
    Waits(Timestamp),
    /// Sends the event of the row that it read, before anything else.
    Tells(Row),
    Leases(Row),
    /// Looks for the lease whose answer was lost.
    Looks(Held),
    Works(Held),
    SendsLetter(Held),
    Writes(Held, Next),
    /// Looks whether the row that another write has changed is its own.
    Rereads(Held, Next),
    SendsLastLetter(Row),
    GivesUp(Row),
    /// Sends the event of what it wrote.
    TellsEnd(Row),
    RemovesResult,
}

/// What the holder of a lease writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Next {
    Renewal,
    Processed,
    Failed,
    Release,
    Abandonment,
}

/// What becomes of the record and the invocation after a step.
pub enum Step {
    Goes(Processor),
    /// The record is done.
    Done,
    /// The record has to be delivered again.
    Again,
}

use Processor as P;
use Step::{Again, Done, Goes};

impl Processor {
    pub fn lease(&self) -> Option<&Leased> {
        match self {
            P::Looks(held)
            | P::Works(held)
            | P::SendsLetter(held)
            | P::Writes(held, _)
            | P::Rereads(held, _) => Some(&held.0),
            _ => None,
        }
    }

    pub fn step(self, model: &Pipeline, state: &mut State) -> Step {
        match self {
            P::Waits(_) => Goes(P::Reads),
            P::Reads => read(state),
            P::Tells(row) => {
                state.tell(&row.0);
                match row.0.state.is_finished() {
                    true => Done,
                    false => Goes(P::Leases(row)),
                }
            }
            P::Leases(row) => lease(state, row),
            P::Looks(Held(leased)) => match own(state, &leased) {
                Some(leased) => Goes(P::Works(Held(leased.into()))),
                None => Again,
            },
            P::Works(held) if model.is_good => {
                // Written unless it is there.
                state.s3.result = true;
                Goes(P::Writes(held, Next::Processed))
            }
            P::Works(held) => Goes(P::SendsLetter(held)),
            P::SendsLetter(held) => {
                state.letter = true;
                Goes(P::Writes(held, Next::Failed))
            }
            P::Writes(held, next) => write(state, held, next),
            P::Rereads(Held(leased), next) => match own(state, &leased) {
                Some(ahead) => Goes(P::Writes(Held(ahead.into()), next)),
                None if state.upload().is_some_and(Upload::is_deleted) => Goes(P::RemovesResult),
                None => Again,
            },
            P::SendsLastLetter(row) => {
                state.letter = true;
                Goes(P::GivesUp(row))
            }
            P::GivesUp(Row(upload)) => match upload.fail(state.now, "too often") {
                Ok(failed) if state.update(&upload, &failed) => {
                    Goes(P::TellsEnd(Row(failed.into())))
                }
                _ => Again,
            },
            P::TellsEnd(Row(upload)) => {
                state.tell(&upload);
                Done
            }
            P::RemovesResult => {
                state.s3.result = false;
                Done
            }
        }
    }

    /// What it does after a call that failed.
    pub fn fail(self, model: &Pipeline, state: &mut State, fault: Fault) -> Step {
        if let P::Leases(Row(upload)) = &self
            && let Ok(leased) = upload.lease(state.new_holder(), state.now, state.now + TERM)
        {
            if fault.is_done {
                state.update(upload, leased.upload());
            }
            return match fault.is_deadly {
                true => Again,
                false => Goes(P::Looks(Held(leased.into()))),
            };
        }
        if fault.is_done {
            self.clone().step(model, state);
        }
        if fault.is_deadly {
            return Again;
        }
        match self {
            // The work goes on, and the next heartbeat tries again.
            P::Writes(held, Next::Renewal) | P::Rereads(held, Next::Renewal) => {
                Goes(P::Works(held))
            }
            P::Writes(_, Next::Release | Next::Abandonment)
            | P::Rereads(_, Next::Release | Next::Abandonment) => Again,
            P::Works(held) | P::SendsLetter(held) | P::Writes(held, _) | P::Rereads(held, _) => {
                Goes(P::Writes(held, Next::Release))
            }
            _ => Again,
        }
    }
}

fn read(state: &State) -> Step {
    let Some(Row(upload)) = state.row.clone() else {
        return Again;
    };
    if upload.is_deleted() {
        return Done;
    }
    match upload.held_until(state.now) {
        Some(until) => Goes(P::Waits(until)),
        None => Goes(P::Tells(Row(upload))),
    }
}

fn lease(state: &mut State, Row(upload): Row) -> Step {
    let leased = upload.lease(state.new_holder(), state.now, state.now + TERM);
    match leased {
        Ok(leased) => match state.update(&upload, leased.upload()) {
            true => Goes(P::Works(Held(leased.into()))),
            false => Again,
        },
        Err(LeaseRefusal::Finished) => Done,
        Err(LeaseRefusal::Exhausted) => Goes(P::SendsLastLetter(Row(upload))),
        Err(_) => Again,
    }
}

fn write(state: &mut State, held: Held, next: Next) -> Step {
    let (Held(leased), now) = (&held, state.now);
    let written = match next {
        Next::Renewal => leased.renewed(now, now + TERM).into_upload(),
        Next::Processed => leased.processed(now, stored()),
        Next::Failed => leased.failed(now, "bad"),
        Next::Release => leased.released(now),
        Next::Abandonment => leased.abandoned(now),
    };
    if !state.update(leased.upload(), &written) {
        return Goes(P::Rereads(held, next));
    }
    match (next, leased.found_in(&written)) {
        (Next::Renewal, Some(renewed)) => Goes(P::Works(Held(renewed.into()))),
        (Next::Processed | Next::Failed, _) => Goes(P::TellsEnd(Row(written.into()))),
        _ => Again,
    }
}

/// The lease as the row has it, if it is still the holder's.
fn own(state: &State, leased: &Leased) -> Option<Leased> {
    leased.found_in(state.upload()?)
}
