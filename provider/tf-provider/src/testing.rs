//! A provider inside the process of its tests.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::Provider;
use crate::proto::provider_client::ProviderClient;
use crate::proto::provider_server::ProviderServer;
use crate::server::{Service, Session};

/// The protocol's client, which asks a provider as Terraform does.
pub type Client<P> = ProviderClient<ProviderServer<Service<P>>>;

/// Asks `provider` as Terraform does, with the protocol's own messages and
/// without a socket or a process. It works on the runtime that this is called in.
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

/// The protocol's service, for requests that are no proper messages.
pub fn service<P: Provider>(provider: P) -> ProviderServer<Service<P>> {
    let session = Session::new(provider, CancellationToken::new(), Handle::current());
    ProviderServer::new(Service(Arc::new(session)))
}
