//! Everything outside a function, in memory, with calls that fail when a test says so.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::port::{PortError, PortErrorKind};

/// Word in the cause of every failure, which no client may see.
const SECRET: &str = "arn:aws:secret";

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing is done, and the caller learns it.
    Refused,
    /// It is done, and the caller does not learn it.
    AnswerLost,
    /// The caller dies before it is done.
    DiesBefore,
    /// The caller dies after it is done.
    DiesAfter,
}

impl Fault {
    /// Every way in which a call fails.
    pub const ALL: [Self; 4] = [
        Self::Refused,
        Self::AnswerLost,
        Self::DiesBefore,
        Self::DiesAfter,
    ];
}

/// A world that holds the state `S`, and its clock, which stands still.
///
/// An application implements its ports for it with [`call`](Self::call). Clones are the same world.
#[derive(Debug)]
pub struct World<S>(Arc<Mutex<Inner<S>>>);

#[derive(Debug)]
struct Inner<S> {
    state: S,
    now: Timestamp,
    calls: usize,
    faults: BTreeMap<usize, Fault>,
    kind: PortErrorKind,
    /// Whether no call does anything: the caller died, or everything is out of order.
    dead: bool,
}

impl<S> Clone for World<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<S: Default> Default for World<S> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Inner {
            state: S::default(),
            now: Timestamp::UNIX_EPOCH,
            calls: 0,
            faults: BTreeMap::new(),
            kind: PortErrorKind::Busy,
            dead: false,
        })))
    }
}

impl<S> World<S> {
    /// Returns the state, to be looked at or changed behind the function's back.
    pub fn state(&self) -> StateGuard<'_, S> {
        StateGuard(self.inner())
    }

    /// Does what a port is asked to, unless the call is one that fails.
    ///
    /// # Errors
    /// When the call fails.
    pub fn call<T>(&self, effect: impl FnOnce(&mut S) -> T) -> Result<T, PortError> {
        let mut inner = self.inner();
        let number = inner.calls;
        inner.calls += 1;
        let fault = inner.faults.remove(&number);
        inner.dead |= fault == Some(Fault::DiesBefore);
        if inner.dead || fault == Some(Fault::Refused) {
            return Err(inner.error());
        }
        let answer = effect(&mut inner.state);
        inner.dead |= fault == Some(Fault::DiesAfter);
        match fault {
            Some(_) => Err(inner.error()),
            None => Ok(answer),
        }
    }

    /// Lets the call of that number fail, counted from now on.
    pub fn break_call(&self, number: usize, fault: Fault) {
        let mut inner = self.inner();
        let at = inner.calls + number;
        inner.faults.insert(at, fault);
    }

    /// Lets every call fail in that way from now on, and do nothing.
    pub fn break_all(&self, kind: PortErrorKind) {
        let mut inner = self.inner();
        inner.kind = kind;
        inner.dead = true;
    }

    /// Makes the failures of single calls be of that kind.
    pub fn fail_with(&self, kind: PortErrorKind) {
        self.inner().kind = kind;
    }

    /// Starts whoever died anew; calls that are to fail still do.
    pub fn revive(&self) {
        self.inner().dead = false;
    }

    /// Lets all calls succeed from now on. Returns whether one was to fail that was not made.
    pub fn heal(&self) -> bool {
        let mut inner = self.inner();
        inner.dead = false;
        !std::mem::take(&mut inner.faults).is_empty()
    }

    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        self.inner().now += time;
    }

    fn inner(&self) -> MutexGuard<'_, Inner<S>> {
        self.0.lock().unwrap()
    }
}

impl<S> Inner<S> {
    fn error(&self) -> PortError {
        PortError {
            operation: "a call with secrets in its cause".into(),
            kind: self.kind,
            source: SECRET.into(),
        }
    }
}

impl<S: Send> Clock for World<S> {
    fn now(&self) -> Timestamp {
        self.inner().now
    }
}

/// The state of a [`World`], which nobody else sees meanwhile.
#[derive(Debug)]
pub struct StateGuard<'a, S>(MutexGuard<'a, Inner<S>>);

impl<S> Deref for StateGuard<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.0.state
    }
}

impl<S> DerefMut for StateGuard<'_, S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.0.state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes three calls that count, of which the second fails. Returns how they went, and the
    /// count.
    fn run(fault: Fault) -> ([bool; 3], u8) {
        let world = World::<u8>::default();
        world.break_call(1, fault);
        let calls = [(); 3].map(|()| world.call(|count| *count += 1).is_ok());
        let count = *world.state();
        (calls, count)
    }

    #[test]
    fn a_call_fails_as_it_was_told_to() {
        assert_eq!(run(Fault::Refused), ([true, false, true], 2));
        assert_eq!(run(Fault::AnswerLost), ([true, false, true], 3));
        assert_eq!(run(Fault::DiesBefore), ([true, false, false], 1));
        assert_eq!(run(Fault::DiesAfter), ([true, false, false], 2));
    }

    #[test]
    fn a_healed_world_tells_of_faults_that_nobody_met() {
        let world = World::<u8>::default();
        world.break_call(0, Fault::DiesAfter);
        assert!(world.call(|_| ()).is_err());
        world.break_call(3, Fault::Refused);
        assert!(world.heal());
        assert!(world.call(|_| ()).is_ok());
        assert!(!world.heal());
        world.break_all(PortErrorKind::Broken);
        let error = world.call(|count| *count = 9).unwrap_err();
        assert_eq!((error.kind, *world.state()), (PortErrorKind::Broken, 0));
    }
}
