//! The loopback proxy in front of an embedded AWS: the only door that clients know.
//!
//! It refuses what a web page sends ([`guard`]), and passes each answer on in one piece. The AWS
//! provider's SDK loses an answer now and then when the head arrives before the body and sooner
//! than its own request is wholly written: it closes the connection, takes that for a failure of
//! the network and sends the request again (aws-sdk-go-v2, issue 2737). AWS is too far away for
//! that; the embedded AWS answers within a millisecond, in two packets, and one request in a few
//! thousand was made twice.

mod guard;

use std::{
    convert::Infallible,
    net::{Ipv4Addr, TcpListener},
    path::Path,
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
    header::CONTENT_TYPE,
    server,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::UnixStream,
    runtime::{Builder, Runtime},
    sync::oneshot,
};

use crate::embedded_aws::Address;

/// How long an answer is held back, so that its client has finished writing the request.
const HELD: Duration = Duration::from_millis(2);

/// Answers up to this size, in bytes, are passed on in one piece, larger ones as they come.
const WHOLE: u64 = 1024 * 1024;

/// An answer's body: one piece, or the embedded AWS's own stream.
type AnswerBody = Either<Full<Bytes>, Incoming>;

/// A running proxy; dropped, it takes no further connections and closes those that are open.
#[derive(Debug)]
pub struct Proxy {
    address: Address,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Serves `listener` for the embedded AWS at the unix socket `server`.
    pub fn start(listener: TcpListener, server: &Path) -> Result<Self> {
        let address = Address {
            port: listener.local_addr()?.port(),
        };
        let runtime = runtime()?;
        let server = Arc::from(server);
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    _ = serve(listener, server) => {}
                }
            });
            // Connections that are open end with the runtime.
            runtime.shutdown_background();
        });
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where clients find it.
    pub fn address(&self) -> &Address {
        &self.address
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

/// Serves until the process ends: the proxy of an embedded AWS that stays up.
pub fn run(port: u16, server: &Path) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("cannot listen on port {port} of the loopback address"))?;
    runtime()?.block_on(serve(listener, Arc::from(server)))
}

fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start a runtime")
}

async fn serve(listener: TcpListener, server: Arc<Path>) -> Result<()> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    loop {
        let (client, _) = listener.accept().await?;
        client.set_nodelay(true)?;
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let answer = service_fn(|request| answer(request, &server));
            // A connection that fails is its client's matter.
            let _ = server::conn::http1::Builder::new()
                .preserve_header_case(true)
                .serve_connection(TokioIo::new(client), answer)
                .await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    server: &Path,
) -> Result<Response<AnswerBody>, Infallible> {
    if let Err(reason) = guard::check(request.uri(), request.headers()) {
        return Ok(own(StatusCode::FORBIDDEN, format!("Refused: {reason}.\n")));
    }
    Ok(forward(request, server).await.unwrap_or_else(|error| {
        own(
            StatusCode::BAD_GATEWAY,
            format!("The embedded AWS does not answer: {error:#}\n"),
        )
    }))
}

/// An answer of the proxy itself.
fn own(status: StatusCode, text: String) -> Response<AnswerBody> {
    let mut response = Response::new(Either::Left(Full::from(text)));
    *response.status_mut() = status;
    let plain = hyper::header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
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
    tokio::time::sleep(HELD).await;
    Ok(Response::from_parts(head, Either::Left(Full::new(body))))
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net,
        os::unix::net::UnixListener,
    };

    use tempfile::TempDir;

    use super::*;

    /// A server that answers one connection with `answer`, and the proxy in front of it.
    fn proxied(answer: &'static [u8]) -> (Proxy, JoinHandle<String>, TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("aws.sock");
        let server = UnixListener::bind(&socket).expect("a socket");
        let served = thread::spawn(move || {
            let (mut client, _) = server.accept().expect("a client");
            let mut request = Vec::new();
            let mut part = [0; 1024];
            while !request.ends_with(b"question") {
                let length = client.read(&mut part).expect("a request");
                request.extend_from_slice(&part[..length]);
            }
            // In two packets, as the embedded AWS does.
            let (head, body) = answer.split_at(answer.len() - 6);
            client.write_all(head).expect("sent");
            client.flush().expect("sent");
            thread::sleep(Duration::from_millis(20));
            client.write_all(body).expect("sent");
            String::from_utf8(request).expect("text")
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        (
            Proxy::start(listener, &socket).expect("a proxy"),
            served,
            folder,
        )
    }

    fn ask(proxy: &Proxy, host: &str) -> net::TcpStream {
        let at = (Ipv4Addr::LOCALHOST, proxy.address().port);
        let mut client = net::TcpStream::connect(at).expect("a connection");
        let request = format!(
            "POST /path HTTP/1.1\r\nHost: {host}\r\nX-Amz-Target: T\r\nContent-Length: 8\r\n\r\nquestion"
        );
        client.write_all(request.as_bytes()).expect("sent");
        client
    }

    #[test]
    fn passes_a_request_on_and_its_answer_in_one_piece() {
        let (proxy, served, _folder) =
            proxied(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nX-Amz-Id: 7\r\n\r\nanswer");
        let mut client = ask(&proxy, "a1.execute-api.localhost:1");
        let mut packet = [0; 4096];
        let length = client.read(&mut packet).expect("an answer");
        let answer = String::from_utf8_lossy(&packet[..length]);
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("X-Amz-Id: 7\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nanswer"), "{answer}");
        let request = served.join().expect("served");
        assert!(request.starts_with("POST /path HTTP/1.1\r\n"), "{request}");
        assert!(
            request.contains("Host: a1.execute-api.localhost:1\r\n"),
            "{request}"
        );
        assert!(request.contains("X-Amz-Target: T\r\n"), "{request}");
    }

    #[test]
    fn refuses_without_asking_the_server() {
        let folder = tempfile::tempdir().expect("a folder");
        let socket = folder.path().join("aws.sock");
        let nobody = UnixListener::bind(&socket).expect("a socket");
        nobody.set_nonblocking(true).expect("it can");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let proxy = Proxy::start(listener, &socket).expect("a proxy");
        let mut answer = [0; 4096];
        let length = ask(&proxy, "evil.example")
            .read(&mut answer)
            .expect("an answer");
        assert!(answer[..length].starts_with(b"HTTP/1.1 403 "));
        assert!(nobody.accept().is_err(), "the server was asked");
    }

    #[test]
    fn dropped_it_frees_its_port() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let proxy = Proxy::start(listener, Path::new("/nowhere")).expect("a proxy");
        let at = (Ipv4Addr::LOCALHOST, proxy.address().port);
        drop(proxy);
        assert!(net::TcpStream::connect(at).is_err(), "it still listens");
    }
}
