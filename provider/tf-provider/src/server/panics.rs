//! Panics of a provider's code, as reports that a user can pass on.

use std::{any::Any, backtrace::Backtrace, cell::RefCell, panic, panic::PanicHookInfo};

use crate::Diagnostic;

thread_local! {
    /// Where the last panic of this thread was, and how it got there.
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

/// Logs panics instead of printing them, and remembers where they were.
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
        LAST.set(Some((location, backtrace)));
    }));
}

/// Takes what the hook remembered of this thread's last panic.
pub fn take_location() -> Option<(String, String)> {
    LAST.take()
}

/// The report of a panic.
pub fn diagnostic(
    provider: &str,
    version: &str,
    rpc: &str,
    payload: &(dyn Any + Send),
    place: Option<(String, String)>,
) -> Diagnostic {
    let (location, backtrace) = place.unwrap_or_default();
    let message = message(payload);
    Diagnostic::error(
        "The provider panicked",
        format!(
            "This is a bug in the provider, which goes on with its other work. Please report \
             it to the provider's developers with these lines:\n\n\
             terraform-provider-{provider} {version}, {rpc}\n\
             {message}\n\
             at {location}\n\n{backtrace}"
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
