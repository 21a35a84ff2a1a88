//! Where Terraform connects.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::{env, io};

use tokio::net::{TcpListener, UnixListener};

use super::folder::Folder;

/// Set to `tcp`, it makes a provider listen on loopback where a Unix socket is the default.
const TRANSPORT: &str = "TF_PROVIDER_TRANSPORT";

/// The ports that go-plugin uses unless it is told otherwise.
const PORTS: (u16, u16) = (10_000, 25_000);

/// Where connections come in.
pub enum Listener {
    /// In a folder of its own, which no other account can enter.
    Unix(UnixListener, Folder),
    /// On loopback, where every account on the machine can connect.
    Tcp(TcpListener, SocketAddr),
}

/// An address as the handshake writes it.
pub struct Address {
    pub network: &'static str,
    pub text: String,
}

impl Listener {
    /// Begins to listen.
    pub fn bind() -> io::Result<Self> {
        if env::var(TRANSPORT).as_deref() == Ok("tcp") {
            Self::tcp()
        } else {
            Self::unix()
        }
    }

    fn unix() -> io::Result<Self> {
        let parent = env::var_os("PLUGIN_UNIX_SOCKET_DIR").filter(|dir| !dir.is_empty());
        let parent = parent.map_or_else(env::temp_dir, PathBuf::from);
        let folder = Folder::create_in(&parent)?;
        let path = folder.socket();
        let listener = UnixListener::bind(&path).map_err(|error| {
            let message = format!(
                "cannot listen on {}: {error}; set PLUGIN_UNIX_SOCKET_DIR to a folder with a \
                 short path that is on this machine",
                path.display()
            );
            io::Error::new(error.kind(), message)
        })?;
        Ok(Self::Unix(listener, folder))
    }

    fn tcp() -> io::Result<Self> {
        let port = |name: &str, default| {
            env::var(name)
                .ok()
                .and_then(|port| port.parse().ok())
                .unwrap_or(default)
        };
        let ports = port("PLUGIN_MIN_PORT", PORTS.0)..=port("PLUGIN_MAX_PORT", PORTS.1);
        for port in ports.clone() {
            if let Ok(listener) = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
                listener.set_nonblocking(true)?;
                let address = listener.local_addr()?;
                return Ok(Self::Tcp(TcpListener::from_std(listener)?, address));
            }
        }
        Err(io::Error::other(format!(
            "every port from {} to {} is taken; set PLUGIN_MIN_PORT and PLUGIN_MAX_PORT",
            ports.start(),
            ports.end()
        )))
    }

    /// Whether other accounts on the machine can connect.
    pub fn is_open_to_others(&self) -> bool {
        matches!(self, Self::Tcp(..))
    }

    pub fn address(&self) -> Address {
        match self {
            Self::Unix(_, folder) => Address {
                network: "unix",
                text: folder.socket().display().to_string(),
            },
            Self::Tcp(_, address) => Address {
                network: "tcp",
                text: address.to_string(),
            },
        }
    }
}
