//! The certificate of the proxy, and the file of authorities by which clients verify it.
//!
//! Each embedded AWS has an authority of its own, which signs one certificate and is forgotten:
//! its key is never on disk. It may vouch for loopback names alone, so that who trusts it in a
//! browser risks nothing else.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CidrSubnet, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair, KeyUsagePurpose, NameConstraints,
    PublicKeyData, SanType,
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use sha2::{Digest, Sha256};
use tokio_rustls::TlsAcceptor;

/// How long a certificate is good: longer than anybody leaves an embedded AWS up.
const VALID: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How much a client's clock may be behind.
const SKEW: Duration = Duration::from_secs(24 * 60 * 60);

/// The names that lead to the proxy. Neither OpenSSL nor rustls takes a wildcard directly below a
/// top-level domain.
const NAMES: [&str; 4] = [
    "localhost",
    "*.execute-api.localhost",
    "*.cloudfront.localhost",
    "*.s3.localhost",
];

/// The characters of a line of PEM (RFC 7468, section 2).
const LINE: usize = 64;

/// Where the certificates of authorities are: the machine's own, and the proxy's first of all.
///
/// The machine's are among them because `SSL_CERT_FILE` replaces them, and whoever talks to the
/// embedded AWS also talks to registries.
pub fn authorities(folder: &Path) -> PathBuf {
    folder.join("authorities.pem")
}

/// Where the proxy's authority is, to be imported into a browser.
pub fn authority(folder: &Path) -> PathBuf {
    folder.join("authority.pem")
}

/// Returns the SHA-256 of the proxy's public key in Base64, as Chromium takes it in
/// `--ignore-certificate-errors-spki-list`.
pub fn key_hash(folder: &Path) -> Result<String> {
    let file = key_hash_file(folder);
    fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
}

fn key_hash_file(folder: &Path) -> PathBuf {
    folder.join("proxy.spki")
}

fn certificate(folder: &Path) -> PathBuf {
    folder.join("proxy.pem")
}

fn key(folder: &Path) -> PathBuf {
    folder.join("proxy.key")
}

/// Writes a new certificate, its key, [`authority`], [`authorities`] and [`key_hash`] into `folder`.
pub fn issue(folder: &Path) -> Result<()> {
    let authority = CertifiedIssuer::self_signed(authority_params()?, KeyPair::generate()?)?;
    let own_key = KeyPair::generate()?;
    let own = server_params()?.signed_by(&own_key, &authority)?;

    let private = pem("PRIVATE KEY", &own_key.serialize_der());
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(key(folder))?
        .write_all(private.as_bytes())?;
    fs::write(certificate(folder), pem("CERTIFICATE", own.der()))?;
    fs::write(self::authority(folder), pem("CERTIFICATE", authority.der()))?;
    let key_hash = Sha256::digest(own_key.subject_public_key_info());
    fs::write(key_hash_file(folder), STANDARD.encode(key_hash))?;
    let trusted = [authority.der().clone()].into_iter().chain(of_machine());
    let trusted: String = trusted.map(|der| pem("CERTIFICATE", &der)).collect();
    fs::write(authorities(folder), trusted)?;
    Ok(())
}

/// Reads the certificate that [`issue`] wrote, to serve TLS with.
pub fn acceptor(folder: &Path) -> Result<TlsAcceptor> {
    let (certificate, key) = (certificate(folder), key(folder));
    let chain = CertificateDer::from_pem_file(&certificate)
        .with_context(|| format!("cannot read the certificate {}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(&key)
        .with_context(|| format!("cannot read the key {}", key.display()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_no_client_auth()
        .with_single_cert(vec![chain], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn params(name: &str) -> Result<CertificateParams> {
    let now = SystemTime::now();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = (now - SKEW).into();
    params.not_after = (now + VALID).into();
    Ok(params)
}

fn authority_params() -> Result<CertificateParams> {
    let mut params = params("Embedded AWS")?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: vec![
            GeneralSubtree::DnsName("localhost".to_owned()),
            GeneralSubtree::IpAddress(CidrSubnet::from_v4_prefix([127, 0, 0, 0], 8)),
            GeneralSubtree::IpAddress(CidrSubnet::from_v6_prefix(
                Ipv6Addr::LOCALHOST.octets(),
                128,
            )),
        ],
        excluded_subtrees: Vec::new(),
    });
    Ok(params)
}

fn server_params() -> Result<CertificateParams> {
    let mut params = params("localhost")?;
    for name in NAMES {
        let name = SanType::DnsName(name.try_into()?);
        params.subject_alt_names.push(name);
    }
    for address in [IpAddr::V4(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        params.subject_alt_names.push(SanType::IpAddress(address));
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// The authorities that this machine trusts. What it cannot read, nobody here needs: a machine
/// without any reaches the embedded AWS all the same.
fn of_machine() -> impl Iterator<Item = CertificateDer<'static>> {
    let found = rustls_native_certs::load_native_certs().certs.into_iter();
    // One that rustls cannot parse would spoil the whole file for the AWS SDK.
    found.filter(|der| RootCertStore::empty().add(der.clone()).is_ok())
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut lines = format!("-----BEGIN {label}-----\n");
    for line in text.as_bytes().chunks(LINE) {
        lines.extend(line.iter().map(|&byte| char::from(byte)));
        lines.push('\n');
    }
    lines + &format!("-----END {label}-----\n")
}
