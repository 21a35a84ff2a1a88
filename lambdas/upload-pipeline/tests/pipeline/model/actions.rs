//! What may happen next: by itself, at the client's wish, and by mischance.

use jiff::Timestamp;

use super::processor::Processor;
use super::state::{FAULTS, Fault, Invocation, State};
use super::{LONG, Pipeline, Way};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    ClientRequests,
    ClientPuts,
    ClientDeletes,
    NoticeIsDoubled,
    NoticeIsLost,
    RecordIsDoubled,
    NoticeIsDelivered,
    RecordIsDelivered,
    Reconciles,
    LeaseExpires,
    TimePasses,
    Steps(usize),
    Renews(usize),
    Panics(usize),
    Fails(usize, Fault),
}

impl Pipeline {
    /// What the system does by itself. An upload for which there is none of it stays as it is.
    pub fn progress(&self, state: &State) -> Vec<Action> {
        let mut actions = Vec::new();
        for (number, invocation) in state.invocations.iter().enumerate() {
            match invocation {
                Invocation::Idle => {}
                Invocation::Processor(Processor::Waits(until))
                    if state.now < *until && state.lease_expires_at().is_some() => {}
                _ => actions.push(Action::Steps(number)),
            }
        }
        if state.lease_expires_at().is_some() && !state.holder_lives() {
            actions.push(Action::LeaseExpires);
        }
        if state.invocations.contains(&Invocation::Idle) {
            if state.notices > 0 {
                actions.push(Action::NoticeIsDelivered);
            }
            if state.records > 0 {
                actions.push(Action::RecordIsDelivered);
            }
            if self.is_due(state) {
                actions.push(Action::Reconciles);
            }
        }
        if self.is_quiet(state) && self.due_at(state).is_some_and(|due_at| due_at > state.now) {
            actions.push(Action::TimePasses);
        }
        actions
    }

    pub fn is_quiet(&self, state: &State) -> bool {
        state.is_idle() && state.records == 0 && state.notices == 0
    }

    /// What the client does, if it likes.
    pub fn requests(&self, state: &State) -> Vec<Action> {
        let mut actions = Vec::new();
        let is_asking = |invocation: &Invocation| {
            let Invocation::Keeper(keeper) = invocation else {
                return false;
            };
            keeper.is_request()
        };
        let is_free = state.invocations.contains(&Invocation::Idle)
            && !state.invocations.iter().any(is_asking);
        let may_send = state.may_send(&self.upload);
        let has_request = match self.way {
            Way::Received => false,
            Way::Put => state.row.is_none(),
            Way::Inline | Way::Parts => may_send && is_free,
        };
        if has_request {
            actions.push(Action::ClientRequests);
        }
        if self.way == Way::Put && state.row.is_some() && !state.s3.object && may_send {
            actions.push(Action::ClientPuts);
        }
        let has_upload = state.upload().is_some_and(|row| !row.is_deleted());
        if state.budget.deletions > 0 && has_upload && is_free {
            actions.push(Action::ClientDeletes);
        }
        actions
    }

    /// What goes wrong, as far as the budget allows.
    pub fn faults(&self, state: &State) -> Vec<Action> {
        let budget = &state.budget;
        let mut actions = Vec::new();
        if budget.duplicates > 0 && state.notices > 0 {
            actions.push(Action::NoticeIsDoubled);
        }
        if budget.duplicates > 0 && state.records > 0 {
            actions.push(Action::RecordIsDoubled);
        }
        if budget.losses > 0 && state.notices > 0 {
            actions.push(Action::NoticeIsLost);
        }
        if budget.delays > 0 && state.lease_expires_at().is_some() && state.holder_lives() {
            actions.push(Action::LeaseExpires);
        }
        let is_soon = |due_at: Timestamp| state.now < due_at && due_at < state.now + LONG;
        if budget.delays > 0 && !self.is_quiet(state) && self.due_at(state).is_some_and(is_soon) {
            actions.push(Action::TimePasses);
        }
        for (number, invocation) in state.invocations.iter().enumerate() {
            if *invocation != Invocation::Idle && budget.faults > 0 {
                actions.extend(FAULTS.map(|fault| Action::Fails(number, fault)));
            }
            if matches!(invocation, Invocation::Processor(Processor::Works(_))) {
                if budget.renewals > 0 {
                    actions.push(Action::Renews(number));
                }
                if budget.faults > 0 {
                    actions.push(Action::Panics(number));
                }
            }
        }
        actions
    }
}
