//! Panics of a provider's code, as reports that a user can pass on.

use std::any::Any;
use std::backtrace::Backtrace;
use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, OnceLock};

use super::stderr;
use crate::{Diagnostic, Provider};

tokio::task_local! {
    /// Where an operation notes the place of its panic.
    static PLACE: Place;
}

/// Where a panic was, and how it got there.
pub type Place = Arc<OnceLock<String>>;

/// Logs panics, and notes where they were. One that no operation reports is printed too.
pub fn install() {
    panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let location = info.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::force_capture().to_string();
        tracing::error!(
            location,
            message = message(info.payload()),
            backtrace,
            "panic"
        );
        let noted = PLACE.try_with(|place| place.set(format!("at {location}\n\n{backtrace}")));
        if noted.is_err() {
            stderr::write(format!("{info}\n"));
            // The process may be about to end.
            stderr::flush(super::FLUSH);
        }
    }));
}

/// Runs an operation that notes in `place` where it panics.
pub async fn noted<T>(place: Place, operation: impl Future<Output = T>) -> T {
    PLACE.scope(place, operation).await
}

/// The report of a panic in `rpc`.
pub fn report<P: Provider>(rpc: &str, payload: &(dyn Any + Send), place: &Place) -> Diagnostic {
    Diagnostic::error(
        "The provider panicked",
        format!(
            "This is a bug in the provider, which goes on with its other work. Please report it \
             to the provider's developers with these lines:\n\n\
             terraform-provider-{} {}, {rpc}\n{}\n{}",
            P::name(),
            P::VERSION,
            message(payload),
            place.get().map_or("", String::as_str),
        ),
    )
}

fn message(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}
