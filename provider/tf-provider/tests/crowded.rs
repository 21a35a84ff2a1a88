//! A provider among strangers: clients that say nothing, a log that nobody reads, and folders that
//! killed providers left.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{ErrorKind, Read};
use std::net::TcpStream;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use support::plugin::{COOKIE, Identity, Plugin, metadata};
use support::provider;
use tf_provider::proto::provider_client::ProviderClient;
use tf_provider::proto::stop_provider;

/// A provider as Terraform starts it.
fn started() -> Command {
    let mut command = Command::new(provider());
    command.env(COOKIE.0, COOKIE.1);
    command
}

fn with_certificate(mut command: Command) -> (Plugin, Identity) {
    let parent = Identity::until(2090);
    command.env("PLUGIN_CLIENT_CERT", parent.pem());
    (Plugin::spawn(command), parent)
}

fn on_loopback() -> (Plugin, Identity) {
    let mut command = started();
    command
        .env("TF_PROVIDER_TRANSPORT", "tcp")
        .env("PLUGIN_MIN_PORT", "42000")
        .env("PLUGIN_MAX_PORT", "42999");
    with_certificate(command)
}

/// Whether the provider has not closed a connection on which nothing was said.
fn is_open(mut stream: impl Read) -> bool {
    matches!(stream.read(&mut [0]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

async fn assert_answers(plugin: &Plugin, client: &Identity) {
    metadata(plugin.connect(Some(Some(client))).await)
        .await
        .unwrap();
}

fn silent_tcp(plugin: &Plugin, count: usize) -> Vec<TcpStream> {
    let connect = |_| {
        let stream = TcpStream::connect(plugin.socket.to_str().unwrap()).unwrap();
        stream.set_nonblocking(true).unwrap();
        stream
    };
    (0..count).map(connect).collect()
}

#[tokio::test]
async fn silent_clients_keep_nobody_out() {
    let (plugin, parent) = with_certificate(started());
    let connect = |_| {
        let stream = UnixStream::connect(&plugin.socket).unwrap();
        stream.set_nonblocking(true).unwrap();
        stream
    };
    let silent: Vec<_> = (0..20).map(connect).collect();
    assert_answers(&plugin, &parent).await;
    // Nobody had to wait for their time to run out.
    assert!(silent.iter().all(is_open));
}

#[tokio::test]
async fn silent_clients_on_loopback_keep_nobody_out() {
    let (plugin, parent) = on_loopback();
    let silent = silent_tcp(&plugin, 20);
    assert_answers(&plugin, &parent).await;
    assert!(silent.iter().all(is_open));
}

#[tokio::test]
async fn the_oldest_of_too_many_silent_clients_is_dropped() {
    let (plugin, parent) = on_loopback();
    let silent = silent_tcp(&plugin, 300);
    assert_answers(&plugin, &parent).await;
    assert!(!is_open(&silent[0]));
    assert!(is_open(&silent[299]));
}

#[tokio::test]
async fn a_log_that_nobody_reads_stops_nothing() {
    for end in [Signal::TERM, Signal::HUP] {
        let mut command = started();
        command.env("TF_LOG", "trace").stderr(Stdio::piped());
        let mut plugin = Plugin::spawn(command);
        let mut client = ProviderClient::new(plugin.connect(None).await);
        // A pipe takes 64 KiB, and a call logs some 200 bytes a line.
        for _ in 0..300 {
            let stop = client.stop_provider(stop_provider::Request {});
            within(stop).await.unwrap();
            let request = tf_provider::proto::validate_provider_config::Request::default();
            within(client.validate_provider_config(request))
                .await
                .unwrap();
        }
        kill_process(Pid::from_child(&plugin.child), end).unwrap();
        let ended = tokio::task::spawn_blocking(move || plugin.child.wait().map(|s| (s, plugin)));
        let (status, _plugin) = within(ended).await.unwrap().unwrap();
        assert!(status.success(), "{status}");
    }
}

/// Fails instead of waiting for ever.
async fn within<T>(future: impl Future<Output = T>) -> T {
    let limit = Duration::from_secs(30);
    tokio::time::timeout(limit, future).await.expect("it hangs")
}

#[tokio::test]
async fn folders_of_killed_providers_are_removed() {
    let sockets = tempfile::tempdir().unwrap();
    let start = || {
        let mut command = started();
        command.env("PLUGIN_UNIX_SOCKET_DIR", sockets.path());
        Plugin::spawn(command)
    };
    let folder = |plugin: &Plugin| plugin.socket.parent().unwrap().to_owned();
    let (mut killed, living) = (start(), start());
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    assert!(folder(&killed).exists());

    // What is none of these folders has nothing to fear.
    let precious = sockets.path().join("tf-provider-precious");
    fs::create_dir(&precious).unwrap();
    fs::write(precious.join("s"), "a file").unwrap();
    let link = sockets.path().join("tf-provider-link");
    symlink(folder(&killed), &link).unwrap();
    let empty = sockets.path().join("tf-provider-empty");
    fs::create_dir(&empty).unwrap();

    let _next = start();
    assert!(!folder(&killed).exists());
    assert!(precious.join("s").exists() && empty.exists());
    assert!(fs::symlink_metadata(&link).is_ok());
    metadata(living.connect(None).await).await.unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn help_that_cannot_be_written_is_an_error() {
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    for argument in ["--help", "--version"] {
        let output = started().arg(argument).stdout(full()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{error}");
        assert!(
            error.starts_with("cannot write to standard output"),
            "{error}"
        );
    }
    let mut by_hand = Command::new(provider());
    by_hand.env_remove(COOKIE.0).stderr(full());
    assert_eq!(by_hand.status().unwrap().code(), Some(1));
}
