//! The embedded AWS: a server that enforces SigV4 and IAM and runs the functions.
//!
//! It listens on a unix socket in a folder that only this account may enter. The one port that
//! leads there is the [`Proxy`]'s, which speaks TLS.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::{
    Progress, cancel,
    http::Client,
    process::{self, Group},
    project::Project,
    proxy::{self, Proxy, certificate, fault::Faults},
    python::Python,
};

/// The region that everything runs in.
pub const REGION: &str = "us-east-1";

/// Access key id and secret of the embedded account's root user.
pub const ROOT_KEY: &str = "test";

/// The port that the embedded AWS uses unless told otherwise, as its kind has always done.
pub const DEFAULT_PORT: u16 = 4566;

/// Where an embedded AWS is, and what reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// The loopback port.
    pub port: u16,
    /// The file of authorities that a client trusts: the proxy's, and those of this machine.
    pub authorities: PathBuf,
}

impl Address {
    /// The address of the proxy whose certificate is in `folder`.
    pub fn new(proxy: &Proxy, folder: &Path) -> Self {
        Self {
            port: proxy.port(),
            authorities: certificate::authorities(folder),
        }
    }

    /// The URL for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The URL of the same port without TLS.
    pub fn plain_endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The file of the proxy's own authority, which vouches for loopback names alone.
    pub fn authority(&self) -> PathBuf {
        certificate::authority(self.folder())
    }

    /// The hash of the proxy's public key, by which a Chromium trusts it without an authority.
    pub fn key_hash(&self) -> Result<String> {
        certificate::key_hash(self.folder())
    }

    fn folder(&self) -> &Path {
        self.authorities.parent().unwrap_or(Path::new(""))
    }

    /// The origin at which a browser on this machine reaches the site whose address is `url`.
    pub fn site_origin(&self, url: &str) -> Result<String> {
        let label = url
            .split_once("://")
            .and_then(|(_, host)| host.strip_suffix(".cloudfront.net"))
            .with_context(|| format!("not the address of a distribution: {url}"))?;
        Ok(format!(
            "https://{label}.cloudfront.localhost:{}",
            self.port
        ))
    }

    /// The variables that make any AWS client talk to it as root.
    pub fn exports(&self) -> [(&'static str, String); 7] {
        let authorities = self.authorities.display().to_string();
        [
            ("AWS_ENDPOINT_URL", self.endpoint()),
            // What the AWS CLI, boto3 and the AWS provider of Terraform read.
            ("AWS_CA_BUNDLE", authorities.clone()),
            // What the AWS SDK for Rust reads, in this project's provider and in functions.
            ("SSL_CERT_FILE", authorities),
            ("AWS_ACCESS_KEY_ID", ROOT_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", ROOT_KEY.to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            // What the AWS CLI and boto3 read.
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
        ]
    }

    /// Makes `command` see this AWS and no other.
    pub fn apply_to(&self, command: &mut Command, project: &Project) {
        hide_others(command, project);
        command.envs(self.exports());
    }

    /// The `Host` under which the HTTP API at `api_endpoint` is reached on loopback.
    pub fn api_host(&self, api_endpoint: &str) -> Result<String> {
        let id = api_endpoint
            .strip_prefix("https://")
            .or_else(|| api_endpoint.strip_prefix("http://"))
            .and_then(|rest| rest.split('.').next())
            .with_context(|| format!("api_endpoint is not an execute-api URL: {api_endpoint}"))?;
        Ok(format!("{id}.execute-api.localhost:{}", self.port))
    }

    /// Empties it.
    pub fn reset(&self) -> Result<()> {
        let url = format!("{}/_ministack/reset", self.endpoint());
        let answer = Client::of(self)?.post_form(&url, &[])?;
        answer.success("the reset of the embedded AWS")?;
        Ok(())
    }

    fn answers(&self) -> bool {
        let url = format!("{}/_ministack/health", self.endpoint());
        let health = Client::of(self).and_then(|client| client.get(&url));
        health.is_ok_and(|answer| answer.status == 200)
    }
}

/// Hides from `command` whatever the caller's environment and files say of AWS, so that real
/// credentials are never used.
pub(crate) fn hide_others(command: &mut Command, project: &Project) {
    for name in inherited("AWS_") {
        command.env_remove(name);
    }
    command
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", project.build("no-aws-config"))
        .env(
            "AWS_SHARED_CREDENTIALS_FILE",
            project.build("no-aws-credentials"),
        );
}

/// The names of this process's environment variables that begin with `prefix`.
pub(crate) fn inherited(prefix: &str) -> Vec<OsString> {
    env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| name.as_encoded_bytes().starts_with(prefix.as_bytes()))
        .collect()
}

/// A running embedded AWS; dropped, it ends with all functions that it runs.
#[derive(Debug)]
pub struct EmbeddedAws {
    address: Address,
    proxy: Proxy,
    group: Group,
    // Behind the group, so that it is removed when nothing uses it any more.
    temporary: TempDir,
}

impl EmbeddedAws {
    /// Starts one on `port`, or on a free port for `None`, and waits until it answers.
    ///
    /// Fails when the port is taken, and with the end of the server's log when it ends early.
    pub fn start(
        project: &Project,
        python: &Python,
        port: Option<u16>,
        progress: Progress,
    ) -> Result<Self> {
        let listener = listen(project, port)?;
        // The system's folder: the path of a unix socket has at most 107 bytes (unix(7)).
        let temporary = TempDir::with_prefix("embedded-aws-")?;
        certificate::issue(temporary.path())?;
        let proxy = Proxy::start(listener, temporary.path())?;
        let address = Address::new(&proxy, temporary.path());
        let log = project.log(&format!("embedded-aws-{}", address.port));
        let socket = proxy::socket(temporary.path());
        let output = File::create(&log)?;

        let mut command = Command::new(python.program("hypercorn"));
        command
            .args(["ministack.app:app", "--keep-alive", "75", "--bind"])
            .arg(format!("unix:{}", socket.display()))
            .env_clear()
            .envs(
                ["HOME", "LANG"]
                    .iter()
                    .filter_map(|name| Some((name, env::var_os(name)?))),
            )
            .env("PATH", python.path()?)
            .envs(address.exports())
            .env("AUTH", "true")
            // Its MQTT listener would bind every interface.
            .env("IOT_MTLS_ENABLED", "0")
            // For the addresses that it gives out.
            .env("GATEWAY_PORT", address.port.to_string())
            .env("TMPDIR", temporary.path())
            .current_dir(temporary.path())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let mut aws = Self {
            group: Group::spawn(&mut command)?,
            proxy,
            temporary,
            address,
        };

        progress("waiting for it to answer");
        let answered = cancel::poll(Duration::from_secs(60), || match aws.group.try_wait()? {
            Some(status) => bail!(
                "the embedded AWS ended ({status}); its log: {}",
                log.display()
            ),
            None => Ok(aws.address.answers().then_some(())),
        })?;
        answered.with_context(|| {
            format!(
                "the embedded AWS did not answer in 60 s; its log: {}",
                log.display()
            )
        })?;
        Ok(aws)
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What shall go wrong with the requests to come.
    pub fn faults(&self) -> &Faults {
        self.proxy.faults()
    }

    /// Leaves it running after this process, on record for [`Record::load`].
    ///
    /// `proxy` is the command that runs [`crate::proxy::run`] with the port and the folder as its
    /// further arguments.
    pub fn leave_running(self, project: &Project, mut proxy: Command) -> Result<Record> {
        let address = self.address;
        drop(self.proxy);
        proxy
            .arg(address.port.to_string())
            .arg(self.temporary.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.group.spawn_member(&mut proxy)?;
        cancel::poll(Duration::from_secs(10), || {
            Ok(address.answers().then_some(()))
        })?
        .context("the proxy of the embedded AWS does not answer")?;
        let record = Record {
            address,
            process: self.group.id(),
            temporary: self.temporary.keep(),
        };
        fs::write(Record::path(project), serde_json::to_vec_pretty(&record)?)?;
        self.group.detach();
        Ok(record)
    }
}

/// An embedded AWS that was left running.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    /// Where it is.
    pub address: Address,
    /// Its process id, which is also its group's.
    pub process: u32,
    /// The folder of its temporary files.
    temporary: PathBuf,
}

impl Record {
    fn path(project: &Project) -> PathBuf {
        project.build("embedded-aws.json")
    }

    /// The one that was left running and still answers, if any; a stale record is removed.
    pub fn load(project: &Project) -> Result<Option<Self>> {
        let path = Self::path(project);
        let Ok(text) = fs::read(&path) else {
            return Ok(None);
        };
        let record: Self = serde_json::from_slice(&text)
            .with_context(|| format!("{} is not a record; delete it", path.display()))?;
        if record.is_ours() && record.address.answers() {
            return Ok(Some(record));
        }
        fs::remove_file(path)?;
        Ok(None)
    }

    /// Ends it and everything that it runs.
    pub fn stop(self, project: &Project) -> Result<()> {
        process::end_group(self.process, || !self.is_ours());
        fs::remove_dir_all(&self.temporary)?;
        fs::remove_file(Self::path(project))?;
        Ok(())
    }

    /// Whether the process is the embedded AWS still, and not another under a reused id.
    fn is_ours(&self) -> bool {
        Command::new("ps")
            .args(["-o", "args=", "-p", &self.process.to_string()])
            .output()
            .is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("ministack"))
    }
}

/// Takes the port that clients are told.
fn listen(project: &Project, port: Option<u16>) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).or_else(|error| {
        let port = port.unwrap_or_default();
        match Record::load(project)? {
            Some(record) if record.address.port == port => bail!(
                "an embedded AWS of this project is up on port {port} already (process {}): \
                 end it with `cargo xtask local down`, or choose another port with --port",
                record.process
            ),
            _ => bail!(
                "port {port} of the loopback address is taken ({error}): \
                 choose another with --port"
            ),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_api_and_a_site_are_reached_under_their_own_host_names() {
        let address = Address {
            port: 4566,
            authorities: PathBuf::new(),
        };
        let host = address.api_host("https://a1b2c3.execute-api.us-east-1.amazonaws.com");
        assert_eq!(host.expect("a URL"), "a1b2c3.execute-api.localhost:4566");
        assert!(address.api_host("a1b2c3").is_err());
        let site = address.site_origin("https://d1.cloudfront.net");
        assert_eq!(site.expect("a URL"), "https://d1.cloudfront.localhost:4566");
        assert!(address.site_origin("https://example.com").is_err());
    }
}
