//! What resource and data source say of a release alike.

use std::str::FromStr;

use packaging::{Architecture, Checksum, Version};
use tf_provider::schema::Validator;
use tf_provider::{Attr, Context, Result};

use crate::client::Client;
use crate::diagnostics;

/// Declares a model that ends with what there is to say of a release.
macro_rules! release_model {
    ($(#[doc = $doc:expr])* pub struct $name:ident { $($field:tt)* }) => {
        tf_provider::model! {
            $(#[doc = $doc])*
            pub struct $name {
                $($field)*
                /// The versions that are published, the newest first.
                pub versions: Attr<Vec<String>> = computed(),
                /// SHA-256 of the zip in base64, for `source_code_hash` of `aws_lambda_function`.
                pub source_code_hash: Attr<String> = computed(),
                /// SHA-256 of the zip in hexadecimal digits. If it is set, another zip is refused.
                pub sha256: Attr<String> = optional_computed().validate($crate::release::results::sha256()),
                /// Size of the zip in bytes.
                pub size: Attr<u64> = computed(),
                /// The hash over the sources of what is published.
                pub source_fingerprint: Attr<String> = computed(),
                /// `<version>+<first 12 digits of the fingerprint>`.
                pub build: Attr<String> = computed(),
                /// The Lambda runtime.
                pub runtime: Attr<String> = computed(),
                /// For `handler` of `aws_lambda_function`.
                pub handler: Attr<String> = computed(),
                /// The zip's bucket, for `s3_bucket` of `aws_lambda_function`.
                pub s3_bucket: Attr<String> = computed(),
                /// The zip's key, for `s3_key` of `aws_lambda_function`.
                pub s3_key: Attr<String> = computed(),
                /// The zip's version, for `s3_object_version` of `aws_lambda_function`; null in a bucket
                /// without versions.
                pub s3_object_version: Attr<String> = computed(),
                /// When it was published, in RFC 3339.
                pub published_at: Attr<String> = computed(),
            }
        }
    };
}

pub(crate) use release_model;

/// Sets what both models say of a release.
macro_rules! set_release {
    ($model:expr, $release:expr) => {{
        let (model, release) = ($model, $release);
        let (version, fingerprint) = (release.version.to_string(), &release.fingerprint);
        model.build = format!("{version}+{}", fingerprint.short()).into();
        model.version = version.into();
        model.source_code_hash = release.zip.sha256.base64().into();
        model.sha256 = release.zip.sha256.hex().into();
        model.size = release.zip.size.into();
        model.source_fingerprint = fingerprint.as_str().into();
        model.runtime = release.runtime.clone().into();
        model.handler = release.handler.clone().into();
        model.s3_bucket = release.zip.bucket.clone().into();
        model.s3_key = release.zip.key.clone().into();
        model.s3_object_version = release.zip.version.clone().into();
        model.published_at = release.published_at.clone().into();
    }};
}

pub(crate) use set_release;

/// Versions as Terraform lists them.
pub(crate) fn texts(versions: &[Version]) -> Attr<Vec<String>> {
    let texts: Vec<_> = versions.iter().map(Version::to_string).collect();
    texts.into()
}

/// Reads an architecture that a schema has let through.
pub(crate) fn architecture(name: &str) -> Result<Architecture> {
    Ok(Architecture::from_str(name)?)
}

/// The name becomes a part of keys, where a slash would make another folder.
pub(crate) fn function_name() -> Validator {
    let description = "must be 1 to 100 letters, digits, `_` and `-`";
    Validator::new(description, |name: &String| {
        let letters = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if (1..=100).contains(&name.len()) && name.chars().all(letters) {
            return Ok(());
        }
        Err(format!(
            "must be 1 to 100 letters, digits, \"_\" and \"-\", and is {name:?}"
        ))
    })
}

/// A SHA-256 as `sha256sum` prints it.
pub(crate) fn sha256() -> Validator {
    let description = "must be 64 lower-case hexadecimal digits";
    Validator::new(description, move |text: &String| {
        match Checksum::from_hex(text) {
            Some(sha256) if sha256.hex() == *text => Ok(()),
            _ => Err(format!("{description}, and is {text:?}")),
        }
    })
}

/// Runs what can be stopped, and gives its error as Terraform shows it.
pub(crate) async fn run<T>(
    cx: &Context<Client>,
    future: impl Future<Output = packaging::Result<T>>,
) -> Result<T> {
    cx.run(async {
        Ok(future
            .await
            .map_err(|error| diagnostics::of_release(&error))?)
    })
    .await
}
