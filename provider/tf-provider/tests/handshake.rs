//! Starts the example provider as Terraform does.
#![allow(clippy::unwrap_used)]

mod support;

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use support::plugin::{COOKIE, Identity, Plugin, metadata, shutdown};
use support::provider;
use tonic::Status;

/// A year in which a certificate is valid still.
const VALID: i32 = 2090;

/// The connection broke, at one point or another: nothing was answered.
#[track_caller]
fn assert_refused(error: &Status) {
    assert!(error.source().is_some(), "the service answered: {error:?}");
}

#[tokio::test]
async fn only_the_certificate_of_the_parent_is_let_in() {
    let (parent, stranger) = (Identity::until(VALID), Identity::until(VALID));
    let plugin = Plugin::start(&provider(), Some(&parent));
    for refused in [Some(None), Some(Some(&stranger)), None] {
        let error = metadata(plugin.connect(refused).await).await.unwrap_err();
        assert_refused(&error);
    }
    let answer = metadata(plugin.connect(Some(Some(&parent))).await)
        .await
        .unwrap();
    assert!(
        answer
            .resources
            .iter()
            .any(|resource| resource.type_name == "notes_note")
    );
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let expired = Identity::until(2021);
    let plugin = Plugin::start(&provider(), Some(&expired));
    let error = metadata(plugin.connect(Some(Some(&expired))).await)
        .await
        .unwrap_err();
    assert_refused(&error);
}

#[tokio::test]
async fn the_socket_is_private_and_goes_with_the_process() {
    let mut plugin = Plugin::start(&provider(), None);
    let folder = plugin.socket.parent().unwrap().to_owned();
    assert_eq!(
        fs::metadata(&folder).unwrap().permissions().mode() & 0o777,
        0o700
    );
    let channel = plugin.connect(None).await;
    metadata(channel.clone()).await.unwrap();
    let begin = Instant::now();
    shutdown(channel).await;
    assert!(plugin.child.wait().unwrap().success());
    // go-plugin kills what takes longer than 2 seconds.
    assert!(
        begin.elapsed() < Duration::from_millis(1500),
        "{:?}",
        begin.elapsed()
    );
    assert!(!folder.exists(), "{} was left behind", folder.display());
}

#[tokio::test]
async fn a_socket_folder_is_honoured() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(provider());
    command
        .env(COOKIE.0, COOKIE.1)
        .env("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    let plugin = Plugin::spawn(command);
    assert!(plugin.socket.starts_with(folder.path()));
    metadata(plugin.connect(None).await).await.unwrap();
}

#[test]
fn a_certificate_that_is_none_ends_it() {
    let output = Command::new(provider())
        .env(COOKIE.0, COOKIE.1)
        .env("PLUGIN_CLIENT_CERT", "not a certificate")
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(output.stdout.is_empty());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("PLUGIN_CLIENT_CERT"), "{error}");
}

#[test]
fn a_person_reads_what_it_is() {
    let run = |arguments: &[&str]| {
        let output = Command::new(provider())
            .args(arguments)
            .env_remove(COOKIE.0)
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    let (code, out, err) = run(&[]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(
        err.contains("source  = \"example/notes\"") && err.contains("terraform init"),
        "{err}"
    );
    let (code, out, _) = run(&["--version"]);
    assert_eq!(code, Some(0));
    assert_eq!(
        out,
        concat!("terraform-provider-notes ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let (code, out, _) = run(&["--help"]);
    assert_eq!(code, Some(0));
    assert!(out.contains("--debug"), "{out}");
}

#[tokio::test]
async fn what_is_not_offered_is_answered_as_the_protocol_says() {
    use tf_provider::proto::provider_client::ProviderClient;
    use tf_provider::proto::{self};
    let plugin = Plugin::start(&provider(), None);
    let mut client = ProviderClient::new(plugin.connect(None).await);
    let read = proto::read_resource::Request {
        type_name: "none".into(),
        ..Default::default()
    };
    let answer = client.read_resource(read).await.unwrap().into_inner();
    assert!(
        answer.diagnostics[0]
            .summary
            .contains("no resource \"none\"")
    );
    let call = proto::call_function::Request {
        name: "none".into(),
        arguments: Vec::new(),
    };
    let answer = client.call_function(call).await.unwrap().into_inner();
    assert!(answer.error.unwrap().text.contains("no function \"none\""));
}

#[tokio::test]
async fn a_message_of_64_mib_passes_both_ways() {
    use tf_provider::proto::provider_client::ProviderClient;
    use tf_provider::proto::{self, DynamicValue};
    const SIZE: usize = 64 << 20;
    let plugin = Plugin::start(&provider(), None);
    let mut client = ProviderClient::new(plugin.connect(None).await)
        .max_decoding_message_size(2 * SIZE)
        .max_encoding_message_size(2 * SIZE);
    // The state of a note whose text is large, as JSON: it comes back in msgpack.
    let json = format!("{{\"name\":\"it\",\"text\":\"{}\"}}", "x".repeat(SIZE));
    let state = proto::RawState {
        json: json.into_bytes(),
        ..Default::default()
    };
    let request = proto::upgrade_resource_state::Request {
        type_name: "notes_note".into(),
        version: 1,
        raw_state: Some(state),
    };
    let answer = client
        .upgrade_resource_state(request)
        .await
        .unwrap()
        .into_inner();
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    let Some(DynamicValue { msgpack, .. }) = answer.upgraded_state else {
        panic!("no state")
    };
    assert!(msgpack.len() > SIZE);
}

/// A provider that listens on loopback.
fn on_loopback() -> Command {
    let mut command = Command::new(provider());
    command
        .env(COOKIE.0, COOKIE.1)
        .env("TF_PROVIDER_TRANSPORT", "tcp")
        .env("PLUGIN_MIN_PORT", "41000")
        .env("PLUGIN_MAX_PORT", "41999");
    command
}

#[test]
fn loopback_without_a_certificate_is_refused() {
    for arguments in [&[][..], &["--debug"]] {
        let output = on_loopback().args(arguments).output().unwrap();
        assert!(!output.status.success());
        assert!(output.stdout.is_empty());
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("open to every account"), "{error}");
    }
}

#[test]
fn loopback_is_within_the_given_ports() {
    let mut command = on_loopback();
    command
        .env("PLUGIN_CLIENT_CERT", Identity::until(VALID).pem())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let fields: Vec<_> = line.split('|').collect();
    let port = fields[3]
        .strip_prefix("127.0.0.1:")
        .unwrap()
        .parse::<u16>()
        .unwrap();
    assert_eq!(fields[2], "tcp");
    assert!((41000..=41999).contains(&port), "{port}");
    TcpStream::connect(fields[3]).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_log_is_what_terraform_reads() {
    let run = |level: &str| {
        let mut child = Command::new(provider())
            .env(COOKIE.0, COOKIE.1)
            .env("TF_LOG_PROVIDER", level)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut handshake = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut handshake)
            .unwrap();
        kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
        let mut log = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        assert!(child.wait().unwrap().success());
        log
    };
    let log = run("info");
    let line: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(line["@level"], "info");
    assert_eq!(line["@message"], "shutting down");
    assert_eq!(line["@module"], "provider.notes");
    assert_eq!(line["reason"], "SIGTERM");
    assert!(line["@timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(run(""), "");
}
