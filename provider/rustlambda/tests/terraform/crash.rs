//! A provider that is killed.

use std::time::Instant;

use serde_json::Value;

use crate::driver::{Root, sha256};
use crate::kill::{apply_killed, partial_files};

#[test]
fn kill_at_20_moments_of_an_apply_harms_nothing() {
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
        let mut apply = root.command(&["apply", "-auto-approve", "-no-color", "-lock=false"]);
        apply_killed(&mut apply, whole * moment / 20);
        // Every zip that has a receipt is whole.
        let folder = std::fs::read_dir(root.path(".terraform/rustlambda")).unwrap();
        let files = folder.map(|entry| entry.unwrap().path());
        for receipt in files.filter(|file| file.extension().is_some_and(|ending| ending == "json"))
        {
            let zip = receipt.with_extension("zip");
            let receipt: Value = serde_json::from_slice(&std::fs::read(receipt).unwrap()).unwrap();
            assert_eq!(receipt["sha256"], sha256(&zip), "moment {moment}");
        }
    }
    root.apply();
    root.plan().exits_with(0);
    assert_eq!(partial_files(&root), [""; 0]);
}
