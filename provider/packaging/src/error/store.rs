//! Why S3 cannot be used, each with what to do.

use std::error::Error as StdError;
use std::path::PathBuf;

/// Why S3 cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreFault {
    /// No source gave credentials.
    #[error(
        "there are no credentials: {reason}. Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or `profile` or `assume_role` in the block provider \"rustlambda\""
    )]
    NoCredentials {
        /// What the sources say.
        reason: String,
    },
    /// The chosen profile is in none of the shared files.
    #[error("there is no profile `{profile}` in the shared AWS files. {}", if available.is_empty() { "They have no profiles: run `aws configure`, or unset AWS_PROFILE".to_owned() } else { format!("Choose one of: {}", available.join(", ")) })]
    ProfileMissing {
        /// As chosen.
        profile: String,
        /// The profiles that are there.
        available: Vec<String>,
    },
    /// The credentials, or the session that they come from, have expired.
    #[error(
        "the credentials have expired: {reason}. Sign in again, for instance with `aws sso login`"
    )]
    Expired {
        /// What AWS says.
        reason: String,
    },
    /// AWS does not know the credentials.
    #[error("AWS does not accept the credentials: {reason}. Check the access key and its secret")]
    Unaccepted {
        /// What AWS says.
        reason: String,
    },
    /// A file of trusted certificates cannot be used.
    #[error("{} is no file of PEM certificates: {reason}. Correct `custom_ca_bundle` or AWS_CA_BUNDLE", path.display())]
    CaBundle {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No region is set.
    #[error(
        "no region is set. Set AWS_REGION, or `region` in the store or in the block provider \"rustlambda\"; a region in the block provider \"aws\" does not count"
    )]
    NoRegion,
    /// The bucket lies in another region.
    #[error("the bucket is in {}. Set the store's `region`", region.as_deref().unwrap_or("another region"))]
    WrongRegion {
        /// The bucket's region, if S3 says it.
        region: Option<String>,
    },
    /// The credentials do not allow an action.
    #[error("{action} is denied: {reason}. Allow {action} on what the address names{}", owner.as_ref().map(|owner| format!(", and check that the bucket belongs to account {owner}")).unwrap_or_default())]
    Denied {
        /// The IAM action, or several.
        action: &'static str,
        /// What S3 says.
        reason: String,
        /// The account that is to own the bucket.
        owner: Option<String>,
    },
    /// The bucket does not exist.
    #[error("there is no bucket `{bucket}`. Create it, or correct the store's `bucket`")]
    NoBucket {
        /// As named.
        bucket: String,
    },
    /// AWS cannot be reached.
    #[error(
        "AWS cannot be reached: {reason}. Check the network, HTTPS_PROXY, and the endpoint, if one is set"
    )]
    NoNetwork {
        /// What the connection says.
        reason: String,
    },
    /// The configuration forbids to write.
    #[error(
        "the store is `read_only`. Apply where the store may be written, for instance in the main branch's pipeline, and then here again"
    )]
    ReadOnly,
    /// The object is not what it has to be.
    #[error("{reason}. Delete it, once you know who put it there")]
    Unusable {
        /// What is wrong with it.
        reason: String,
    },
    /// Anything else.
    #[error("{reason}")]
    Other {
        /// What AWS says.
        reason: String,
    },
}

impl StoreFault {
    /// An error with its causes, without the full stop of the last.
    pub(crate) fn chain(error: &dyn StdError) -> String {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            let cause = error.to_string();
            // Some errors print their source themselves.
            if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
            source = error.source();
        }
        sentence(&text)
    }
}

/// A text of others without the full stop that ours follows with.
pub(crate) fn sentence(text: &str) -> String {
    text.trim_end().trim_end_matches('.').to_owned()
}
