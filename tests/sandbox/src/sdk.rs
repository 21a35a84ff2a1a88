//! What the AWS SDK for Rust needs to trust the embedded AWS.
//!
//! Other processes take the authorities from `SSL_CERT_FILE`; a test cannot set it for itself.

use std::fs;

use anyhow::{Context, Result};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::embedded_aws::Address;

/// An HTTP client that trusts the authorities of `aws`.
pub fn http_client(aws: &Address) -> Result<SharedHttpClient> {
    let file = &aws.authorities;
    let trusted = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let store = TrustStore::empty().with_pem_certificate(trusted);
    let tls = TlsContext::builder().with_trust_store(store).build()?;
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
        .tls_context(tls)
        .build_https())
}
