//! The SDK's clock: every timeout and every wait of a call draws from its invocation's deadline.

use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};

use crate::deadline::drawn;

/// Sleeps no longer than the invocation lasts that it is part of. The SDK measures a call's timeouts
/// and the waits between its tries with it: a call of 8 s that is begun 5 s before the end of its
/// invocation takes 4 s, all tries together.
#[derive(Debug, Clone, Copy)]
pub struct UntilDeadline;

impl AsyncSleep for UntilDeadline {
    fn sleep(&self, duration: Duration) -> Sleep {
        Sleep::new(tokio::time::sleep(drawn(duration)))
    }
}
