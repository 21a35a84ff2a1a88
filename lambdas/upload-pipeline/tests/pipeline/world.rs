//! Everything outside the pipeline, in memory, with calls that fail when a test says so.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use upload_pipeline::domain::{
    ContentType, DeadLetter, ObjectVersion, Owner, Sha256Digest, Upload, UploadId, UploadRecord,
};
use upload_pipeline::ports::*;
use upload_pipeline::process::Processor;
use upload_pipeline::receive::Receiver;

pub const UPLOADS: &str = "uploads-bucket";
pub const PROCESSED: &str = "processed-bucket";

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
    pub const ALL: [Self; 4] = [
        Self::Refused,
        Self::AnswerLost,
        Self::DiesBefore,
        Self::DiesAfter,
    ];
}

#[derive(Default)]
pub struct State {
    /// Bodies by bucket and key. Each is at version "1".
    pub objects: BTreeMap<(String, String), Vec<u8>>,
    /// Content types by bucket and key.
    pub types: BTreeMap<(String, String), String>,
    pub rows: BTreeMap<String, Upload>,
    pub stream: Vec<Vec<u8>>,
    pub letters: Vec<DeadLetter>,
    /// Every transition that was written, as "id STATUS".
    pub transitions: Vec<String>,
    pub kind: Option<PortErrorKind>,
    now: Timestamp,
    calls: usize,
    fault: Option<(usize, Fault)>,
    dead: bool,
}

#[derive(Clone, Default)]
pub struct World(Arc<Mutex<State>>);

impl World {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// Lets the call of that number, counted from now on, fail.
    pub fn break_call(&self, number: usize, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.calls + number, fault));
    }

    /// Starts whoever died anew.
    pub fn revive(&self) {
        self.state().dead = false;
    }

    /// Lets all calls succeed from now on. Says whether the one that was to fail was made.
    pub fn heal(&self) -> bool {
        let mut state = self.state();
        state.dead = false;
        let calls = state.calls;
        state.fault.take().is_none_or(|(number, _)| number < calls)
    }

    pub fn pass(&self, time: Duration) {
        self.state().now += time;
    }

    pub fn receiver(&self) -> Receiver {
        Receiver {
            objects: Arc::new(self.clone()),
            table: Arc::new(self.clone()),
            stream: Arc::new(self.clone()),
            clock: Arc::new(self.clone()),
            uploads_bucket: UPLOADS.into(),
        }
    }

    pub fn processor(&self) -> Processor {
        Processor {
            objects: Arc::new(self.clone()),
            table: Arc::new(self.clone()),
            dead_letters: Arc::new(self.clone()),
            clock: Arc::new(self.clone()),
            uploads_bucket: UPLOADS.into(),
            processed_bucket: PROCESSED.into(),
        }
    }

    /// Does what is asked, unless it is the call that fails.
    fn call<T>(&self, effect: impl FnOnce(&mut State) -> T) -> Result<T, PortError> {
        let mut state = self.state();
        let number = state.calls;
        state.calls += 1;
        let fault = state.fault.filter(|(at, _)| *at == number).map(|(_, f)| f);
        if state.dead || matches!(fault, Some(Fault::Refused | Fault::DiesBefore)) {
            state.dead |= fault == Some(Fault::DiesBefore);
            return Err(error(&state));
        }
        let answer = effect(&mut state);
        state.dead |= fault == Some(Fault::DiesAfter);
        if fault.is_some() {
            return Err(error(&state));
        }
        Ok(answer)
    }
}

fn error(state: &State) -> PortError {
    PortError {
        operation: "a call with secrets in its cause".into(),
        kind: state.kind.unwrap_or(PortErrorKind::Busy),
        source: "arn:aws:secret".into(),
    }
}

#[async_trait]
impl ObjectStore for World {
    async fn put_new(
        &self,
        bucket: &str,
        key: &str,
        content_type: &ContentType,
        sha256: Sha256Digest,
        body: Vec<u8>,
    ) -> Result<Put, PortError> {
        assert_eq!(sha256, Sha256Digest::of(&body));
        self.call(|state| {
            let place = (bucket.to_owned(), key.to_owned());
            if state.objects.contains_key(&place) {
                return Put::Exists;
            }
            state.types.insert(place.clone(), content_type.to_string());
            state.objects.insert(place, body);
            Put::Created {
                version: "1".into(),
            }
        })
    }

    async fn get(&self, object: &ObjectVersion, limit: u64) -> Result<Option<Vec<u8>>, PortError> {
        self.call(|state| {
            let place = (object.bucket.clone(), object.key.clone());
            let body = state.objects.get(&place)?;
            (object.version == "1").then(|| body[..body.len().min(limit as usize + 1)].to_owned())
        })
    }
}

#[async_trait]
impl UploadTable for World {
    async fn insert(&self, upload: &Upload) -> Result<Write, PortError> {
        self.call(|state| write(state, upload, None))
    }

    async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError> {
        self.call(|state| {
            let row = state.rows.get(&id.to_string());
            row.filter(|row| row.owner == *owner).cloned()
        })
    }

    async fn update(&self, next: &Upload) -> Result<Write, PortError> {
        self.call(|state| write(state, next, Some(next.revision - 1)))
    }
}

fn write(state: &mut State, upload: &Upload, expected: Option<u64>) -> Write {
    let id = upload.upload_id.to_string();
    if state.rows.get(&id).map(|row| row.revision) != expected {
        return Write::Conflict;
    }
    state
        .transitions
        .push(format!("{id} {}", upload.state.name()));
    state.rows.insert(id, upload.clone());
    Write::Done
}

#[async_trait]
impl UploadStream for World {
    async fn put(&self, record: &UploadRecord) -> Result<(), PortError> {
        let data = serde_json::to_vec(record).unwrap();
        self.call(|state| state.stream.push(data))
    }
}

#[async_trait]
impl DeadLetterQueue for World {
    async fn send(&self, letter: &DeadLetter) -> Result<(), PortError> {
        self.call(|state| state.letters.push(letter.clone()))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        self.state().now
    }
}
