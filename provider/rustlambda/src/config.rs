//! The provider's configuration, by the names of the AWS provider.

use std::path::PathBuf;
use std::time::Duration;

use packaging::{AssumeRole, AwsSettings, Endpoints, ROLE_DURATION, RetryMode, Token, WebIdentity};
use tf_provider::schema::{Validator, between, block, non_empty, one_of, optional, required};
use tf_provider::{Attr, Diagnostic, Result, model};

model! {
    /// Compiles, packages and versions AWS Lambda functions in Rust, so that `terraform apply` is
    /// the whole deployment: no build script, no Docker, no zip in a repository.
    ///
    /// At plan, without compiling, the provider computes a fingerprint over everything that it knows
    /// to change the binary. The same fingerprint means nothing to do, on any machine. At apply,
    /// cargo compiles what changed, the provider checks that Lambda can run the executable, and it
    /// writes the same zip for the same executable wherever that is.
    ///
    /// ## What counts as a source
    ///
    /// What cargo itself would package counts, by `package.include` and `package.exclude`. Of that,
    /// what git tracks or does not ignore. And whatever an `include_str!`, `include_bytes!`,
    /// `include!` or `#[path]` in a counted file names, wherever in the workspace it lies. A file
    /// that was compiled in and does not count is reported at apply.
    ///
    /// ## What can still differ between machines
    ///
    /// The C library and the linker of the machine are not part of the fingerprint. Nor is the
    /// compiler, unless a `rust-toolchain.toml` names its version. Two machines that differ in these
    /// can make two zips of one fingerprint; a `store` gives both the one that was first. So do two
    /// folders, where a binary holds the path of its checkout: by `env!("CARGO_MANIFEST_DIR")`, by a
    /// relative `[env]` value of `.cargo/config.toml`, or from a build script.
    ///
    /// ## Tools
    ///
    /// Compiling needs [Rust](https://rustup.rs). For another processor or an older glibc than the
    /// machine's it also needs `cargo-zigbuild` and zig, which `pip install cargo-zigbuild` brings,
    /// and Rust's standard library for that processor: `rustup target add
    /// aarch64-unknown-linux-gnu`, or `x86_64-unknown-linux-gnu`. A plan that will compile names all
    /// that is missing.
    ///
    /// ## Installation
    ///
    /// The provider is in no registry yet. Compile it with `cargo build --release -p rustlambda`, and
    /// copy `target/release/terraform-provider-rustlambda` to
    /// `~/.terraform.d/plugins/registry.terraform.io/rustlambda/rustlambda/0.1.0/linux_amd64/`, where
    /// `terraform init` finds it (on other machines `linux_arm64`, `darwin_arm64` or `darwin_amd64`).
    ///
    /// ## On CI
    ///
    /// A `store` keeps zips for every machine; give CI one, and what it needs less is a cache of
    /// `~/.cargo` and of the `target` folder. Without a store, name the functions in `function_arns`,
    /// so that a job without the zip can create a function again. A saved plan applies on every
    /// machine with the same sources. Plan and state hold `environment` in clear text: store both
    /// where secrets may be. `TF_LOG_PROVIDER=INFO` shows how far a compilation is and which files
    /// changed a fingerprint.
    ///
    /// ## Credentials
    ///
    /// The provider needs no configuration. Its arguments say how to reach the S3 buckets of stores
    /// and releases, and have the names and the meaning that they have in the AWS provider. What is
    /// not set comes from the environment and the shared AWS files: keys, profiles with roles, SSO
    /// sessions or `credential_process`, web identity, containers and instance metadata. What is
    /// set in the block `provider "aws"` does not count here.
    pub struct Config {
        /// The region of buckets whose `store` names none. By default `AWS_REGION`, or the
        /// profile's.
        pub region: Attr<String> = optional().validate(non_empty()),
        /// A profile of the shared AWS files. It outranks keys in the environment.
        pub profile: Attr<String> = optional().validate(non_empty()),
        /// Files in place of `~/.aws/config`.
        pub shared_config_files: Attr<Vec<String>> = optional(),
        /// Files in place of `~/.aws/credentials`.
        pub shared_credentials_files: Attr<Vec<String>> = optional(),
        /// Whether the bucket stands in the path of S3's URLs instead of their host name.
        pub s3_use_path_style: Attr<bool> = optional(),
        /// How requests are retried: `standard` or `adaptive`. By default `AWS_RETRY_MODE`.
        pub retry_mode: Attr<String> = optional().validate(one_of(["standard", "adaptive"])),
        /// How often a request is retried. By default `AWS_MAX_ATTEMPTS`, less one.
        pub max_retries: Attr<i64> = optional().validate(between(0..=100)),
        /// A file of PEM certificates that are trusted in place of the system's. By default
        /// `AWS_CA_BUNDLE`.
        pub custom_ca_bundle: Attr<String> = optional().validate(non_empty()),
        /// A role to assume with the credentials that are found.
        pub assume_role: Attr<Role> = block(),
        /// A role to assume with a token of an identity provider, such as a CI service.
        pub assume_role_with_web_identity: Attr<WebRole> = block(),
        /// URLs in place of AWS's.
        pub endpoints: Attr<Urls> = block(),
    }
}

model! {
    /// A role to assume.
    pub struct Role {
        /// The role's ARN.
        pub role_arn: Attr<String> = required().validate(non_empty()),
        /// The session's name, which CloudTrail shows.
        pub session_name: Attr<String> = optional(),
        /// The external ID that the role's trust policy asks for.
        pub external_id: Attr<String> = optional(),
        /// How long a session lasts, such as `1h30m`: 15 minutes to 12 hours.
        pub duration: Attr<String> = optional().validate(role_duration()),
    }
}

model! {
    /// A role to assume with a token.
    pub struct WebRole {
        /// The role's ARN.
        pub role_arn: Attr<String> = required().validate(non_empty()),
        /// The session's name, which CloudTrail shows.
        pub session_name: Attr<String> = optional(),
        /// The token.
        pub web_identity_token: Attr<String> = optional().sensitive(),
        /// A file with the token, in place of `web_identity_token`.
        pub web_identity_token_file: Attr<String> = optional(),
        /// How long a session lasts, such as `1h30m`: 15 minutes to 12 hours.
        pub duration: Attr<String> = optional().validate(role_duration()),
    }
}

model! {
    /// URLs in place of AWS's.
    pub struct Urls {
        /// The URL of S3.
        pub s3: Attr<String> = optional().validate(non_empty()),
        /// The URL of STS. For the roles of a profile it counts where `profile` is set.
        pub sts: Attr<String> = optional().validate(non_empty()),
        /// The URL of IAM Identity Center's portal. It counts where `profile` is set.
        pub sso: Attr<String> = optional().validate(non_empty()),
    }
}

impl Config {
    /// The settings of the AWS clients; nothing while an argument is unknown.
    pub fn settings(&self) -> Result<Option<AwsSettings>> {
        if self.has_unknown() {
            return Ok(None);
        }
        let paths = |files: &Attr<Vec<String>>| {
            let files = files.known().into_iter().flatten();
            files.map(|file| home(file)).collect()
        };
        let endpoints = self.endpoints.known().cloned().unwrap_or_default();
        let web = self.assume_role_with_web_identity.known();
        Ok(Some(AwsSettings {
            region: self.region.known().cloned(),
            profile: self.profile.known().cloned(),
            shared_config_files: paths(&self.shared_config_files),
            shared_credentials_files: paths(&self.shared_credentials_files),
            assume_role: self.assume_role.known().map(Role::role).transpose()?,
            assume_role_with_web_identity: web.map(WebRole::role).transpose()?,
            endpoints: Endpoints {
                s3: endpoints.s3.into_known(),
                sts: endpoints.sts.into_known(),
                sso: endpoints.sso.into_known(),
            },
            s3_use_path_style: self.s3_use_path_style.known().copied().unwrap_or_default(),
            retry_mode: self.retry_mode.as_str().map(|mode| match mode {
                "adaptive" => RetryMode::Adaptive,
                _ => RetryMode::Standard,
            }),
            max_retries: self
                .max_retries
                .known()
                .and_then(|n| u32::try_from(*n).ok()),
            custom_ca_bundle: self.custom_ca_bundle.as_str().map(home),
        }))
    }

    fn has_unknown(&self) -> bool {
        let inside = [
            self.assume_role.known().is_some_and(|role| {
                let Role {
                    role_arn,
                    session_name,
                    external_id,
                    duration,
                } = role;
                [role_arn, session_name, external_id, duration]
                    .into_iter()
                    .any(Attr::is_unknown)
            }),
            self.assume_role_with_web_identity
                .known()
                .is_some_and(|role| {
                    [
                        &role.role_arn,
                        &role.session_name,
                        &role.web_identity_token,
                        &role.web_identity_token_file,
                        &role.duration,
                    ]
                    .into_iter()
                    .any(Attr::is_unknown)
                }),
            self.endpoints.known().is_some_and(|urls| {
                [&urls.s3, &urls.sts, &urls.sso]
                    .into_iter()
                    .any(Attr::is_unknown)
            }),
        ];
        let texts = [
            &self.region,
            &self.profile,
            &self.retry_mode,
            &self.custom_ca_bundle,
        ];
        texts.into_iter().any(Attr::is_unknown)
            || [&self.shared_config_files, &self.shared_credentials_files]
                .into_iter()
                .any(Attr::is_unknown)
            || self.s3_use_path_style.is_unknown()
            || self.max_retries.is_unknown()
            || self.assume_role.is_unknown()
            || self.assume_role_with_web_identity.is_unknown()
            || self.endpoints.is_unknown()
            || inside.contains(&true)
    }
}

impl Role {
    fn role(&self) -> Result<AssumeRole> {
        Ok(AssumeRole {
            role_arn: self.role_arn.get()?.clone(),
            session_name: self.session_name.known().cloned(),
            external_id: self.external_id.known().cloned(),
            duration: self.duration.as_str().and_then(duration),
        })
    }
}

impl WebRole {
    fn role(&self) -> Result<WebIdentity> {
        let token = match (
            self.web_identity_token.as_str(),
            self.web_identity_token_file.as_str(),
        ) {
            (Some(token), None) => Token::Text(token.to_owned()),
            (None, Some(file)) => Token::File(home(file)),
            _ => {
                let detail = "Set either `web_identity_token` or `web_identity_token_file`.";
                let error = Diagnostic::error("A role needs one token", detail);
                return Err(error.at("assume_role_with_web_identity").into());
            }
        };
        Ok(WebIdentity {
            role_arn: self.role_arn.get()?.clone(),
            session_name: self.session_name.known().cloned(),
            token,
            duration: self.duration.as_str().and_then(duration),
        })
    }
}

/// A path, with `~/` as the home folder, which the AWS provider allows too.
fn home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => path.into(),
    }
}

/// Reads a duration as Go writes it, in hours, minutes and seconds: `1h30m`.
fn duration(text: &str) -> Option<Duration> {
    let mut seconds = 0_u64;
    let mut rest = text;
    while !rest.is_empty() {
        let unit = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..unit].parse().ok()?;
        let scale = match rest.as_bytes()[unit] {
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.checked_mul(scale)?)?;
        rest = &rest[unit + 1..];
    }
    Some(Duration::from_secs(seconds))
}

fn role_duration() -> Validator {
    Validator::new(
        "must be 15 minutes to 12 hours, such as `1h30m`",
        |text: &String| match duration(text) {
            Some(duration) if ROLE_DURATION.contains(&duration) => Ok(()),
            _ => Err(format!(
                "must be 15 minutes to 12 hours, such as \"1h30m\", and is {text:?}"
            )),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations_as_go_writes_them() {
        for (text, seconds) in [("1h", 3600), ("1h30m", 5400), ("900s", 900), ("15m", 900)] {
            assert_eq!(duration(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["1", "h", "1d", "1h-3m", "1ü", "99999999999999999999h"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
