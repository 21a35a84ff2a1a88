//! Connections, encrypted or not.

use std::collections::VecDeque;
use std::io;
use std::os::unix::process::parent_id;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::UnixStream;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::server::Connected;

use super::listener::Listener;

/// How long a client has to show its certificate.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How many clients other than the parent may be showing their certificates at once: a quarter of
/// the files that a process may usually have open.
const HANDSHAKES: usize = 256;

/// A byte stream in both directions.
trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A client's connection, let in already.
pub struct Connection(Box<dyn Io>);

/// The connections that were let in, and a sign that there was one.
///
/// Whoever connects and says nothing keeps nobody out: where too many handshakes are unfinished,
/// the oldest is dropped, and the parent's own never is.
pub fn accept(
    listener: Listener,
    tls: Option<TlsAcceptor>,
) -> (
    UnboundedReceiverStream<io::Result<Connection>>,
    watch::Receiver<bool>,
) {
    let (send, incoming) = mpsc::unbounded_channel();
    let (seen, first) = watch::channel(false);
    let parent = i32::try_from(parent_id()).ok();
    tokio::spawn(async move {
        let mut unfinished = Unfinished::default();
        loop {
            // Ends with the server, which drops the receiver.
            let accepted = tokio::select! {
                accepted = next(&listener) => accepted,
                () = send.closed() => return,
            };
            let Ok((stream, peer)) = accepted else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (tls, send, seen) = (tls.clone(), send.clone(), seen.clone());
            let handshake = tokio::spawn(async move {
                if let Some(connection) = let_in(stream, tls).await {
                    seen.send_replace(true);
                    // The server is gone: so is the connection.
                    let _ = send.send(Ok(connection));
                }
            });
            if peer.is_none() || peer != parent {
                unfinished.add(handshake.abort_handle());
            }
        }
    });
    (UnboundedReceiverStream::new(incoming), first)
}

/// Handshakes of others than the parent, the oldest first.
#[derive(Default)]
struct Unfinished(VecDeque<AbortHandle>);

impl Unfinished {
    fn add(&mut self, handshake: AbortHandle) {
        self.0.retain(|handshake| !handshake.is_finished());
        if self.0.len() == HANDSHAKES
            && let Some(oldest) = self.0.pop_front()
        {
            tracing::warn!("too many clients showed no certificate: the oldest was dropped");
            oldest.abort();
        }
        self.0.push_back(handshake);
    }
}

/// The next stream, with the process at its other end where that is known.
async fn next(listener: &Listener) -> io::Result<(Box<dyn Io>, Option<i32>)> {
    Ok(match listener {
        Listener::Unix(listener, _) => {
            let stream = listener.accept().await?.0;
            let peer = process_of(&stream);
            (Box::new(stream), peer)
        }
        Listener::Tcp(listener, _) => {
            let stream = listener.accept().await?.0;
            stream.set_nodelay(true)?;
            (Box::new(stream), None)
        }
    })
}

fn process_of(stream: &UnixStream) -> Option<i32> {
    stream.peer_cred().ok()?.pid()
}

async fn let_in(stream: Box<dyn Io>, tls: Option<TlsAcceptor>) -> Option<Connection> {
    let Some(tls) = tls else {
        return Some(Connection(stream));
    };
    match timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some(Connection(Box::new(stream))),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a client was refused");
            None
        }
        Err(_) => {
            tracing::warn!("a client did not show a certificate in time");
            None
        }
    }
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
