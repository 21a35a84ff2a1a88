//! The roles that a configuration assumes, beside those of profiles.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};

use super::AwsSettings;

/// The name of a session that is not given one; it stands in CloudTrail.
const SESSION: &str = "terraform-provider-rustlambda";

/// A role to assume.
#[derive(Debug, Clone, Default)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: String,
    /// The session's name in CloudTrail.
    pub session_name: Option<String>,
    /// What the role's trust policy may ask for.
    pub external_id: Option<String>,
    /// How long the session lasts.
    pub duration: Option<Duration>,
}

/// A role to assume with a token of an identity provider.
#[derive(Debug, Clone)]
pub struct WebIdentity {
    /// The role.
    pub role_arn: String,
    /// The session's name in CloudTrail.
    pub session_name: Option<String>,
    /// What the identity provider has signed.
    pub token: Token,
    /// How long the session lasts.
    pub duration: Option<Duration>,
}

/// A token of an identity provider.
#[derive(Clone)]
pub enum Token {
    /// The token itself.
    Text(String),
    /// A file with it, which is read whenever the session is renewed.
    File(PathBuf),
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

impl AwsSettings {
    /// Puts the credentials of the roles into a configuration.
    pub(super) async fn with_roles(&self, mut config: SdkConfig) -> SdkConfig {
        let sts = |config: &SdkConfig| {
            let mut builder = config.to_builder();
            if let Some(endpoint) = &self.endpoints.sts {
                builder.set_endpoint_url(Some(endpoint.clone()));
            }
            builder.build()
        };
        if let Some(identity) = &self.assume_role_with_web_identity {
            let provider = WebIdentityProvider {
                sts: aws_sdk_sts::Client::new(&sts(&config)),
                identity: identity.clone(),
            };
            config = with(config, provider);
        }
        if let Some(role) = &self.assume_role {
            let mut provider = AssumeRoleProvider::builder(&role.role_arn)
                .configure(&sts(&config))
                .session_name(role.session_name.as_deref().unwrap_or(SESSION));
            if let Some(id) = &role.external_id {
                provider = provider.external_id(id);
            }
            if let Some(duration) = role.duration {
                provider = provider.session_length(duration);
            }
            config = with(config, provider.build().await);
        }
        config
    }
}

fn with(config: SdkConfig, provider: impl ProvideCredentials + 'static) -> SdkConfig {
    let provider = SharedCredentialsProvider::new(provider);
    config.into_builder().credentials_provider(provider).build()
}

/// Credentials for a token. The SDK's own provider takes neither a token that lies in no file nor a
/// duration.
#[derive(Debug)]
struct WebIdentityProvider {
    sts: aws_sdk_sts::Client,
    identity: WebIdentity,
}

impl WebIdentityProvider {
    async fn credentials(&self) -> provider::Result {
        let token = match &self.identity.token {
            Token::Text(token) => token.clone(),
            Token::File(path) => std::fs::read_to_string(path).map_err(|error| {
                let reason = format!("{} cannot be read: {error}", path.display());
                CredentialsError::invalid_configuration(reason)
            })?,
        };
        let session = self.identity.session_name.as_deref().unwrap_or(SESSION);
        let duration = self.identity.duration.map(|duration| duration.as_secs());
        let assumed = self
            .sts
            .assume_role_with_web_identity()
            .role_arn(&self.identity.role_arn)
            .role_session_name(session)
            .web_identity_token(token.trim())
            .set_duration_seconds(duration.and_then(|seconds| seconds.try_into().ok()))
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        let given = assumed
            .credentials
            .ok_or_else(|| CredentialsError::unhandled("STS answered without credentials"))?;
        Ok(Credentials::new(
            given.access_key_id,
            given.secret_access_key,
            Some(given.session_token),
            given.expiration.try_into().ok(),
            "AssumeRoleWithWebIdentity",
        ))
    }
}

impl ProvideCredentials for WebIdentityProvider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
