//! Hostile requests, and the memory that they take.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// Largest event of a synchronous invocation, in bytes ("Lambda quotas": 6 MB).
pub const MAX_EVENT_BYTES: usize = 6 * 1024 * 1024;

/// Most memory that a function may use for one event, in bytes.
pub const MAX_PEAK_BYTES: u64 = 64 * 1024 * 1024;

/// Variable that tells a test that it is the child process of another.
const IS_CHILD: &str = "FUNCTION_KIT_TEST_CHILD";

/// A body of hostile shape.
#[derive(Debug, Clone, Copy)]
enum Shape {
    Numbers,
    Lists,
    Objects,
    Escapes,
    Text,
    Depth,
    Members,
    MembersWithin,
    LongNames,
}

impl Shape {
    const ALL: [Self; 9] = [
        Self::Numbers,
        Self::Lists,
        Self::Objects,
        Self::Escapes,
        Self::Text,
        Self::Depth,
        Self::Members,
        Self::MembersWithin,
        Self::LongNames,
    ];

    /// Returns a body of at most `bytes` bytes, which is how many it takes inside an event, where
    /// quotes and backslashes are escaped. It misuses `member`, which should be text.
    fn body(self, member: &str, bytes: usize) -> String {
        let room = bytes - 2 * member.len() - 32;
        let list = |unit: &str| {
            let quotes = unit.matches('"').count();
            let units = vec![unit; room / (unit.len() + quotes + 1)].join(",");
            format!(r#"{{"{member}":[{units}]}}"#)
        };
        let members = || -> String {
            let members = (0..room / 14).map(|n| format!(r#""{n:07}":0,"#));
            members.collect()
        };
        match self {
            Self::Numbers => list("0"),
            Self::Lists => list("[]"),
            Self::Objects => list(r#"{"a":0}"#),
            Self::Escapes => format!(r#"{{"{member}":"{}"}}"#, r"\u0000".repeat(room / 7)),
            Self::Text => format!(r#"{{"{member}":"{}"}}"#, "x".repeat(room)),
            Self::Depth => format!(r#"{{"{member}":{}"#, "[".repeat(room)),
            Self::Members => format!(r#"{{{}"{member}":0}}"#, members()),
            Self::MembersWithin => format!(r#"{{"{member}":{{{}"a":0}}}}"#, members()),
            Self::LongNames => {
                let name = "n".repeat(room / 2 - 8);
                format!(r#"{{"{name}":0,"{name}":0}}"#)
            }
        }
    }
}

/// Returns `template`, an event of API Gateway, with each hostile body, as text and as base64, in
/// at most [`MAX_EVENT_BYTES`].
pub fn hostile_events(template: &Value, member: &str) -> Vec<(String, Vec<u8>)> {
    let event = |body: &str, is_base64: bool| {
        let mut event = template.clone();
        event["body"] = json!(body);
        event["isBase64Encoded"] = json!(is_base64);
        serde_json::to_vec(&event).unwrap()
    };
    let room = MAX_EVENT_BYTES - template.to_string().len() - 64;
    let plain = Shape::ALL.map(|shape| {
        (
            format!("{shape:?}"),
            event(&shape.body(member, room), false),
        )
    });
    let encoded = [Shape::Objects, Shape::Text].map(|shape| {
        let body = BASE64_STANDARD.encode(shape.body(member, room / 4 * 3));
        (format!("{shape:?} in base64"), event(&body, true))
    });
    let events: Vec<_> = plain.into_iter().chain(encoded).collect();
    for (shape, event) in &events {
        assert!(event.len() <= MAX_EVENT_BYTES, "{shape}: {}", event.len());
    }
    events
}

/// Checks that `handle` takes less than [`MAX_PEAK_BYTES`] for each event: it runs `test`, the one
/// that calls this, again in a process for each event, and reads how much memory that used.
pub fn assert_memory_is_bounded(
    test: &str,
    events: impl FnOnce() -> Vec<(String, Vec<u8>)>,
    handle: impl FnOnce(&[u8]),
) {
    if std::env::var_os(IS_CHILD).is_some() {
        let mut event = Vec::with_capacity(MAX_EVENT_BYTES + 1);
        std::io::stdin().read_to_end(&mut event).unwrap();
        handle(&event);
        println!("\npeak: {}", peak());
        return;
    }
    let failures: Vec<String> = events()
        .into_iter()
        .map(|(shape, event)| (shape, peak_of(test, &event)))
        .filter(|(_, peak)| *peak >= MAX_PEAK_BYTES)
        .map(|(shape, peak)| format!("{shape}: {} MiB", peak >> 20))
        .collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Most memory that this process has had resident, in bytes (proc_pid_status(5)).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib: u64 = line
        .unwrap()
        .split_whitespace()
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    kib * 1024
}

fn peak_of(test: &str, event: &[u8]) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(IS_CHILD, "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(event).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let peak = text.lines().find_map(|line| line.strip_prefix("peak: "));
    peak.unwrap_or_else(|| panic!("{test} did not finish: {text}"))
        .parse()
        .unwrap()
}
