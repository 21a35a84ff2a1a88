//! A bucket on loopback that behaves as the S3 API reference says, and misbehaves on demand.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use packaging::{AwsSettings, Endpoints, Place, S3};
use tempfile::TempDir;

/// The account that owns the bucket.
pub const OWNER: &str = "111122223333";

/// What a client asked.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// The key; empty for the bucket.
    pub key: String,
    pub query: String,
    pub headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

/// What the bucket answers.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// An error as S3 writes it.
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>");
        Self {
            status,
            body: body.into_bytes(),
            ..Self::default()
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// An object, with the headers that describe it.
#[derive(Debug, Clone, Default)]
pub struct Object {
    pub content: Vec<u8>,
    pub headers: BTreeMap<String, String>,
}

/// What answers before the bucket does, given the number of the request.
type Misbehaviour = Box<dyn Fn(&Request) -> Option<Answer> + Send>;

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    requests: Vec<Request>,
    misbehaviour: Option<Misbehaviour>,
}

/// The bucket `artifacts`.
pub struct Bucket {
    url: String,
    state: Arc<Mutex<State>>,
    files: TempDir,
}

impl Bucket {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(stream, &state));
            }
        });
        let files = tempfile::tempdir().unwrap();
        let keys = "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = secret\n";
        std::fs::write(files.path().join("credentials"), keys).unwrap();
        std::fs::write(files.path().join("config"), "").unwrap();
        Self { url, state, files }
    }

    /// Lets something else answer first.
    pub fn misbehave(&self, answer: impl Fn(&Request) -> Option<Answer> + Send + 'static) {
        self.state.lock().unwrap().misbehaviour = Some(Box::new(answer));
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Settings that reach it, whatever the environment says.
    pub fn settings(&self) -> AwsSettings {
        AwsSettings {
            region: Some("eu-west-1".to_owned()),
            profile: Some("default".to_owned()),
            shared_config_files: vec![self.file("config")],
            shared_credentials_files: vec![self.file("credentials")],
            endpoints: Endpoints {
                s3: Some(self.url.clone()),
                ..Endpoints::default()
            },
            s3_use_path_style: true,
            max_retries: Some(0),
            ..AwsSettings::default()
        }
    }

    pub fn s3(&self) -> S3 {
        S3::new(self.settings())
    }

    pub fn place(&self) -> Place {
        Place {
            bucket: "artifacts".to_owned(),
            prefix: "team/".to_owned(),
            ..Place::default()
        }
    }

    pub fn requests(&self) -> Vec<Request> {
        self.state.lock().unwrap().requests.clone()
    }

    pub fn keys(&self) -> Vec<String> {
        self.state.lock().unwrap().objects.keys().cloned().collect()
    }

    /// Changes an object behind the back of all clients.
    pub fn change(&self, key: &str, change: impl FnOnce(&mut Object)) {
        let mut state = self.state.lock().unwrap();
        change(state.objects.entry(key.to_owned()).or_default());
    }

    /// Deletes an object, as a lifecycle rule does.
    pub fn expire(&self, key: &str) {
        self.state.lock().unwrap().objects.remove(key).unwrap();
    }

    pub fn object(&self, key: &str) -> Object {
        self.state.lock().unwrap().objects[key].clone()
    }
}

fn serve(stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut stream = stream;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
        let request = read(&line, &mut reader);
        let answer = state.lock().unwrap().answer(&request);
        let mut head = format!("HTTP/1.1 {} -\r\n", answer.status);
        for (name, value) in &answer.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if answer
            .headers
            .iter()
            .all(|(name, _)| name != "content-length")
        {
            head += &format!("content-length: {}\r\n", answer.body.len());
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).unwrap();
        if request.method != "HEAD" {
            stream.write_all(&answer.body).unwrap();
        }
        line.clear();
    }
}

fn read(first: &str, reader: &mut impl BufRead) -> Request {
    let mut words = first.split(' ');
    let method = words.next().unwrap().to_owned();
    let (path, query) = words.next().unwrap().split_once('?').unwrap_or_default();
    let path = if path.is_empty() {
        first.split(' ').nth(1).unwrap()
    } else {
        path
    };
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let key = path.trim_start_matches('/').strip_prefix("artifacts");
    Request {
        method,
        key: key.unwrap_or_default().trim_start_matches('/').to_owned(),
        query: query.to_owned(),
        headers,
        body,
    }
}

impl State {
    fn answer(&mut self, request: &Request) -> Answer {
        self.requests.push(request.clone());
        if let Some(answer) = self
            .misbehaviour
            .as_ref()
            .and_then(|answer| answer(request))
        {
            return answer;
        }
        let owner = request.headers.get("x-amz-expected-bucket-owner");
        if owner.is_some_and(|owner| owner != OWNER) {
            return Answer::error(403, "AccessDenied", "Access Denied");
        }
        let found = self.objects.get(&request.key);
        match (request.method.as_str(), found) {
            ("GET", _) if request.key.is_empty() => self.list(&request.query),
            ("GET" | "HEAD", None) => Answer::error(404, "NoSuchKey", "No such key."),
            ("GET" | "HEAD", Some(object)) => {
                let asked = request.headers.contains_key("x-amz-checksum-mode");
                let headers = object.headers.iter();
                let headers = headers.filter(|(name, _)| asked || !name.contains("checksum"));
                let answer = Answer {
                    status: 200,
                    headers: headers.map(|(a, b)| (a.clone(), b.clone())).collect(),
                    body: object.content.clone(),
                };
                answer.with("content-length", &object.content.len().to_string())
            }
            ("PUT", Some(_)) => Answer::error(412, "PreconditionFailed", "It is there."),
            ("PUT", None) => {
                assert_eq!(request.headers["if-none-match"], "*");
                let kept =
                    |name: &str| name.starts_with("x-amz-meta-") || name == "x-amz-checksum-sha256";
                let headers = request.headers.iter().filter(|(name, _)| kept(name));
                let headers = headers.map(|(a, b)| (a.clone(), b.clone())).collect();
                let content = request.body.clone();
                self.objects
                    .insert(request.key.clone(), Object { content, headers });
                Answer {
                    status: 200,
                    ..Answer::default()
                }
            }
            ("DELETE", _) => {
                self.objects.remove(&request.key);
                Answer {
                    status: 204,
                    ..Answer::default()
                }
            }
            other => panic!("{other:?}"),
        }
    }

    fn list(&self, query: &str) -> Answer {
        let prefix = query
            .split('&')
            .find_map(|part| part.strip_prefix("prefix="));
        let prefix = prefix.unwrap_or_default().replace("%2F", "/");
        let below = self
            .objects
            .keys()
            .filter_map(|key| key.strip_prefix(&prefix));
        let (mut files, mut folders) = (String::new(), std::collections::BTreeSet::new());
        for rest in below {
            match rest.split_once('/') {
                None => files += &format!("<Contents><Key>{prefix}{rest}</Key></Contents>"),
                Some((folder, _)) => {
                    folders.insert(format!(
                        "<CommonPrefixes><Prefix>{prefix}{folder}/</Prefix></CommonPrefixes>"
                    ));
                }
            }
        }
        let folders: String = folders.into_iter().collect();
        let body = format!("<ListBucketResult>{files}{folders}</ListBucketResult>");
        Answer {
            status: 200,
            body: body.into_bytes(),
            ..Answer::default()
        }
    }
}
