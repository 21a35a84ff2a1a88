//! What cargo prints while it works: how far it is, and rustc's errors.

/// Reads cargo's error output: tells the log how far a build is, and keeps what a failure needs.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    done: u32,
    lines: Vec<String>,
}

impl Progress {
    /// Takes one line. Each step forward becomes one log line at level INFO, `compiling 213/340:
    /// serde`.
    pub fn line(&mut self, line: &str) {
        let Some(bar) = Bar::parse(line) else {
            if !line.trim().is_empty() || self.lines.last().is_some_and(|last| !last.is_empty()) {
                tracing::debug!("{line}");
                self.lines.push(line.trim_end().to_owned());
            }
            return;
        };
        if bar.done > self.done {
            self.done = bar.done;
            tracing::info!(
                done = bar.done,
                total = bar.total,
                "compiling {}/{}: {}",
                bar.done,
                bar.total,
                bar.current
            );
        }
    }

    /// The errors, as rustc and cargo rendered them; without those, the last lines.
    pub fn errors(&self) -> String {
        let errors: Vec<String> = self
            .lines
            .split(|line| line.is_empty())
            .skip_while(|block| !has_error(block))
            .filter(|block| {
                !block
                    .first()
                    .is_some_and(|line| line.starts_with("warning"))
            })
            .map(|block| {
                block
                    .iter()
                    .filter(|line| !is_status(line))
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join("\n")
            })
            .filter(|block| !block.is_empty())
            .collect();
        if errors.is_empty() {
            return self.lines[self.lines.len().saturating_sub(40)..].join("\n");
        }
        errors.join("\n\n")
    }
}

fn has_error(block: &[String]) -> bool {
    block.iter().any(|line| line.starts_with("error"))
}

/// Cargo's own lines, such as `   Compiling serde v1.0.228`: a verb, right-aligned to 12 columns.
fn is_status(line: &str) -> bool {
    let verb = line.trim_start();
    let end = line.len() - verb.len() + verb.find(' ').unwrap_or(verb.len());
    line.starts_with(' ') && end == 12 && verb.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Cargo's progress bar: `    Building [====>     ] 213/340: serde, tokio`.
#[derive(Debug, PartialEq, Eq)]
struct Bar<'a> {
    done: u32,
    total: u32,
    current: &'a str,
}

impl<'a> Bar<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let (_, rest) = line
            .trim_start()
            .strip_prefix("Building [")?
            .split_once(']')?;
        let (count, current) = rest.split_once(':').unwrap_or((rest, ""));
        let (done, total) = count.trim().split_once('/')?;
        let current = current.trim().trim_end_matches("...");
        Some(Self {
            done: done.parse().ok()?,
            total: total.parse().ok()?,
            current,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_bar_and_nothing_else() {
        let bar =
            Bar::parse("    Building [=====>                 ] 213/340: serde, tokio(build.rs)...");
        assert_eq!(
            bar,
            Some(Bar {
                done: 213,
                total: 340,
                current: "serde, tokio(build.rs)"
            })
        );
        assert_eq!(Bar::parse("   Compiling serde v1.0.0"), None);
    }

    #[test]
    fn keeps_errors_as_rustc_renders_them_and_drops_the_rest() {
        let mut progress = Progress::default();
        let output = "   Compiling a v1.0.0\nwarning: unused variable: `x`\n --> src/main.rs:1:5\n\n\
            error[E0308]: mismatched types\n --> src/main.rs:2:5\n  |\n2 |     1\n  |     ^\n\n\
            error: could not compile `a` (bin \"a\") due to 1 previous error\n";
        output.lines().for_each(|line| progress.line(line));
        let expected = "error[E0308]: mismatched types\n --> src/main.rs:2:5\n  |\n2 |     1\n  |     ^\n\n\
            error: could not compile `a` (bin \"a\") due to 1 previous error";
        assert_eq!(progress.errors(), expected);
    }
}
