//! Connections, encrypted or not.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::{Semaphore, mpsc, watch},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::Connected;

use super::listener::Listener;

/// How long a client has to show its certificate.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How many clients may be showing their certificates at once; Terraform opens one connection.
const HANDSHAKES: usize = 16;

/// A byte stream in both directions.
trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A client's connection, let in already.
pub struct Connection(Box<dyn Io>);

/// The connections that were let in, and a sign that there was one.
pub fn accept(
    listener: Listener,
    tls: Option<TlsAcceptor>,
) -> (
    ReceiverStream<io::Result<Connection>>,
    watch::Receiver<bool>,
) {
    let (send, incoming) = mpsc::channel(1);
    let (seen, first) = watch::channel(false);
    tokio::spawn(async move {
        let slots = Arc::new(Semaphore::new(HANDSHAKES));
        // Ends with the server, which drops the receiver.
        while let Ok(slot) = slots.clone().acquire_owned().await {
            let stream = tokio::select! {
                stream = next(&listener) => stream,
                () = send.closed() => return,
            };
            let Ok(stream) = stream else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let (tls, send, seen) = (tls.clone(), send.clone(), seen.clone());
            tokio::spawn(async move {
                if let Some(connection) = let_in(stream, tls).await {
                    seen.send_replace(true);
                    // The server is gone: so is the connection.
                    let _ = send.send(Ok(connection)).await;
                }
                drop(slot);
            });
        }
    });
    (ReceiverStream::new(incoming), first)
}

async fn next(listener: &Listener) -> io::Result<Box<dyn Io>> {
    Ok(match listener {
        Listener::Unix(listener, _) => Box::new(listener.accept().await?.0),
        Listener::Tcp(listener, _) => {
            let stream = listener.accept().await?.0;
            stream.set_nodelay(true)?;
            Box::new(stream)
        }
    })
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
