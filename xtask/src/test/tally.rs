//! Counts tests by reading what test runners print.

use std::{fmt, fs, ops::AddAssign};

use anyhow::{Result, bail};
use sandbox::process::Finished;

/// How many tests ran, and how they ended.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

impl Tally {
    /// Reads the closing line of a program of `cargo test`.
    pub fn read_cargo(&mut self, line: &str) {
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.passed += number_before(counts, "passed");
            self.failed += number_before(counts, "failed");
        }
    }

    /// Reads the closing line of `terraform test`.
    pub fn read_terraform(&mut self, line: &str) {
        if line.starts_with("Success!") || line.starts_with("Failure!") {
            self.passed += number_before(line, "passed");
            self.failed += number_before(line, "failed");
        }
    }

    /// Reads the closing line of vitest, `Tests  1 failed | 12 passed (13)`.
    pub fn read_vitest(&mut self, line: &str) {
        if let Some(counts) = line.trim_start().strip_prefix("Tests ") {
            self.passed += number_before(counts, "passed");
            self.failed += number_before(counts, "failed");
        }
    }

    /// Ends the count: shows the log of a runner that failed, and fails itself where the
    /// runner ended badly without a failed test (it did not compile, say).
    pub fn close(self, finished: &Finished, what: &str) -> Result<Self> {
        if !finished.status.success() {
            eprintln!("{}", fs::read_to_string(&finished.log)?);
            if self.failed == 0 {
                bail!("{what} ended with {}; its output is above", finished.status);
            }
        }
        Ok(self)
    }
}

/// Reads 12 from `…12 passed…`.
fn number_before(text: &str, word: &str) -> usize {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .windows(2)
        .find(|pair| pair[1].trim_end_matches(['.', ';', ',']) == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_all_runners_are_counted() {
        let mut tally = Tally::default();
        tally.read_cargo("test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured");
        tally.read_cargo("test result: FAILED. 3 passed; 2 failed; 0 ignored");
        tally.read_terraform("Success! 4 passed, 0 failed.");
        tally.read_terraform("Failure! 1 passed, 1 failed.");
        tally.read_vitest("      Tests  2 failed | 7 passed (9)");
        tally.read_vitest(" Test Files  1 failed | 1 passed (2)");
        assert_eq!(tally.to_string(), "27 passed, 5 failed");
    }
}
