//! What an answer must be.

use anyhow::{Result, ensure};
use sandbox::api::Answer;
use serde_json::Value;

/// Fails unless `answer` has this status.
pub fn ensure_status(answer: &Answer, status: u16) -> Result<()> {
    ensure!(
        answer.status == status,
        "expected {status}, got {}: {}",
        answer.status,
        answer.body
    );
    Ok(())
}

/// Fails unless `answer` is an RFC 9457 problem of this status that says what is wrong.
pub fn ensure_problem(answer: &Answer, status: u16) -> Result<Value> {
    ensure_status(answer, status)?;
    ensure!(
        answer.header("content-type") == "application/problem+json",
        "expected a problem, got {}: {}",
        answer.header("content-type"),
        answer.body
    );
    let problem = answer.json()?;
    ensure!(
        problem["status"] == status,
        "the problem's status differs: {problem}"
    );
    for member in ["title", "detail"] {
        let text = problem[member].as_str().unwrap_or_default();
        ensure!(!text.is_empty(), "the problem has no {member}: {problem}");
    }
    Ok(problem)
}
