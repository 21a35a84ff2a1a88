//! The services that go-plugin's host calls beside the provider's own.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming, async_trait};

use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::health_server::Health;
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse};
use crate::proto::plugin::grpc_broker_server::GrpcBroker;
use crate::proto::plugin::grpc_controller_server::GrpcController;
use crate::proto::plugin::grpc_stdio_server::GrpcStdio;
use crate::proto::plugin::{ConnInfo, Empty, StdioData};

/// The one name that go-plugin asks the health of.
const PLUGIN: &str = "plugin";

/// Answers go-plugin's host.
#[derive(Clone)]
pub struct Controller {
    shutdown: CancellationToken,
    /// Terraform does not end what it did not start.
    debug: bool,
}

impl Controller {
    pub fn new(shutdown: CancellationToken, debug: bool) -> Self {
        Self { shutdown, debug }
    }

    /// A stream that says `first`, then nothing, and ends with the process: one
    /// that stayed open would keep the connection.
    fn quiet<T: Send + 'static>(&self, first: Option<T>) -> ReceiverStream<Result<T, Status>> {
        let (send, receive) = mpsc::channel(1);
        let shutdown = self.shutdown.clone();
        tokio::spawn(async move {
            if let Some(first) = first {
                // The host has gone away already.
                let _ = send.send(Ok(first)).await;
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = send.closed() => {}
            }
        });
        ReceiverStream::new(receive)
    }
}

#[async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        if !self.debug {
            self.shutdown.cancel();
        }
        Ok(Response::new(Empty {}))
    }
}

/// The provider opens no further connections, and is not asked for any.
#[async_trait]
impl GrpcBroker for Controller {
    type StartStreamStream = ReceiverStream<Result<ConnInfo, Status>>;

    async fn start_stream(
        &self,
        _: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        Ok(Response::new(self.quiet(None)))
    }
}

/// The provider prints nothing; its log goes over standard error.
#[async_trait]
impl GrpcStdio for Controller {
    type StreamStdioStream = ReceiverStream<Result<StdioData, Status>>;

    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(Response::new(self.quiet(None)))
    }
}

#[async_trait]
impl Health for Controller {
    type WatchStream = ReceiverStream<Result<HealthCheckResponse, Status>>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        health(&request.get_ref().service).map(Response::new)
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let health = health(&request.get_ref().service)?;
        Ok(Response::new(self.quiet(Some(health))))
    }
}

fn health(service: &str) -> Result<HealthCheckResponse, Status> {
    match service {
        "" | PLUGIN => Ok(HealthCheckResponse {
            status: ServingStatus::Serving.into(),
        }),
        other => Err(Status::not_found(format!("there is no service {other:?}"))),
    }
}
