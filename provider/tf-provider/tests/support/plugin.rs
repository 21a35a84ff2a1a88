//! Starts a provider as Terraform does, and speaks to it.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P521_SHA512, date_time_ymd};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tf_provider::proto::get_metadata;
use tf_provider::proto::plugin::grpc_controller_client::GrpcControllerClient;
use tf_provider::proto::provider_client::ProviderClient;
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tonic::transport::{Channel, Endpoint, Uri};

/// What tells a provider that Terraform calls.
pub const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// A certificate as Terraform makes them: ECDSA P-521, its own authority.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: KeyPair,
    pem: String,
}

impl Identity {
    /// As Terraform hands it to the provider.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// One that is valid until the end of this year.
    pub fn until(year: i32) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 12, 31);
        let certificate = params.self_signed(&key).unwrap();
        let base64 = base64::engine::general_purpose::STANDARD.encode(certificate.der());
        let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
        Self {
            certificate: certificate.der().clone(),
            key,
            pem,
        }
    }
}

/// A provider that runs, until this is dropped.
pub struct Plugin {
    pub child: Child,
    /// A path, or an address of TCP.
    pub socket: PathBuf,
    network: String,
    certificate: Vec<u8>,
}

impl Plugin {
    /// Starts this provider, for the client with this certificate alone.
    pub fn start(provider: &Path, client: Option<&Identity>) -> Self {
        let mut command = Command::new(provider);
        command
            .env(COOKIE.0, COOKIE.1)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6");
        if let Some(client) = client {
            command.env("PLUGIN_CLIENT_CERT", &client.pem);
        }
        Self::spawn(command)
    }

    /// Starts it by this command, and reads its handshake.
    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        Self::announced(child, &line)
    }

    /// One that runs and has said this.
    pub fn announced(child: Child, line: &str) -> Self {
        let fields: Vec<_> = line.trim_end_matches('\n').split('|').collect();
        let [core, protocol, network, address, kind, certificate] = fields[..] else {
            panic!("not a handshake: {line:?}");
        };
        assert_eq!((core, protocol, kind), ("1", "6", "grpc"));
        let certificate = STANDARD_NO_PAD.decode(certificate).unwrap();
        Self {
            child,
            socket: address.into(),
            network: network.to_owned(),
            certificate,
        }
    }

    /// Connects with this certificate over TLS, or plainly.
    pub async fn connect(&self, tls: Option<Option<&Identity>>) -> Channel {
        let tls = tls.map(|client| self.client_config(client));
        let (socket, tcp) = (self.socket.clone(), self.network == "tcp");
        let connector = tower::service_fn(move |_: Uri| {
            let (socket, tls) = (socket.clone(), tls.clone());
            async move {
                let stream: Box<dyn Io> = if tcp {
                    Box::new(TcpStream::connect(socket.to_str().unwrap()).await?)
                } else {
                    Box::new(UnixStream::connect(socket).await?)
                };
                let stream: Box<dyn Io> = match tls {
                    None => stream,
                    Some(config) => {
                        let name = ServerName::try_from("localhost").unwrap();
                        Box::new(
                            TlsConnector::from(Arc::new(config))
                                .connect(name, stream)
                                .await?,
                        )
                    }
                };
                Ok::<_, std::io::Error>(TokioIo::new(stream))
            }
        });
        Endpoint::from_static("http://localhost").connect_with_connector_lazy(connector)
    }

    fn client_config(&self, client: Option<&Identity>) -> ClientConfig {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = Arc::new(OneServer(self.certificate.clone()));
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match client {
            None => builder.with_no_client_auth(),
            Some(identity) => {
                let key = PrivatePkcs8KeyDer::from(identity.key.serialize_der());
                let chain = vec![identity.certificate.clone()];
                builder
                    .with_client_auth_cert(chain, PrivateKeyDer::from(key))
                    .unwrap()
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks for the provider's metadata.
pub async fn metadata(channel: Channel) -> Result<get_metadata::Response, tonic::Status> {
    let response = ProviderClient::new(channel)
        .get_metadata(get_metadata::Request {})
        .await?;
    Ok(response.into_inner())
}

/// Asks the provider to end.
pub async fn shutdown(channel: Channel) {
    let empty = tf_provider::proto::plugin::Empty {};
    GrpcControllerClient::new(channel)
        .shutdown(empty)
        .await
        .unwrap();
}

/// A byte stream in both directions.
trait Io: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin {}

impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin> Io for T {}

/// Accepts the certificate of the handshake alone, as go-plugin's host does.
#[derive(Debug)]
struct OneServer(Vec<u8>);

impl ServerCertVerifier for OneServer {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        assert_eq!(certificate.as_ref(), self.0);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.2".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
