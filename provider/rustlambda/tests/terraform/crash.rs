//! A provider that is killed.

use std::process::Stdio;
use std::time::Instant;

use crate::driver::{Root, terraform_is_there};

/// The process of the provider that a terraform process started, once there is one.
fn provider_of(terraform: u32) -> Option<u32> {
    let children =
        std::fs::read_to_string(format!("/proc/{terraform}/task/{terraform}/children")).ok()?;
    let mut tasks = vec![children];
    // Go starts processes from any of its threads.
    for task in std::fs::read_dir(format!("/proc/{terraform}/task"))
        .ok()?
        .flatten()
    {
        tasks.extend(std::fs::read_to_string(task.path().join("children")));
    }
    tasks
        .iter()
        .flat_map(|children| children.split_whitespace())
        .find_map(|child| child.parse().ok())
}

#[test]
fn kill_at_20_moments_of_an_apply_harms_nothing() {
    if !terraform_is_there() {
        return;
    }
    let root = Root::new();
    root.init();
    // How long an apply with a compilation takes here.
    let start = Instant::now();
    root.apply();
    let whole = start.elapsed();
    for moment in 1..=20 {
        root.write(
            "api/src/bin/api.rs",
            &format!("fn main() {{ println!(\"{moment}\") }}\n"),
        );
        let mut terraform = root.command(&["apply", "-auto-approve", "-no-color", "-lock=false"]);
        let mut terraform = terraform
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole * moment / 20);
        if let Some(provider) = provider_of(terraform.id()) {
            let _ = std::process::Command::new("kill")
                .args(["-9", &provider.to_string()])
                .status();
        }
        terraform.wait().unwrap();
        // Every zip that has a receipt is whole.
        let folder = root.path(".terraform/rustlambda");
        for entry in std::fs::read_dir(&folder)
            .unwrap()
            .flatten()
            .filter(|entry| {
                entry
                    .path()
                    .extension()
                    .is_some_and(|ending| ending == "json")
            })
        {
            let receipt: serde_json::Value =
                serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
            let sum = std::process::Command::new("sha256sum")
                .arg(entry.path().with_extension("zip"))
                .output()
                .unwrap()
                .stdout;
            assert_eq!(
                receipt["sha256"],
                String::from_utf8_lossy(&sum[..64]).as_ref(),
                "moment {moment}"
            );
        }
    }
    root.apply();
    root.plan().exits_with(0);
    let folder = std::fs::read_dir(root.path(".terraform/rustlambda")).unwrap();
    let partial = |name: &std::ffi::OsString| name.to_string_lossy().starts_with(".rustlambda-");
    let left: Vec<_> = folder
        .flatten()
        .map(|entry| entry.file_name())
        .filter(partial)
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
