//! Providers that are killed in the middle of an apply.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::driver::Root;

/// Starts an apply, kills its provider after a while if that still runs, and waits for terraform.
pub fn apply_killed(apply: &mut Command, after: Duration) {
    let mut terraform = apply
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    if let Some(provider) = provider_of(terraform.id()) {
        let _ = Command::new("kill")
            .args(["-9", &provider.to_string()])
            .status();
    }
    terraform.wait().unwrap();
}

/// The process of the provider that a terraform process started, once there is one.
fn provider_of(terraform: u32) -> Option<u32> {
    // Go starts processes from any of its threads.
    let threads = std::fs::read_dir(format!("/proc/{terraform}/task")).ok()?;
    let children = threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok());
    let children: Vec<_> = children.collect();
    let mut processes = children
        .iter()
        .flat_map(|children| children.split_whitespace());
    processes.find_map(|process| process.parse().ok())
}

/// Half-written files in a root module's folder of zips.
pub fn partial_files(root: &Root) -> Vec<OsString> {
    let folder = std::fs::read_dir(root.path(".terraform/rustlambda")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().starts_with(".rustlambda-"))
        .collect()
}
