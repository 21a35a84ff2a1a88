//! The configuration of the AWS clients, as Terraform's AWS provider names it.

mod credentials;

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
pub use aws_config::retry::RetryMode;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::os_shim_internal::{Env, Fs};
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

pub use self::credentials::{AssumeRole, Token, WebIdentity};
use crate::error::store::sentence;
use crate::error::{Error, Result, StoreFault};

/// The configuration of the AWS clients. What is not set comes from the environment and the shared
/// files, as for the AWS command line.
#[derive(Debug, Clone, Default)]
pub struct AwsSettings {
    /// The region of buckets that name none.
    pub region: Option<String>,
    /// A profile of the shared files. It outranks keys in the environment, as in the AWS provider.
    pub profile: Option<String>,
    /// Files in place of `~/.aws/config`.
    pub shared_config_files: Vec<PathBuf>,
    /// Files in place of `~/.aws/credentials`.
    pub shared_credentials_files: Vec<PathBuf>,
    /// A role to assume with the credentials found, after `assume_role_with_web_identity`.
    pub assume_role: Option<AssumeRole>,
    /// A role to assume with a token of an identity provider.
    pub assume_role_with_web_identity: Option<WebIdentity>,
    /// URLs in place of AWS's.
    pub endpoints: Endpoints,
    /// Whether the bucket stands in the path of a URL instead of its host name.
    pub s3_use_path_style: bool,
    /// How the SDK retries: `standard` or `adaptive`.
    pub retry_mode: Option<RetryMode>,
    /// How often a request is retried.
    pub max_retries: Option<u32>,
    /// A file of PEM certificates in place of the system's; `AWS_CA_BUNDLE` names one too.
    pub custom_ca_bundle: Option<PathBuf>,
}

/// URLs in place of AWS's.
#[derive(Debug, Clone, Default)]
pub struct Endpoints {
    /// Of S3.
    pub s3: Option<String>,
    /// Of STS, for the roles of the configuration and of profiles.
    pub sts: Option<String>,
    /// Of IAM Identity Center's portal, for the SSO sessions of profiles.
    pub sso: Option<String>,
}

impl AwsSettings {
    /// Reads the environment and the shared files. Asks for credentials when they are first used.
    pub(crate) async fn load(&self) -> Result<SdkConfig> {
        let files = self.profile_files();
        let profile = self.chosen_profile(&files).await?;
        let http = self.http_client()?;
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http.clone())
            .profile_files(files.clone());
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        if let Some(retry) = self.retry() {
            loader = loader.retry_config(retry);
        }
        let mut config = loader.load().await;
        if let Some(profile) = &self.profile {
            let provider = ProviderConfig::without_region()
                .with_region(config.region().cloned())
                .with_http_client(http);
            let profile = ProfileFileCredentialsProvider::builder()
                .configure(&provider)
                .profile_files(files)
                .profile_name(profile)
                .build();
            let profile = SharedCredentialsProvider::new(profile);
            config = config.into_builder().credentials_provider(profile).build();
        }
        Ok(self.with_roles(config).await)
    }

    /// A client of S3 for a region, by default the configuration's.
    pub(crate) fn s3(
        &self,
        config: &SdkConfig,
        region: Option<&str>,
    ) -> Result<aws_sdk_s3::Client> {
        let region = region.map(|region| Region::new(region.to_owned()));
        let region = region.or_else(|| config.region().cloned());
        let region = region.ok_or_else(|| Error::aws(StoreFault::NoRegion))?;
        let mut builder = aws_sdk_s3::config::Builder::from(config)
            .region(region)
            .force_path_style(self.s3_use_path_style);
        if let Some(endpoint) = &self.endpoints.s3 {
            builder = builder.endpoint_url(endpoint);
        }
        Ok(aws_sdk_s3::Client::from_conf(builder.build()))
    }

    fn retry(&self) -> Option<RetryConfig> {
        if self.retry_mode.is_none() && self.max_retries.is_none() {
            return None;
        }
        let mut retry = match self.retry_mode {
            Some(RetryMode::Adaptive) => RetryConfig::adaptive(),
            _ => RetryConfig::standard(),
        };
        if let Some(retries) = self.max_retries {
            retry = retry.with_max_attempts(retries.saturating_add(1));
        }
        Some(retry)
    }

    /// Returns the name of the profile in use, if one is chosen, and makes sure that it is there:
    /// the SDK would go on to the instance's metadata, and speak of those.
    async fn chosen_profile(&self, files: &EnvConfigFiles) -> Result<Option<String>> {
        let environment = || std::env::var("AWS_PROFILE").ok();
        let chosen = self.profile.clone().or_else(environment);
        let Some(profile) = chosen.filter(|profile| !profile.is_empty()) else {
            return Ok(None);
        };
        let profiles = aws_config::profile::load(&Fs::real(), &Env::real(), files, None).await;
        let profiles = profiles.map_err(|error| {
            let reason = StoreFault::chain(&error);
            Error::aws(StoreFault::NoCredentials { reason })
        })?;
        if profiles.get_profile(&profile).is_some() {
            return Ok(Some(profile));
        }
        let mut available: Vec<_> = profiles.profiles().map(str::to_owned).collect();
        available.sort();
        Err(Error::aws(StoreFault::ProfileMissing {
            profile,
            available,
        }))
    }

    /// The shared files. The SDK takes the endpoints of what a profile uses from nowhere else, so
    /// they follow as a file of their own, which outranks the others.
    fn profile_files(&self) -> EnvConfigFiles {
        let (config, credentials) = (&self.shared_config_files, &self.shared_credentials_files);
        let mut files = EnvConfigFiles::builder()
            .include_default_config_file(config.is_empty())
            .include_default_credentials_file(credentials.is_empty());
        for file in config {
            files = files.with_file(EnvConfigFileKind::Config, file);
        }
        for file in credentials {
            files = files.with_file(EnvConfigFileKind::Credentials, file);
        }
        let Endpoints { sts, sso, .. } = &self.endpoints;
        if let (Some(profile), true) = (&self.profile, sts.is_some() || sso.is_some()) {
            let section = if profile == "default" {
                profile.clone()
            } else {
                format!("profile {profile}")
            };
            let mut text = format!("[{section}]\nservices = rustlambda\n[services rustlambda]\n");
            for (service, url) in [("sts", sts), ("sso", sso)] {
                if let Some(url) = url {
                    text += &format!("{service} =\n  endpoint_url = {url}\n");
                }
            }
            files = files.with_contents(EnvConfigFileKind::Config, text);
        }
        files.build()
    }

    /// One pool of connections for all clients, which honours the proxies of the environment.
    fn http_client(&self) -> Result<SharedHttpClient> {
        let environment = || std::env::var_os("AWS_CA_BUNDLE").map(PathBuf::from);
        let bundle = self.custom_ca_bundle.clone().or_else(environment);
        let context = match bundle.filter(|path| !path.as_os_str().is_empty()) {
            Some(path) => {
                let store = tls::TrustStore::empty().with_pem_certificate(certificates(&path)?);
                let context = tls::TlsContext::builder().with_trust_store(store).build();
                context.map_err(|error| no_bundle(&path, &error.to_string()))?
            }
            None => tls::TlsContext::default(),
        };
        Ok(
            Builder::new().build_with_connector_fn(move |settings, components| {
                let mut connector = Connector::builder()
                    .tls_provider(tls::Provider::Rustls(
                        tls::rustls_provider::CryptoMode::AwsLc,
                    ))
                    .tls_context(context.clone())
                    .proxy_config(ProxyConfig::from_env());
                connector.set_connector_settings(settings.cloned());
                if let Some(components) = components {
                    connector.set_sleep_impl(components.sleep_impl());
                }
                connector.build()
            }),
        )
    }
}

/// Reads a file of PEM certificates, and fails where the TLS library would panic.
fn certificates(path: &Path) -> Result<Vec<u8>> {
    let pem = std::fs::read(path).map_err(Error::read(path))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| no_bundle(path, &error.to_string()))?;
        let added = roots.add(certificate);
        added.map_err(|error| no_bundle(path, &error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(no_bundle(path, "it has no certificate"));
    }
    Ok(pem)
}

fn no_bundle(path: &Path, reason: &str) -> Error {
    Error::aws(StoreFault::CaBundle {
        path: path.to_owned(),
        reason: sentence(reason),
    })
}

/// The shortest and the longest session of a role (AWS STS API reference, AssumeRole,
/// `DurationSeconds`: 900 s to 43,200 s).
pub const ROLE_DURATION: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(900)..=Duration::from_secs(43_200);
