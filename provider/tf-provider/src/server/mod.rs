//! Serves a provider to Terraform: what HashiCorp's go-plugin does for Go.

mod connection;
mod folder;
mod handshake;
mod lifetime;
mod listener;
mod logging;
mod panics;
mod plugin;
mod rpc;
mod session;
mod stderr;
mod tls;
mod usage;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use handshake::Mode;
use listener::Listener;
pub use rpc::Service;
pub use session::Session;
use tokio::runtime::{Builder, Handle};
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use crate::Provider;
use crate::proto::health::health_server::HealthServer;
use crate::proto::plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::provider_server::ProviderServer;

/// The largest message that is read, in bytes. Terraform's own limit is 256 MiB.
const MAX_MESSAGE: usize = 256 << 20;

/// How long operations have, once cancelled, to end what they do.
const GRACE: Duration = Duration::from_secs(3);

/// How long the last answers, and the last lines of the log, have to leave. go-plugin kills after 2
/// seconds.
const FLUSH: Duration = Duration::from_millis(500);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Serves `provider` until Terraform is done with it. This is the `main` of a
/// provider's binary.
///
/// Run by hand, it says what it is instead; `--help` names what else it can do.
pub fn serve<P: Provider>(provider: P) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mode = match handshake::mode::<P>(&arguments) {
        Ok(mode) => mode,
        Err(exit) => return exit,
    };
    logging::install(P::name());
    panics::install();
    let ended = run(provider, mode);
    if let Err(error) = &ended {
        stderr::write(format!("terraform-provider-{}: {error}\n", P::name()));
    }
    stderr::flush(FLUSH);
    ended.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

/// Operations have threads of their own: where they block all of those, the provider
/// still hears that it should stop.
fn run<P: Provider>(provider: P, mode: Mode) -> Result<(), Failure> {
    let operations = Builder::new_multi_thread().enable_all().build()?;
    let server = Builder::new_current_thread().enable_all().build()?;
    let outcome = server.block_on(answer(provider, mode, operations.handle().clone()));
    // What blocks and ignores its cancellation must not keep the process.
    operations.shutdown_timeout(FLUSH);
    outcome
}

async fn answer<P: Provider>(provider: P, mode: Mode, operations: Handle) -> Result<(), Failure> {
    let shutdown = CancellationToken::new();
    let session = Arc::new(Session::new(provider, shutdown.clone(), operations));
    let listener = Listener::bind()?;
    let tls = mode.client_certificate().map(tls::identity).transpose()?;
    if tls.is_none() && listener.is_open_to_others() {
        return Err(
            "a TCP port is open to every account on this machine: it needs the \
                    certificate in PLUGIN_CLIENT_CERT, or leave TF_PROVIDER_TRANSPORT unset"
                .into(),
        );
    }
    let (acceptor, certificate) = tls.map_or((None, String::new()), |tls| {
        (Some(tls.acceptor), tls.certificate)
    });
    let controller = plugin::Controller::new(shutdown.clone(), mode.is_debug());
    let server = Server::builder()
        .add_service(
            ProviderServer::new(rpc::Service(session.clone()))
                .max_decoding_message_size(MAX_MESSAGE)
                .max_encoding_message_size(MAX_MESSAGE),
        )
        .add_service(GrpcControllerServer::new(controller.clone()))
        .add_service(GrpcBrokerServer::new(controller.clone()))
        .add_service(GrpcStdioServer::new(controller.clone()))
        .add_service(HealthServer::new(controller));

    let address = listener.address();
    let (incoming, first) = connection::accept(listener, acceptor);
    lifetime::watch(shutdown.clone(), first, &mode)?;
    handshake::announce::<P>(&mode, &address, &certificate)?;
    let serving = server.serve_with_incoming_shutdown(incoming, shutdown.clone().cancelled_owned());
    tokio::select! {
        served = serving => {
            // The last connection may be gone before what it asked for has cleaned up.
            shutdown.cancel();
            session.drained(&shutdown).await;
            served?;
        }
        // Connections that stay open do not keep the process.
        () = async {
            session.drained(&shutdown).await;
            tokio::time::sleep(FLUSH).await;
        } => {}
    }
    Ok(())
}
