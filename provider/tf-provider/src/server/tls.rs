//! Mutual TLS as go-plugin's AutoMTLS has it: each side makes a certificate for
//! this one connection, and accepts the other's alone.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, ServerConfig,
    SignatureScheme,
};
use tokio_rustls::TlsAcceptor;
use x509_parser::certificate::X509Certificate;
use x509_parser::pem::Pem;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;

use super::Failure;

/// The server's side of the encryption.
pub struct Identity {
    pub acceptor: TlsAcceptor,
    /// The server's certificate as the handshake line has it: DER in unpadded base64.
    pub certificate: String,
}

/// Makes a certificate, and accepts the client that holds the key of `client_pem`.
pub fn identity(client_pem: &str) -> Result<Identity, Failure> {
    let client = Pem::iter_from_buffer(client_pem.as_bytes())
        .next()
        .and_then(Result::ok)
        .ok_or("PLUGIN_CLIENT_CERT does not hold a certificate in PEM")?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = OneClient {
        certificate: client.contents,
        provider: provider.clone(),
    };

    let key = KeyPair::generate()?;
    let certificate = certificate_params()?.self_signed(&key)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(vec![certificate.der().clone()], key)?;
    // gRPC clients refuse a server that does not say that it speaks HTTP/2.
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Identity {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        certificate: STANDARD_NO_PAD.encode(certificate.der()),
    })
}

/// What Go's TLS asks of a certificate that is its own authority.
fn certificate_params() -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
        KeyUsagePurpose::KeyAgreement,
        KeyUsagePurpose::KeyCertSign,
    ];
    params.extended_key_usages = vec![
        ExtendedKeyUsagePurpose::ClientAuth,
        ExtendedKeyUsagePurpose::ServerAuth,
    ];
    Ok(params)
}

/// Accepts the holder of one certificate, within its validity.
///
/// A usual verifier would accept whatever that certificate signed, and refuse
/// the certificate itself, because Terraform's is its own authority.
#[derive(Debug)]
struct OneClient {
    certificate: Vec<u8>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for OneClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if certificate.as_ref() != self.certificate {
            return Err(CertificateError::ApplicationVerificationFailure.into());
        }
        let (_, parsed) = X509Certificate::from_der(certificate)
            .map_err(|_| Error::from(CertificateError::BadEncoding))?;
        let now = i64::try_from(now.as_secs())
            .ok()
            .and_then(|s| ASN1Time::from_timestamp(s).ok());
        match now {
            Some(now) if now < parsed.validity().not_before => {
                Err(CertificateError::NotValidYet.into())
            }
            Some(now) if now <= parsed.validity().not_after => Ok(ClientCertVerified::assertion()),
            _ => Err(CertificateError::Expired.into()),
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("TLS 1.3 is needed".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
