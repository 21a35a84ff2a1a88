//! Calls a provider within the process of its tests.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::Provider;
use crate::proto::provider_client::ProviderClient;
use crate::proto::provider_server::ProviderServer;
use crate::server::{Service, Session};

/// The protocol's client, which calls a provider as Terraform does.
pub type Client<P> = ProviderClient<ProviderServer<Service<P>>>;

/// Returns a client that calls `provider` with the protocol's own messages, without a
/// socket or a process. Operations run on the current runtime.
///
/// ```
/// # use tf_provider::*;
/// # struct Example;
/// # impl Provider for Example {
/// #     const ADDRESS: &'static str = "example/example";
/// #     const VERSION: &'static str = "1.0.0";
/// #     type Config = NoConfig;
/// #     type Client = ();
/// #     fn catalog(&self) -> Catalog<()> { Catalog::new() }
/// #     async fn configure(&self, _: &Context<()>, _: NoConfig) -> Result<()> { Ok(()) }
/// # }
/// # async fn example() -> std::result::Result<(), tonic::Status> {
/// use tf_provider::{proto::get_metadata, testing};
///
/// let mut client = testing::client(Example);
/// let metadata = client.get_metadata(get_metadata::Request {}).await?.into_inner();
/// assert!(metadata.diagnostics.is_empty());
/// # Ok(())
/// # }
/// ```
pub fn client<P: Provider>(provider: P) -> Client<P> {
    ProviderClient::new(service(provider))
}

/// Returns the protocol's service, to send it malformed requests.
pub fn service<P: Provider>(provider: P) -> ProviderServer<Service<P>> {
    let session = Session::new(provider, CancellationToken::new(), Handle::current());
    ProviderServer::new(Service(Arc::new(session)))
}
