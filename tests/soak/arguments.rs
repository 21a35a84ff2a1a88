//! The arguments of `soak run`, which `cargo xtask soak` passes on and explains.

use std::time::Duration;

use acceptance_tests::soak::Plan;
use anyhow::{Context, Result, bail, ensure};

/// What to run, and how to report it.
#[derive(Debug, PartialEq, Eq)]
pub struct Arguments {
    /// The soak.
    pub plan: Plan,
    /// Whether the report is one JSON object.
    pub json: bool,
}

impl Arguments {
    /// Reads them; each is `--name=value`, or `--json`.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Self> {
        let mut parsed = Self {
            plan: Plan {
                uploads: 2000,
                users: 20,
                seed: 1,
                patience: Duration::from_secs(20 * 60),
            },
            json: false,
        };
        for argument in arguments {
            if argument == "--json" {
                parsed.json = true;
                continue;
            }
            let (name, value) = argument.split_once('=').unwrap_or((&argument, ""));
            let number: u64 = value
                .parse()
                .with_context(|| format!("{argument}: give a number, such as {name}=20"))?;
            let plan = &mut parsed.plan;
            match name {
                "--uploads" => plan.uploads = usize::try_from(number)?,
                "--users" => plan.users = usize::try_from(number)?,
                "--seed" => plan.seed = number,
                "--patience-minutes" => plan.patience = Duration::from_secs(60 * number),
                _ => bail!("{name} is unknown; see `cargo xtask soak --help`"),
            }
        }
        let Plan { uploads, users, .. } = parsed.plan;
        ensure!(
            (1..=uploads).contains(&users),
            "--users={users}: give 1 to {uploads}, the number of uploads"
        );
        Ok(parsed)
    }
}
