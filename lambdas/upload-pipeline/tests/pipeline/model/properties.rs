//! What holds of every upload, whatever happens when.

use stateright::Property;
use upload_pipeline::domain::{Charge, Upload, UploadState};

use super::processor::Processor;
use super::state::{Invocation, State};
use super::{Pipeline, Way};

/// Whether nothing more happens by itself.
fn is_over(model: &Pipeline, state: &State) -> bool {
    state.is_idle() && model.progress(state).is_empty()
}

pub fn all(model: &Pipeline) -> Vec<Property<Pipeline>> {
    let mut properties = always();
    properties.push(Property::sometimes(
        "an upload ends after all faults",
        |_: &Pipeline, state: &State| state.ends == 1 && state.budget.faults == 0,
    ));
    // With one try left there is one lease.
    if model.way == Way::Received && !model.was_tried() {
        properties.push(Property::sometimes(
            "two invocations work at once",
            |_, state: &State| {
                let mut invocations = state.invocations.iter();
                invocations.all(|i| matches!(i, Invocation::Processor(Processor::Works(_))))
            },
        ));
    }
    properties
}

fn always() -> Vec<Property<Pipeline>> {
    vec![
        Property::always("an upload ends", |model, state: &State| {
            let is_over = is_over(model, state);
            !is_over || state.upload().is_none_or(has_ended)
        }),
        Property::always("what arrives has its result or its reason", ends_as_owed),
        Property::always("an upload ends once", |_, state: &State| state.ends <= 1),
        Property::always("a lease is one invocation's", |_, state: &State| {
            let invocations = state.invocations.iter();
            let owners = invocations.filter(|invocation| invocation.owns(state.row.as_ref()));
            owners.count() <= 1
        }),
        Property::always("what is processed has its result", |_, state: &State| {
            state.status() != "PROCESSED" || state.s3.result
        }),
        Property::always(
            "what cannot be processed has a message",
            |_, state: &State| {
                let failed = state.status() == "FAILED" && state.used != Charge::default();
                !failed || state.letter
            },
        ),
        Property::always("others are told of each state", is_told),
        Property::always("nothing is left of what is gone", |model, state: &State| {
            let is_kept = ["PROCESSED", "FAILED"].contains(&state.status());
            let is_gone = !is_kept || state.used == Charge::default();
            let s3 = &state.s3;
            let is_clean = !is_gone || !s3.object && !s3.result;
            !is_over(model, state) || is_clean && s3.multiparts == 0
        }),
        Property::always("the quota counts what there is", |_, state: &State| {
            let charge = state.upload().map(Upload::charge);
            state.used == charge.unwrap_or_default()
        }),
    ]
}

fn has_ended(upload: &Upload) -> bool {
    match upload.state {
        UploadState::Processed { .. } => true,
        UploadState::Failed { unannounced, .. } => !unannounced,
        UploadState::Deleted { purged, .. } => purged,
        _ => false,
    }
}

fn ends_as_owed(model: &Pipeline, state: &State) -> bool {
    let may_fail = !model.is_good || !state.arrived || !model.is_as_announced;
    match state.status() {
        "PROCESSED" => model.is_good && model.is_as_announced,
        "FAILED" => may_fail || model.was_tried() && state.letter,
        _ => true,
    }
}

fn is_told(model: &Pipeline, state: &State) -> bool {
    let told = &state.told;
    match state.status() {
        "PROCESSING" => told.received,
        "PROCESSED" => told.received && (told.processed || !is_over(model, state)),
        "FAILED" => told.failed || !is_over(model, state),
        _ => true,
    }
}
