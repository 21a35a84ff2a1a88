//! What a soak has shown.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use super::{Plan, audit::Audit, trouble::Trouble};

/// Findings of one kind that are shown in full.
const SHOWN: usize = 10;

/// The outcome of a soak.
#[derive(Debug)]
pub struct Report {
    /// What was run.
    pub plan: Plan,
    /// How long it took.
    pub seconds: u64,
    /// Uploads that no answer acknowledged, with the last answer. Nothing is owed to them.
    pub unacknowledged: Vec<String>,
    /// Events that were withheld on purpose.
    pub(super) withheld: usize,
    /// Calls that went wrong, by service and kind.
    pub(super) faults: BTreeMap<(&'static str, &'static str), usize>,
    pub(super) trouble: Trouble,
    pub(super) audit: Audit,
}

impl Report {
    /// Whether the pipeline has kept its promises: nothing lost, no effect twice, counters exact,
    /// nothing left over.
    pub fn is_clean(&self) -> bool {
        self.audit.is_clean()
    }

    /// Whether each kind of trouble has come at least once, without which a clean report says
    /// little.
    pub fn was_hard(&self) -> bool {
        let all = !self.trouble.killed.is_empty() && self.trouble.doubled > 0;
        all && self.withheld > 0 && !self.faults.is_empty()
    }

    /// The same as one JSON object.
    pub fn to_json(&self) -> Value {
        let faults = self.faults.iter();
        let faults = faults.map(|((service, kind), count)| (format!("{service} {kind}"), *count));
        let lists = self.audit.lists();
        let findings = lists.map(|(name, list)| (name.replace(' ', "_"), list.to_vec()));
        json!({
            "ok": self.is_clean(),
            "uploads": self.plan.uploads,
            "users": self.plan.users,
            "seed": self.plan.seed,
            "seconds": self.seconds,
            "states": self.audit.states,
            "unacknowledged": self.unacknowledged,
            "findings": BTreeMap::from(findings),
            "faults": faults.collect::<BTreeMap<_, _>>(),
            "killed": self.trouble.killed,
            "records_again": self.trouble.doubled,
            "events_withheld": self.withheld,
        })
    }

    fn rows(&self) -> Vec<(String, usize)> {
        let mut rows = Vec::new();
        let states = self.audit.states.iter();
        let acknowledged = states.clone().map(|(_, count)| count).sum();
        rows.push(("uploads acknowledged".to_owned(), acknowledged));
        rows.extend(states.map(|(state, count)| (format!("  {state}"), *count)));
        rows.push((
            "uploads not acknowledged".to_owned(),
            self.unacknowledged.len(),
        ));
        let lists = self.audit.lists();
        rows.extend(lists.map(|(name, list)| (name.to_owned(), list.len())));
        rows.push((
            "calls that went wrong".to_owned(),
            self.faults.values().sum(),
        ));
        let faults = self.faults.iter();
        rows.extend(faults.map(|((service, kind), count)| (format!("  {service} {kind}"), *count)));
        let killed = self.trouble.killed.iter();
        rows.push((
            "processes killed".to_owned(),
            killed.clone().map(|(_, count)| count).sum(),
        ));
        rows.extend(killed.map(|(function, count)| (format!("  {function}"), *count)));
        rows.push(("records put again".to_owned(), self.trouble.doubled));
        rows.push(("events withheld".to_owned(), self.withheld));
        rows
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Plan {
            uploads,
            users,
            seed,
            ..
        } = &self.plan;
        let seconds = self.seconds;
        writeln!(
            f,
            "{uploads} uploads by {users} users, seed {seed}, {seconds} s"
        )?;
        for (name, count) in self.rows() {
            writeln!(f, "  {name:<34}{count:>8}")?;
        }
        let lists = self.audit.lists();
        let unacknowledged = [("not acknowledged", self.unacknowledged.as_slice())];
        for (name, list) in lists.into_iter().chain(unacknowledged) {
            for finding in list.iter().take(SHOWN) {
                writeln!(f, "  {name}: {finding}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn report() -> Report {
        Report {
            plan: Plan {
                uploads: 3,
                users: 1,
                seed: 7,
                patience: Duration::from_secs(1),
            },
            seconds: 2,
            unacknowledged: vec!["2 (Put): 503".to_owned()],
            withheld: 1,
            faults: BTreeMap::from([(("s3", "reset"), 4)]),
            trouble: Trouble::default(),
            audit: Audit::default(),
        }
    }

    #[test]
    fn says_what_is_wrong_in_both_forms() {
        let mut report = report();
        assert!(report.is_clean() && !report.was_hard());
        report.audit.lost.push("01 (Put) is RECEIVED".to_owned());
        assert!(!report.is_clean());
        let text = report.to_string();
        assert!(text.contains("lost: 01 (Put) is RECEIVED"), "{text}");
        assert!(text.contains("s3 reset"), "{text}");
        let json = report.to_json();
        assert_eq!((&json["ok"], &json["seed"]), (&json!(false), &json!(7)));
        assert_eq!(json["findings"]["lost"][0], "01 (Put) is RECEIVED");
        assert_eq!(json["findings"]["effects_twice"], json!([]));
        assert_eq!(json["faults"]["s3 reset"], 4);
    }
}
