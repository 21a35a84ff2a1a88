//! The states of an upload as a model that is checked exhaustively: every order of the steps of one
//! client and two invocations, with crashes, lost answers, duplicates and time that passes at any
//! moment.
//!
//! The model's transitions are the domain's own functions; its steps are those of `receive` and
//! `process`, whose code the tests of `failures` run with a failure of every call. Stateright
//! visits every state that can be reached and shows the shortest way to one that should not be;
//! proptest-state-machine would try some ways at random.

mod state;

use std::time::Duration;

use jiff::Timestamp;
use stateright::{Checker, Model, Property};
use upload_pipeline::domain::upload::MAX_TRIES;
use upload_pipeline::domain::{
    Checksum, FileName, HolderId, Lease, LeaseRefusal, Location, Object, Sha256Digest, Stored,
    Upload, UploadId, UploadState,
};

use state::{Client, FAULTS, Fault, Invocation, State};

const TERM: Duration = Duration::from_secs(15);

/// An upload, and how much goes wrong with it.
#[derive(Clone)]
struct Pipeline {
    upload: Upload,
    /// Every try has it: none looks for itself in the row.
    holder: HolderId,
    /// Whether it can be processed.
    is_good: bool,
    /// Failed calls, crashes and panics.
    faults: u8,
    /// Records that are delivered once more.
    duplicates: u8,
    /// Renewals of a lease.
    renewals: u8,
    /// Leases that expire while their holders live: they were suspended.
    suspensions: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Client,
    ClientDies,
    RecordIsDoubled,
    LeaseExpires,
    IsDelivered(usize),
    Steps(usize),
    Renews(usize),
    Panics(usize),
    Fails(usize, Fault),
}

impl Pipeline {
    fn step_client(&self, state: &mut State) {
        state.client = match state.client {
            Client::WritesRow => {
                state.row = Some(self.upload.clone());
                Client::PutsRecord
            }
            Client::PutsRecord => {
                state.records += 1;
                Client::IsAcknowledged
            }
            Client::IsAcknowledged => Client::Acknowledged,
            other => other,
        };
    }

    /// Does the invocation's next step. Returns what it does then; nothing, if the record has to be
    /// delivered again.
    fn step(&self, state: &mut State, now: Invocation) -> Option<Invocation> {
        use Invocation as I;
        Some(match now {
            I::Idle => I::Idle,
            I::Waits(_) => I::Reads,
            I::Reads => {
                let row = state.row.clone()?;
                match row.held_until(state.now) {
                    Some(until) => I::Waits(until),
                    None => I::Decides(row),
                }
            }
            I::Decides(upload) => match upload.lease(self.holder, state.now, state.now + TERM) {
                Ok(leased) => I::Leases(leased),
                Err(LeaseRefusal::Finished) => I::Idle,
                Err(LeaseRefusal::Exhausted) => I::SendsLastLetter(upload),
                Err(_) => return None,
            },
            I::Leases(leased) => {
                state.update(leased.upload())?;
                I::Works(leased)
            }
            I::Works(leased) if self.is_good => {
                // Written unless it is there.
                state.has_result = true;
                let ended = leased.processed(state.now, stored());
                I::Ends(leased, ended)
            }
            I::Works(leased) => I::SendsLetter(leased),
            I::SendsLetter(leased) => {
                state.letters += 1;
                let ended = leased.failed(state.now, "bad");
                I::Ends(leased, ended)
            }
            I::SendsLastLetter(upload) => {
                state.letters += 1;
                match upload.fail(state.now, "too often") {
                    Ok(failed) => I::GivesUp(failed),
                    Err(_) => I::Idle,
                }
            }
            I::Ends(_, next) | I::GivesUp(next) => {
                state.update(&next)?;
                I::Idle
            }
            I::Releases(next) => {
                state.update(&next);
                return None;
            }
        })
    }

    fn fail(&self, state: &mut State, number: usize, fault: Fault) {
        use Invocation as I;
        let before = state.invocations[number].clone();
        if fault.is_done {
            self.step(state, before.clone());
        }
        match before {
            I::Works(leased) | I::SendsLetter(leased) | I::Ends(leased, _) if !fault.is_deadly => {
                state.invocations[number] = I::Releases(leased.released(state.now));
            }
            _ => state.put_back(number),
        }
    }
}

impl Model for Pipeline {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State {
            now: self.upload.updated_at,
            client: Client::WritesRow,
            row: None,
            records: 0,
            invocations: [Invocation::Idle, Invocation::Idle],
            has_result: false,
            letters: 0,
            ends: 0,
            faults: self.faults,
            duplicates: self.duplicates,
            renewals: self.renewals,
            suspensions: self.suspensions,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if !matches!(state.client, Client::Acknowledged | Client::Gone) {
            actions.extend([Action::Client, Action::ClientDies]);
        }
        if state.duplicates > 0 && state.client as u8 > Client::PutsRecord as u8 {
            actions.push(Action::RecordIsDoubled);
        }
        let may_expire = state.suspensions > 0 || !state.holder_lives();
        if state.lease_expires_at().is_some() && may_expire {
            actions.push(Action::LeaseExpires);
        }
        for (number, invocation) in state.invocations.iter().enumerate() {
            match invocation {
                Invocation::Idle if state.records > 0 => {
                    actions.push(Action::IsDelivered(number));
                }
                Invocation::Idle => {}
                Invocation::Waits(until) if state.now < *until => {}
                _ => actions.push(Action::Steps(number)),
            }
            let is_busy = *invocation != Invocation::Idle;
            if is_busy && state.faults > 0 {
                actions.extend(FAULTS.map(|fault| Action::Fails(number, fault)));
            }
            if matches!(invocation, Invocation::Works(_)) {
                if state.renewals > 0 {
                    actions.push(Action::Renews(number));
                }
                if state.faults > 0 {
                    actions.push(Action::Panics(number));
                }
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Client => self.step_client(&mut state),
            Action::ClientDies => state.client = Client::Gone,
            Action::RecordIsDoubled => {
                state.duplicates -= 1;
                state.records += 1;
            }
            Action::LeaseExpires => {
                state.suspensions -= u8::from(state.holder_lives());
                state.now = state.lease_expires_at()?;
            }
            Action::IsDelivered(number) => {
                state.records -= 1;
                state.invocations[number] = Invocation::Reads;
            }
            Action::Steps(number) => {
                let invocation = state.invocations[number].clone();
                match self.step(&mut state, invocation) {
                    Some(next) => state.invocations[number] = next,
                    None => state.put_back(number),
                }
            }
            Action::Renews(number) => {
                state.renewals -= 1;
                let Invocation::Works(leased) = &state.invocations[number] else {
                    return None;
                };
                let renewed = leased.renewed(state.now, state.now + TERM);
                match state.update(renewed.upload()) {
                    Some(()) => state.invocations[number] = Invocation::Works(renewed),
                    None => state.put_back(number),
                }
            }
            Action::Panics(number) => {
                state.faults -= 1;
                let Invocation::Works(leased) = &state.invocations[number] else {
                    return None;
                };
                state.invocations[number] = Invocation::Releases(leased.abandoned(state.now));
            }
            Action::Fails(number, fault) => {
                state.faults -= 1;
                self.fail(&mut state, number, fault);
            }
        }
        state.name_no_invocation();
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::always(
                "an acknowledged upload ends",
                |model: &Self, state: &State| {
                    let mut actions = Vec::new();
                    model.actions(state, &mut actions);
                    let is_owed = state.client == Client::Acknowledged;
                    !actions.is_empty() || !is_owed || state.ends == 1
                },
            ),
            Property::always("an upload ends once", |_, state: &State| state.ends <= 1),
            Property::always("what is processed has its result", |_, state: &State| {
                state.status() != "PROCESSED" || state.has_result
            }),
            Property::always("what failed has a message", |_, state: &State| {
                state.status() != "FAILED" || state.letters > 0
            }),
            Property::always(
                "only bad uploads fail, or those tried too often",
                |model: &Self, state: &State| {
                    let may_fail = !model.is_good || state.letters > 0 && model.was_tried();
                    state.status() != "FAILED" || may_fail
                },
            ),
            Property::sometimes("an upload ends after all faults", |_, state: &State| {
                state.ends == 1 && state.faults == 0 && state.duplicates == 0
            }),
        ];
        // With one try left there is one lease.
        if !self.was_tried() {
            let both = Property::sometimes("two invocations work at once", |_, state: &State| {
                let works = |i: &Invocation| matches!(i, Invocation::Works(_));
                state.invocations.iter().all(works)
            });
            properties.push(both);
        }
        properties
    }
}

impl Pipeline {
    /// An upload that was just received, by a client that has not put its record on the stream.
    fn new(is_good: bool) -> Self {
        let time = Timestamp::UNIX_EPOCH;
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
            state: UploadState::Received { object: object() },
        };
        Self {
            upload,
            holder: HolderId::generate(),
            is_good,
            faults: 2,
            duplicates: 1,
            renewals: 1,
            suspensions: 1,
        }
    }

    /// An upload over which invocations have died, and which has one try left.
    fn tried(is_good: bool) -> Self {
        let mut pipeline = Self::new(is_good);
        pipeline.upload.state = UploadState::Processing {
            object: object(),
            lease: Lease {
                holder: pipeline.holder,
                expires_at: pipeline.upload.updated_at,
                tries: MAX_TRIES - 1,
            },
        };
        pipeline
    }

    fn was_tried(&self) -> bool {
        matches!(self.upload.state, UploadState::Processing { .. })
    }

    fn check(self) {
        let checker = self.checker().threads(2).spawn_bfs().join();
        println!("{} states", checker.unique_state_count());
        checker.assert_properties();
    }
}

fn place() -> Location {
    Location {
        bucket: String::new(),
        key: String::new(),
    }
}

fn object() -> Object {
    Object {
        version: "1".to_owned(),
        size: 0,
        checksum: Checksum::Sha256(Sha256Digest::of(b"")),
    }
}

fn stored() -> Stored {
    Stored {
        location: place(),
        object: object(),
    }
}

#[test]
fn a_good_upload_is_processed_once_whatever_happens_when() {
    Pipeline::new(true).check();
}

#[test]
fn a_bad_upload_fails_once_with_a_message_whatever_happens_when() {
    Pipeline::new(false).check();
}

#[test]
fn an_upload_that_was_tried_too_often_ends_whatever_happens_when() {
    Pipeline::tried(true).check();
}
