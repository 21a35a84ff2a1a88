//! An upload's whole life as a model that is checked exhaustively: every order of the calls that
//! the functions make, two of them at a time, with calls that fail, answers that are lost, crashes
//! between any two calls, events and records that are lost or doubled, deletion, and time that
//! passes at any moment.
//!
//! The model's transitions are the domain's own functions; its steps are the port calls of
//! `receive`, `direct`, `arrive`, `reconcile`, `remove` and `process`, whose code other tests run
//! with a failure of every call. Stateright visits every state that can be reached and shows the
//! shortest way to one that should not be; proptest-state-machine would try some ways at random.
//!
//! What bounds the model: one upload; two invocations at once (more of them meet the same rows and
//! conditions), of which one is the client's request; no retry of a failed upload; and in each test
//! how many calls fail, deliveries are doubled, events are lost,
//! leases are renewed and delays occur. No invocation lasts 15 minutes. It finds what ends wrongly,
//! not what goes on for ever.

mod actions;
mod keepers;
mod processor;
mod properties;
mod state;
mod uploads;

use std::time::Duration;

use jiff::Timestamp;
use stateright::{Checker, Model, Property};
use upload_pipeline::domain::{Multipart, Schedule, Upload, UploadState};

use actions::Action;
use keepers::{Keeper, Who};
use processor::{Next, Processor, Step};
use state::{Budget, Fault, Held, Invocation, Row, S3, State, Told};

const TERM: Duration = Duration::from_secs(15);
const MINUTE: Duration = Duration::from_secs(60);

/// Longer than any invocation lasts ("Lambda quotas").
const LONG: Duration = Duration::from_secs(15 * 60);

/// An upload, how it comes, and how much goes wrong with it.
#[derive(Clone)]
struct Pipeline {
    upload: Upload,
    way: Way,
    /// Whether it can be processed.
    is_good: bool,
    /// Whether the client sends what it announced.
    is_as_announced: bool,
    budget: Budget,
}

/// How the bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// They are there, and the record is on the stream.
    Received,
    /// In the client's request.
    Inline,
    /// By the client's PUT.
    Put,
    /// In parts.
    Parts,
}

impl Pipeline {
    fn schedule(&self) -> Schedule {
        Schedule {
            reconcile_after: MINUTE * 14,
            expire_after: None,
        }
    }

    fn due_at(&self, state: &State) -> Option<Timestamp> {
        self.schedule().due(state.upload()?)
    }

    fn is_due(&self, state: &State) -> bool {
        self.due_at(state).is_some_and(|due_at| due_at <= state.now)
    }

    fn request(&self, state: &mut State) -> Option<()> {
        let Some(row) = state.row.clone() else {
            return match self.way {
                Way::Inline => begin(state, Invocation::Keeper(Keeper::Inserts)),
                _ => {
                    keepers::insert(self, state);
                    Some(())
                }
            };
        };
        let keeper = match &row.0.state {
            UploadState::Pending {
                multipart: Some(Multipart { id, .. }),
                ..
            } => match id {
                None if keepers::takes_bytes(&row.0, state) => Keeper::Begins(row),
                None => return None,
                Some(_) => Keeper::Joins(row),
            },
            UploadState::Pending { .. } => Keeper::Inserts,
            _ => return None,
        };
        begin(state, Invocation::Keeper(keeper))
    }

    fn step(&self, state: &mut State, number: usize) {
        match std::mem::replace(&mut state.invocations[number], Invocation::Idle) {
            Invocation::Idle => {}
            Invocation::Keeper(keeper) => {
                if let Some(next) = keeper.step(self, state) {
                    state.invocations[number] = Invocation::Keeper(next);
                }
            }
            Invocation::Processor(processor) => {
                let step = processor.step(self, state);
                go(state, number, step);
            }
        }
    }

    fn fail(&self, state: &mut State, number: usize, fault: Fault) {
        match std::mem::replace(&mut state.invocations[number], Invocation::Idle) {
            Invocation::Idle => {}
            Invocation::Keeper(keeper) => {
                // Lambda delivers an event again; the reconciler comes again; a client may.
                state.notices += u8::from(keeper.is_of_event());
                if fault.is_done {
                    keeper.step(self, state);
                }
            }
            Invocation::Processor(processor) => {
                let step = processor.fail(self, state, fault);
                go(state, number, step);
            }
        }
    }
}

fn begin(state: &mut State, invocation: Invocation) -> Option<()> {
    let mut slots = state.invocations.iter_mut();
    *slots.find(|slot| **slot == Invocation::Idle)? = invocation;
    Some(())
}

fn go(state: &mut State, number: usize, step: Step) {
    match step {
        Step::Goes(next) => state.invocations[number] = Invocation::Processor(next),
        Step::Done => {}
        Step::Again => state.records += 1,
    }
}

fn work_of(state: &mut State, number: usize) -> Option<Held> {
    match &state.invocations[number] {
        Invocation::Processor(Processor::Works(held)) => Some(held.clone()),
        _ => None,
    }
}

impl Model for Pipeline {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let is_received = self.way == Way::Received;
        vec![State {
            now: self.upload.updated_at,
            row: is_received.then(|| Row(self.upload.clone().into())),
            used: match is_received {
                true => self.upload.charge(),
                false => Default::default(),
            },
            s3: S3 {
                object: is_received,
                ..Default::default()
            },
            notices: 0,
            records: u8::from(is_received),
            letter: false,
            told: Told {
                received: self.was_tried(),
                ..Default::default()
            },
            ends: 0,
            arrived: is_received,
            invocations: [Invocation::Idle, Invocation::Idle],
            budget: self.budget,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        actions.extend(self.progress(state));
        actions.extend(self.requests(state));
        actions.extend(self.faults(state));
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut new = last.clone();
        let state = &mut new;
        match action {
            Action::ClientRequests => self.request(state)?,
            Action::ClientPuts => state.put_object(),
            Action::ClientDeletes => {
                state.budget.deletions -= 1;
                begin(state, Invocation::Keeper(Keeper::FindsToDelete))?;
            }
            Action::NoticeIsDoubled => {
                state.budget.duplicates -= 1;
                state.notices += 1;
            }
            Action::NoticeIsLost => {
                state.budget.losses -= 1;
                state.notices -= 1;
            }
            Action::RecordIsDoubled => {
                state.budget.duplicates -= 1;
                state.records += 1;
            }
            Action::NoticeIsDelivered => {
                state.notices -= 1;
                begin(state, Invocation::Keeper(Keeper::Finds(Who::Event)))?;
            }
            Action::RecordIsDelivered => {
                state.records -= 1;
                begin(state, Invocation::Processor(Processor::Reads))?;
            }
            Action::Reconciles => begin(state, Invocation::Keeper(Keeper::LooksAfter))?,
            Action::LeaseExpires => {
                state.budget.delays -= u8::from(state.holder_lives());
                state.now = state.lease_expires_at()?;
            }
            Action::TimePasses => {
                state.budget.delays -= u8::from(!self.is_quiet(state));
                state.now = self.due_at(state)?;
            }
            Action::Steps(number) => self.step(state, number),
            Action::Renews(number) => {
                state.budget.renewals -= 1;
                let next = Processor::Writes(work_of(state, number)?, Next::Renewal);
                state.invocations[number] = Invocation::Processor(next);
            }
            Action::Panics(number) => {
                state.budget.faults -= 1;
                let next = Processor::Writes(work_of(state, number)?, Next::Abandonment);
                state.invocations[number] = Invocation::Processor(next);
            }
            Action::Fails(number, fault) => {
                state.budget.faults -= 1;
                self.fail(state, number, fault);
            }
        }
        state.name_no_invocation();
        Some(new)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all(self)
    }
}

impl Pipeline {
    fn check(self) {
        let checker = self.checker().threads(2).spawn_bfs().join();
        let (states, depth) = (checker.unique_state_count(), checker.max_depth());
        println!("{states} states, {depth} steps at most");
        checker.assert_properties();
    }
}

#[test]
fn a_good_upload_is_processed_once_whatever_happens_when() {
    Pipeline::received(true).check();
}

#[test]
fn a_bad_upload_fails_once_with_a_message_whatever_happens_when() {
    Pipeline::received(false).check();
}

#[test]
fn an_upload_that_was_tried_too_often_ends_whatever_happens_when() {
    Pipeline::tried().check();
}

#[test]
fn an_upload_in_one_request_ends_whatever_happens_when() {
    Pipeline::coming(Way::Inline).check();
}

#[test]
fn an_announced_upload_ends_whatever_happens_when() {
    Pipeline::coming(Way::Put).check();
}

#[test]
fn an_upload_in_parts_ends_whatever_happens_when() {
    Pipeline::coming(Way::Parts).check();
}

#[test]
fn an_upload_that_is_not_what_was_announced_fails_whatever_happens_when() {
    let mut pipeline = Pipeline::coming(Way::Parts);
    pipeline.is_as_announced = false;
    pipeline.check();
}

#[test]
fn a_deleted_upload_leaves_nothing_whatever_happens_when() {
    Pipeline::received(true).deleted().check();
}

#[test]
fn an_announced_upload_that_is_deleted_leaves_nothing_whatever_happens_when() {
    Pipeline::coming(Way::Put).deleted().check();
}
