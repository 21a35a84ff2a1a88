//! The loopback proxy in front of an embedded AWS: the only door that clients know.
//!
//! It serves TLS and plain HTTP on one port, and tells the embedded AWS which of the two a request
//! came by, as a load balancer does. It refuses what a web page sends ([`guard`]), and passes each
//! answer on in one piece. The AWS
//! provider's SDK loses an answer now and then when the head arrives before the body and sooner
//! than its own request is wholly written: it closes the connection, takes that for a failure of
//! the network and sends the request again (aws-sdk-go-v2, issue 2737). AWS is too far away for
//! that; the embedded AWS answers within a millisecond, in two packets, and one request in a few
//! thousand was made twice.

pub mod certificate;
pub mod fault;
mod guard;
#[cfg(test)]
mod tests;

use std::{
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Either, Full};
use hyper::{
    Request, Response, StatusCode,
    body::{Body, Bytes, Incoming},
    client,
    header::{CONTENT_TYPE, HeaderValue},
    server,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream},
    runtime::{Builder, Runtime},
    sync::oneshot,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;

use fault::{Fault, Faults};

/// How long an answer is held back, so that its client has finished writing the request.
const HELD: Duration = Duration::from_millis(2);

/// Answers up to this size, in bytes, are passed on in one piece, larger ones as they come.
const WHOLE: u64 = 1024 * 1024;

/// The first byte of a TLS connection: a handshake record (RFC 8446, section 5.1). No HTTP method
/// begins with it.
const HANDSHAKE: u8 = 22;

/// How long a client may take for its handshake.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to wait when a connection cannot be accepted, such as for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(50);

const PLAIN: &str = "text/plain; charset=utf-8";

/// An answer's body: one piece, or the embedded AWS's own stream.
type AnswerBody = Either<Full<Bytes>, Incoming>;

/// Where the embedded AWS of `folder` listens.
pub fn socket(folder: &Path) -> PathBuf {
    folder.join("aws.sock")
}

/// A running proxy; dropped, it takes no further connections and closes those that are open.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    faults: Arc<Faults>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Serves `listener` for the embedded AWS whose [`socket`] and [`certificate`] are in `folder`.
    pub fn start(listener: TcpListener, folder: &Path) -> Result<Self> {
        let port = listener.local_addr()?.port();
        let runtime = runtime()?;
        let door = Door::new(folder)?;
        let faults = Arc::clone(&door.faults);
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    _ = serve(listener, door) => {}
                }
            });
            // Connections that are open end with the runtime.
            runtime.shutdown_background();
        });
        Ok(Self {
            port,
            faults,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The loopback port that it serves.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What shall go wrong with the requests to come.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // The thread may have ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Serves `port` until the process ends: the proxy of an embedded AWS that stays up.
///
/// [`socket`] and [`certificate`] of the embedded AWS are in `folder`.
pub fn run(port: u16, folder: &Path) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen on port {port} of the loopback address"))?;
    runtime()?.block_on(serve(listener, Door::new(folder)?))
}

fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start a runtime")
}

/// What every connection needs.
struct Door {
    socket: PathBuf,
    tls: TlsAcceptor,
    faults: Arc<Faults>,
}

impl Door {
    fn new(folder: &Path) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            socket: socket(folder),
            tls: certificate::acceptor(folder)?,
            faults: Arc::default(),
        }))
    }
}

async fn serve(listener: TcpListener, door: Arc<Door>) -> Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let Ok((client, _)) = listener.accept().await else {
            sleep(PAUSE).await;
            continue;
        };
        let door = Arc::clone(&door);
        tokio::spawn(async move {
            // A connection that fails is its client's matter.
            let _ = welcome(client, &door).await;
        });
    }
}

/// Serves one connection, by TLS when it begins with a handshake.
async fn welcome(client: TcpStream, door: &Door) -> Result<()> {
    client.set_nodelay(true)?;
    let mut first = [0];
    client.peek(&mut first).await?;
    if first == [HANDSHAKE] {
        let client = timeout(PATIENCE, door.tls.accept(client)).await??;
        converse(client, "https", door).await
    } else {
        converse(client, "http", door).await
    }
}

async fn converse(
    client: impl AsyncRead + AsyncWrite + Unpin,
    scheme: &'static str,
    door: &Door,
) -> Result<()> {
    let answer = service_fn(|request| answer(request, scheme, door));
    server::conn::http1::Builder::new()
        .preserve_header_case(true)
        .serve_connection(TokioIo::new(client), answer)
        .await?;
    Ok(())
}

async fn answer(
    mut request: Request<Incoming>,
    scheme: &'static str,
    door: &Door,
) -> Result<Response<AnswerBody>, Cut> {
    if let Err(reason) = guard::check(request.method(), request.uri(), request.headers()) {
        let text = format!("Refused: {reason}.\n");
        return Ok(own(StatusCode::FORBIDDEN, PLAIN, text));
    }
    // In the place of what the client says of itself: policies decide by it (aws:SecureTransport).
    let scheme = HeaderValue::from_static(scheme);
    request.headers_mut().insert("x-forwarded-proto", scheme);
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    match door.faults.take(method, uri, headers) {
        None => Ok(pass_on(request, door).await),
        Some(Fault::Delay(time)) => {
            sleep(time).await;
            Ok(pass_on(request, door).await)
        }
        Some(Fault::LostAnswer) => {
            pass_on(request, door).await;
            Err(Cut)
        }
        Some(Fault::Reset) => Err(Cut),
        Some(Fault::Error(status, code)) => {
            let (media_type, body) = fault::body(code, headers);
            // Read to its end, or the client may find its connection closed while it writes.
            let _ = request.into_body().collect().await;
            Ok(own(status, media_type, body))
        }
    }
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("a fault was injected")]
struct Cut;

/// The embedded AWS's answer, or what is wrong with it.
async fn pass_on(request: Request<Incoming>, door: &Door) -> Response<AnswerBody> {
    let answer = forward(request, &door.socket).await;
    answer.unwrap_or_else(|error| {
        let text = format!("The embedded AWS does not answer: {error:#}\n");
        own(StatusCode::BAD_GATEWAY, PLAIN, text)
    })
}

/// An answer of the proxy itself.
fn own(status: StatusCode, media_type: &'static str, text: String) -> Response<AnswerBody> {
    let mut response = Response::new(Either::Left(Full::from(text)));
    *response.status_mut() = status;
    let media_type = HeaderValue::from_static(media_type);
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// Asks the embedded AWS. Each request has a connection of its own: a request that is not
/// idempotent must not meet one that the server is closing.
async fn forward(request: Request<Incoming>, server: &Path) -> Result<Response<AnswerBody>> {
    let stream = UnixStream::connect(server).await?;
    let (mut sender, connection) = client::conn::http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(stream))
        .await?;
    tokio::spawn(connection);
    let response = sender.send_request(request).await?;
    let whole = response
        .body()
        .size_hint()
        .upper()
        .is_some_and(|size| size <= WHOLE);
    if !whole {
        return Ok(response.map(Either::Right));
    }
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    sleep(HELD).await;
    Ok(Response::from_parts(head, Either::Left(Full::new(body))))
}
