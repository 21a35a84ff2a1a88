//! One deadline an invocation, which everything that it does draws from.
//!
//! Calls to AWS end [`MARGIN`] before it, whatever their own timeouts are: what called them can
//! still answer, or return the rest of a batch. The work as a whole ends with half of the margin
//! left, whatever it waits for.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lambda_runtime::Context;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::port::{PortError, PortErrorKind};

/// Time that calls leave for the answer. An answer of 6 MB takes Lambda a fraction of it.
pub const MARGIN: Duration = Duration::from_secs(1);

tokio::task_local! {
    static DEADLINE: Deadline;
}

/// When Lambda ends the invocation, or its caller gives up on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

/// Work that was given up, because the deadline was near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the invocation's time is up")]
pub struct TimeIsUp;

impl Deadline {
    /// Returns the deadline of the invocation that Lambda describes so.
    pub fn of(context: &Context) -> Self {
        let left = context.deadline().duration_since(SystemTime::now());
        Self::after(left.unwrap_or_default())
    }

    /// Returns the deadline that is so far away.
    pub fn after(left: Duration) -> Self {
        Self(Instant::now() + left)
    }

    /// Returns how long it is until the deadline.
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Returns the time of the deadline by that clock.
    pub fn time(self, clock: &dyn Clock) -> Timestamp {
        clock
            .now()
            .saturating_add(self.left())
            .unwrap_or(Timestamp::MAX)
    }

    /// Does the work, in which every call to AWS draws from this deadline.
    ///
    /// # Errors
    /// When the work outlasts the deadline but for half of [`MARGIN`]. It is dropped where it is.
    pub async fn bound<T>(self, work: impl Future<Output = T>) -> Result<T, TimeIsUp> {
        let left = self.left().saturating_sub(MARGIN / 2);
        let work = DEADLINE.scope(self, tokio::time::timeout(left, work));
        work.await.map_err(|_| TimeIsUp)
    }
}

/// Returns how long a call may take that is to take `wanted` at most: less, if it is part of an
/// invocation with less time left.
pub fn drawn(wanted: Duration) -> Duration {
    let left = DEADLINE.try_with(|deadline| deadline.left().saturating_sub(MARGIN));
    left.map_or(wanted, |left| left.min(wanted))
}

impl From<TimeIsUp> for PortError {
    fn from(error: TimeIsUp) -> Self {
        Self {
            operation: "the work".into(),
            kind: PortErrorKind::Busy,
            source: error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test]
    async fn calls_draw_from_what_is_left_of_their_invocation() {
        assert_eq!(drawn(8 * SECOND), 8 * SECOND);
        let long = Deadline::after(3600 * SECOND);
        assert_eq!(
            long.bound(async { drawn(8 * SECOND) }).await,
            Ok(8 * SECOND)
        );
        let short = Deadline::after(6 * SECOND);
        let drawn_late = short.bound(async { drawn(8 * SECOND) }).await.unwrap();
        assert!(drawn_late <= 6 * SECOND - MARGIN, "{drawn_late:?}");
        let over = Deadline::after(MARGIN);
        assert_eq!(
            over.bound(async { drawn(8 * SECOND) }).await,
            Ok(Duration::ZERO)
        );
    }

    #[tokio::test]
    async fn work_ends_before_the_deadline_whatever_it_waits_for() {
        let deadline = Deadline::after(MARGIN);
        let outcome = deadline.bound(std::future::pending::<()>()).await;
        assert_eq!(outcome, Err(TimeIsUp));
        assert!(deadline.left() > Duration::ZERO);
    }

    #[tokio::test]
    async fn an_invocation_ends_when_lambda_says_so() {
        let mut context = Context::default();
        let end = SystemTime::now() + 10 * SECOND;
        let since_1970 = end.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        context.deadline = since_1970.as_millis().try_into().unwrap();
        let left = Deadline::of(&context).left();
        assert!(left > Duration::ZERO && left <= 10 * SECOND, "{left:?}");
        context.deadline = 1;
        assert_eq!(Deadline::of(&context).left(), Duration::ZERO);
    }
}
