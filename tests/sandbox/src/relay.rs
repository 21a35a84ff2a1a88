//! A relay on loopback that passes each answer on in one piece, and not at once.
//!
//! The AWS provider's SDK loses an answer now and then when the head arrives before the body and
//! sooner than its own request is wholly written: it closes the connection, takes that for a
//! failure of the network and sends the request again (aws-sdk-go-v2, issue 2737). AWS is too far
//! away for that. The embedded AWS answers within a millisecond, in two packets, and one request
//! in a few thousand is made twice: a REST API that Terraform knows nothing of stays behind, or an
//! apply fails because the name is taken.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::embedded_aws::Address;

/// An answer is complete when this long nothing more of it has come.
const QUIET: Duration = Duration::from_millis(2);

/// More of an answer is passed on in parts of this size, in bytes.
const LARGEST: usize = 256 * 1024;

/// A running relay; dropped, it takes no further connections.
#[derive(Debug)]
pub struct Relay {
    address: Address,
    stopped: Arc<AtomicBool>,
}

impl Relay {
    /// Listens on a free port of the loopback address for clients of `aws`.
    pub fn start(aws: &Address) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .context("cannot listen on the loopback address")?;
        let address = Address {
            port: listener.local_addr()?.port(),
        };
        let stopped = Arc::new(AtomicBool::new(false));
        let (stop, server) = (Arc::clone(&stopped), aws.port);
        thread::spawn(move || {
            for client in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                // A client whose server cannot be reached finds its connection closed.
                let _ = client.and_then(|client| connect(client, server));
            }
        });
        Ok(Self { address, stopped })
    }

    /// Where clients find it.
    pub fn address(&self) -> &Address {
        &self.address
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that listens.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.address.port));
    }
}

fn connect(client: TcpStream, port: u16) -> io::Result<()> {
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    for stream in [&client, &server] {
        stream.set_nodelay(true)?;
    }
    let (mut requests, mut to_server) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut requests, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    thread::spawn(move || {
        let _ = answers(server, &client);
        let _ = client.shutdown(Shutdown::Both);
    });
    Ok(())
}

fn answers(mut server: TcpStream, mut client: &TcpStream) -> io::Result<()> {
    loop {
        server.set_read_timeout(None)?;
        let mut answer = vec![0; LARGEST];
        let begun = server.read(&mut answer)?;
        if begun == 0 {
            return Ok(());
        }
        server.set_read_timeout(Some(QUIET))?;
        let length = gather(&mut server, &mut answer, begun)?;
        client.write_all(&answer[..length])?;
    }
}

/// Reads on behind the first `length` bytes of `answer` until nothing more comes or it is full;
/// its length then.
fn gather(server: &mut impl Read, answer: &mut [u8], mut length: usize) -> io::Result<usize> {
    while length < answer.len() {
        match server.read(&mut answer[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => break,
                ErrorKind::Interrupted => {}
                _ => return Err(error),
            },
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    struct Packets(VecDeque<io::Result<&'static [u8]>>);

    impl Read for Packets {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let mut packet = self.0.pop_front().expect("read beyond the quiet")?;
            packet.read(buffer)
        }
    }

    #[test]
    fn an_answer_is_passed_on_whole() {
        let mut packets = Packets(VecDeque::from([
            Ok(b"head ".as_slice()),
            Err(ErrorKind::Interrupted.into()),
            Ok(b"body".as_slice()),
            Err(ErrorKind::WouldBlock.into()),
            Ok(b"the next answer".as_slice()),
        ]));
        let mut answer = *b"the .........................";
        let length = gather(&mut packets, &mut answer, 4).expect("no failure");
        assert_eq!(&answer[..length], b"the head body");
        assert_eq!(packets.0.len(), 1, "the next answer was not waited for");
    }

    #[test]
    fn a_large_answer_is_passed_on_in_parts() {
        let mut packets = Packets(VecDeque::from([Ok(b"a part".as_slice())]));
        let mut answer = [0; 6];
        assert_eq!(gather(&mut packets, &mut answer, 0).expect("no failure"), 6);
    }

    #[test]
    fn a_server_is_spoken_to_through_it_until_it_is_dropped() {
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = server.local_addr().expect("an address").port();
        let relay = Relay::start(&Address { port }).expect("a relay");
        let at = (Ipv4Addr::LOCALHOST, relay.address().port);
        let mut client = TcpStream::connect(at).expect("a connection");
        let (mut served, _) = server.accept().expect("a client");

        client.write_all(b"question").expect("sent");
        client.shutdown(Shutdown::Write).expect("no more questions");
        let mut question = String::new();
        served.read_to_string(&mut question).expect("received");
        assert_eq!(question, "question");

        served.write_all(b"answer").expect("sent");
        drop(served);
        let mut answer = String::new();
        client.read_to_string(&mut answer).expect("received");
        assert_eq!(answer, "answer");

        drop(relay);
        let refused = (0..500).any(|_| {
            thread::sleep(Duration::from_millis(10));
            TcpStream::connect(at).is_err()
        });
        assert!(refused, "it still listens");
    }
}
