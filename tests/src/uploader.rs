//! A client of the upload API that does what its clients should: it repeats what was not answered,
//! with the same key, asks again for a URL that has expired, and resumes by the list of parts.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use sandbox::{
    api::{Answer, Api},
    cancel,
    embedded_aws::Address,
    http::{Client, Request},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How long one request is repeated, unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(120);

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A user's client of one pipeline.
pub struct Uploader {
    api: Api,
    http: Client,
    token: String,
    patience: Duration,
}

/// A request that somebody signed, as the API describes it.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Where it goes.
    pub url: String,
    /// The headers that it must have.
    pub headers: Vec<(String, String)>,
}

/// How the bytes of an announced upload get to S3.
#[derive(Debug, Clone)]
pub enum Way {
    /// By one request.
    Put(Signed),
    /// By a multipart upload.
    Parts {
        /// Bytes of each part but the last.
        part_size: u64,
        /// Number of parts.
        parts: u16,
    },
}

/// An announced upload.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its id.
    pub id: String,
    /// Its key in the uploads bucket.
    pub file_key: String,
    /// How to send it.
    pub way: Way,
}

/// What S3 says to a PUT of a signed URL.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The bytes are there, by this request or by one whose answer was lost.
    Arrived,
    /// The signature is not valid, or not any more.
    Refused,
}

/// Returns the SHA-256 of bytes in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Uploader {
    /// Returns the client of the API at `api_endpoint` whose user has this token.
    pub fn new(aws: &Address, api_endpoint: &str, token: &str) -> Result<Self> {
        Ok(Self {
            api: Api::new(aws, api_endpoint)?,
            http: Client::of(aws)?,
            token: token.to_owned(),
            patience: PATIENCE,
        })
    }

    /// Sends one request of the API once.
    pub fn once(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let mut headers = Vec::new();
        headers.extend(key.map(|key| ("idempotency-key", key)));
        headers.extend(body.map(|_| ("content-type", "application/json")));
        let body = body.map_or_else(Vec::new, |body| body.to_string().into_bytes());
        let token = Some(self.token.as_str());
        self.api.send_with(method, path, token, &headers, body)
    }

    /// Sends one request of the API until it is answered by something other than "not now".
    pub fn insist(
        &self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Result<Answer> {
        self.repeat(|| {
            let answer = self.once(method, path, key, body)?;
            ensure!(!is_not_now(&answer), "{}: {}", answer.status, answer.body);
            Ok(answer)
        })
        .with_context(|| format!("{method} {path}"))
    }

    /// Repeats what fails, with growing pauses.
    fn repeat<T>(&self, mut work: impl FnMut() -> Result<T>) -> Result<T> {
        let (begun, mut pause) = (Instant::now(), Duration::from_millis(100));
        loop {
            cancel::check()?;
            match work() {
                Ok(done) => return Ok(done),
                Err(error) if begun.elapsed() > self.patience => return Err(error),
                Err(_) => thread::sleep(pause.mul_f64(0.5 + fastrand::f64())),
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Uploads a text within the request; returns the upload's id and key.
    pub fn inline(&self, key: &str, name: &str, content: &str) -> Result<(String, String)> {
        let body = json!({"filename": name, "content": content});
        let answer = self.insist("POST", "/uploads", Some(key), Some(&body))?;
        let answer = expect(answer, &[201])?;
        Ok((text(&answer, "upload_id")?, text(&answer, "file_key")?))
    }

    /// Announces an upload; repeated with the same key, it signs anew.
    pub fn announce(
        &self,
        key: &str,
        name: &str,
        size: u64,
        sha256: Option<&str>,
    ) -> Result<Ticket> {
        let mut body = json!({"filename": name, "content_type": "text/plain", "size": size});
        if let Some(sha256) = sha256 {
            body["sha256"] = json!(sha256);
        }
        let answer = self.insist("POST", "/uploads", Some(key), Some(&body))?;
        let answer = expect(answer, &[201])?;
        let way = match answer.get("put") {
            Some(put) => Way::Put(signed(put)?),
            None => Way::Parts {
                part_size: number(&answer["multipart"], "part_size")?,
                parts: u16::try_from(number(&answer["multipart"], "parts")?)?,
            },
        };
        Ok(Ticket {
            id: text(&answer, "upload_id")?,
            file_key: text(&answer, "file_key")?,
            way,
        })
    }

    /// Sends bytes to a signed URL, until S3 has decided about them.
    pub fn put(&self, signed: &Signed, bytes: &[u8]) -> Result<Arrival> {
        self.repeat(|| {
            let answer = self.put_once(signed, bytes)?;
            match answer.status {
                // An earlier request had come through, and its answer was lost.
                200 | 412 => Ok(Arrival::Arrived),
                400..500 => Ok(Arrival::Refused),
                status => bail!("S3 answered {status}: {}", answer.body),
            }
        })
    }

    /// Sends bytes to a signed URL once.
    pub fn put_once(&self, signed: &Signed, bytes: &[u8]) -> Result<Answer> {
        let mut request = Request::put(&signed.url);
        for (name, value) in &signed.headers {
            request = request.header(name, value);
        }
        self.http.send(request.body(bytes.to_vec())?)
    }

    /// Returns signed requests for these parts, given by number and SHA-256.
    pub fn sign_parts(&self, id: &str, parts: &[(u16, String)]) -> Result<Vec<Signed>> {
        let parts = parts.iter();
        let parts: Vec<_> = parts
            .map(|(number, sha256)| json!({"number": number, "sha256": sha256}))
            .collect();
        let (path, body) = (format!("/uploads/{id}/parts"), json!({"parts": parts}));
        let answer = expect(self.insist("POST", &path, None, Some(&body))?, &[200])?;
        list(&answer, "parts")?.iter().map(signed).collect()
    }

    /// Uploads one part, and signs again when its URL was refused.
    pub fn send_part(&self, id: &str, number: u16, bytes: &[u8]) -> Result<()> {
        let digest = sha256(bytes);
        for _ in 0..3 {
            let signed = self.sign_parts(id, &[(number, digest.clone())])?;
            let signed = signed.first().context("no URL for the part")?;
            if self.put(signed, bytes)? == Arrival::Arrived {
                return Ok(());
            }
        }
        bail!("S3 refuses part {number} of {id}")
    }

    /// Returns the numbers of the parts that have arrived.
    pub fn arrived(&self, id: &str) -> Result<BTreeSet<u16>> {
        let (mut arrived, mut cursor) = (BTreeSet::new(), None::<String>);
        loop {
            let query = cursor.map(|cursor| format!("?cursor={cursor}"));
            let path = format!("/uploads/{id}/parts{}", query.unwrap_or_default());
            let answer = expect(self.insist("GET", &path, None, None)?, &[200])?;
            for part in list(&answer, "parts")? {
                arrived.insert(u16::try_from(number(part, "number")?)?);
            }
            cursor = answer["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                return Ok(arrived);
            }
        }
    }

    /// Has S3 join the parts, and waits while it does.
    pub fn complete(&self, id: &str) -> Result<()> {
        let path = format!("/uploads/{id}/complete");
        self.repeat(|| {
            let answer = self.insist("POST", &path, None, None)?;
            ensure!(answer.status != 202, "S3 still joins the parts of {id}");
            expect(answer, &[200]).map(drop)
        })
    }

    /// Returns what the API says of an upload.
    pub fn look(&self, id: &str) -> Result<Value> {
        expect(
            self.insist("GET", &format!("/uploads/{id}"), None, None)?,
            &[200],
        )
    }

    /// Deletes an upload; one that is gone is deleted.
    pub fn delete(&self, id: &str) -> Result<()> {
        let answer = self.insist("DELETE", &format!("/uploads/{id}"), None, None)?;
        ensure!(
            matches!(answer.status, 204 | 404),
            "{}: {}",
            answer.status,
            answer.body
        );
        Ok(())
    }
}

/// Whether the same request may be answered otherwise later.
fn is_not_now(answer: &Answer) -> bool {
    answer.status >= 500 || answer.status == 429 || answer.body.contains(":problem:key-in-use")
}

fn expect(answer: Answer, statuses: &[u16]) -> Result<Value> {
    ensure!(
        statuses.contains(&answer.status),
        "expected {statuses:?}, got {}: {}",
        answer.status,
        answer.body
    );
    answer.json()
}

/// Reads a request that the API signed: `{url, headers}`.
pub fn signed(value: &Value) -> Result<Signed> {
    let headers = value["headers"].as_object().into_iter().flatten();
    Ok(Signed {
        url: text(value, "url")?,
        headers: headers
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()))
            .collect(),
    })
}

fn text(value: &Value, name: &str) -> Result<String> {
    let text = value[name].as_str().map(str::to_owned);
    text.with_context(|| format!("the answer has no {name}: {value}"))
}

fn number(value: &Value, name: &str) -> Result<u64> {
    let number = value[name].as_u64();
    number.with_context(|| format!("the answer has no {name}: {value}"))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value]> {
    let list = value[name].as_array().map(Vec::as_slice);
    list.ok_or_else(|| anyhow!("the answer has no {name}: {value}"))
}
