//! What terraform says while it changes something: its machine-readable events, and the
//! provider's log lines between them.

use serde_json::Value;

use crate::Progress;

/// Follows one `apply -json` or `destroy -json`.
#[derive(Debug, Default)]
pub(super) struct Events {
    planned: usize,
    done: usize,
    errors: Vec<String>,
}

impl Events {
    /// Takes one line of either stream.
    pub fn line(&mut self, line: &str, progress: Progress) {
        match serde_json::from_str::<Value>(line) {
            Ok(event) => self.event(&event, progress),
            Err(_) => {
                if let Some(compiling) = compiling(line) {
                    progress(compiling);
                }
            }
        }
    }

    /// The errors, as a user reads them, or `None` when there was none.
    pub fn errors(&self) -> Option<String> {
        (!self.errors.is_empty()).then(|| self.errors.join("\n"))
    }

    fn event(&mut self, event: &Value, progress: Progress) {
        match event["type"].as_str() {
            Some("planned_change") => self.planned += 1,
            Some("apply_complete") => {
                self.done += 1;
                progress(&format!("{} of {} resources", self.done, self.planned));
            }
            Some("diagnostic") if event["@level"] == "error" => {
                self.errors.push(diagnostic(&event["diagnostic"]));
            }
            _ => {}
        }
    }
}

/// Reads `compiling 213/340: serde` from the provider's log line, without its fields.
fn compiling(line: &str) -> Option<&str> {
    let from = line.find("compiling ")?;
    let text = &line[from..];
    let starts_with_count = text["compiling ".len()..].starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(": ").map_or(text.len(), |colon| {
        let name = &text[colon + 2..];
        colon + 2 + name.find([':', ' ', ',']).unwrap_or(name.len())
    });
    starts_with_count.then(|| &text[..end])
}

fn diagnostic(diagnostic: &Value) -> String {
    let text = |name: &str| diagnostic[name].as_str().unwrap_or_default();
    let mut lines = vec![format!("Error: {}", text("summary"))];
    if let Some(file) = diagnostic["range"]["filename"].as_str() {
        lines.push(format!(
            "  on {file} line {}",
            diagnostic["range"]["start"]["line"]
        ));
    }
    lines.extend(text("detail").lines().map(|line| format!("  {line}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use serde_json::json;

    use super::*;

    #[test]
    fn compilation_and_resources_are_told_as_they_go() {
        let heard = RefCell::new(Vec::new());
        let mut events = Events::default();
        for line in [
            &json!({"type": "planned_change"}).to_string(),
            "2026-01-01T00:00:00Z [INFO]  provider: compiling upload-api: name=upload-api",
            "2026-01-01T00:00:00Z [INFO]  provider: compiling 213/340: serde, syn: name=upload-api",
            &json!({"type": "apply_complete"}).to_string(),
        ] {
            events.line(line, &|message| heard.borrow_mut().push(message.to_owned()));
        }
        assert_eq!(
            heard.take(),
            ["compiling 213/340: serde", "1 of 1 resources"]
        );
        assert_eq!(events.errors(), None);
    }

    #[test]
    fn a_diagnostic_keeps_its_file_and_line() {
        let mut events = Events::default();
        let event = json!({"type": "diagnostic", "@level": "error", "diagnostic": {
            "summary": "Unsupported argument",
            "detail": "An argument named \"nme\" is not expected here.",
            "range": {"filename": "main.tf", "start": {"line": 7}},
        }});
        events.line(&event.to_string(), &|_| {});
        let expected = "Error: Unsupported argument\n  on main.tf line 7\n  An argument named \"nme\" is not expected here.";
        assert_eq!(events.errors().as_deref(), Some(expected));
    }
}
