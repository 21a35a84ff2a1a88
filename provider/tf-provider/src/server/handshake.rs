//! How go-plugin's host and plugin find each other: a cookie, and one line on
//! standard output.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::{Map, json};

use super::listener::Address;
use super::usage;
use crate::Provider;

/// Tells Terraform's call from a person's. It is no secret:
/// <https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol>.
const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// The version of go-plugin's own handshake.
const CORE_VERSION: u32 = 1;

/// The version of Terraform's plugin protocol.
const PROTOCOL_VERSION: u32 = 6;

/// Where an address without a host is looked up.
const REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// How the provider was started.
pub enum Mode {
    /// By Terraform, which may have sent its certificate in PEM.
    Managed { client_certificate: Option<String> },
    /// By a person, for Terraform to attach to.
    Debug,
}

impl Mode {
    pub fn client_certificate(&self) -> Option<&str> {
        match self {
            Self::Managed { client_certificate } => client_certificate.as_deref(),
            Self::Debug => None,
        }
    }

    pub fn is_debug(&self) -> bool {
        matches!(self, Self::Debug)
    }
}

/// How the provider was started, or how it ends at once.
pub fn mode<P: Provider>(arguments: &[String]) -> Result<Mode, ExitCode> {
    match arguments
        .first()
        .map(|argument| argument.trim_start_matches('-'))
    {
        Some("version") => {
            let version = format!("terraform-provider-{} {}\n", P::name(), P::VERSION);
            Err(print(&version))
        }
        Some("help" | "h") => Err(print(&usage::help::<P>())),
        Some("debug") => Ok(Mode::Debug),
        _ if env::var(COOKIE.0).as_deref() == Ok(COOKIE.1) => Ok(Mode::Managed {
            client_certificate: env::var("PLUGIN_CLIENT_CERT")
                .ok()
                .filter(|pem| !pem.is_empty()),
        }),
        _ => {
            // Where it cannot be written the exit code says enough.
            let _ = io::stderr().write_all(usage::help::<P>().as_bytes());
            Err(ExitCode::FAILURE)
        }
    }
}

/// Writes to standard output, and gives the exit code.
fn print(text: &str) -> ExitCode {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let message = format!("cannot write to standard output: {error}\n");
            // Nor to standard error, it seems.
            let _ = io::stderr().write_all(message.as_bytes());
            ExitCode::FAILURE
        }
    }
}

/// Tells Terraform, or the person, where to connect.
pub fn announce<P: Provider>(mode: &Mode, address: &Address, certificate: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    let Address { network, text } = address;
    if mode.is_debug() {
        let attach = reattach::<P>(address);
        writeln!(
            stdout,
            "Start terraform in another terminal with\n\n    TF_REATTACH_PROVIDERS='{attach}'\n"
        )?;
    } else {
        writeln!(
            stdout,
            "{CORE_VERSION}|{PROTOCOL_VERSION}|{network}|{text}|grpc|{certificate}"
        )?;
    }
    stdout.flush()
}

/// What Terraform and OpenTofu attach by, each with its own registry.
fn reattach<P: Provider>(address: &Address) -> String {
    let attach = json!({
        "Protocol": "grpc",
        "ProtocolVersion": PROTOCOL_VERSION,
        "Pid": std::process::id(),
        "Test": true,
        "Addr": { "Network": address.network, "String": address.text },
    });
    let sources = match P::ADDRESS.matches('/').count() {
        1 => REGISTRIES
            .iter()
            .map(|host| format!("{host}/{}", P::ADDRESS))
            .collect(),
        _ => vec![P::ADDRESS.to_owned()],
    };
    let all: Map<_, _> = sources
        .into_iter()
        .map(|source| (source, attach.clone()))
        .collect();
    serde_json::Value::Object(all).to_string()
}
