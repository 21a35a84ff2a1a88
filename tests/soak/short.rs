//! A soak that the tests can afford.

use std::time::Duration;

use acceptance_tests::{
    deployment::Deployment,
    soak::{self, Plan},
};
use anyhow::{Result, ensure};

/// Under killed functions, failing calls, records that come again and lost events, each upload that
/// was answered 2xx ends, has its effects once, and is counted; nothing is left over.
pub fn a_soak_loses_nothing_and_does_nothing_twice(deployment: &Deployment) -> Result<()> {
    let plan = Plan {
        uploads: 60,
        users: 4,
        seed: 11,
        patience: Duration::from_secs(8 * 60),
    };
    let report = soak::run(deployment, &plan, &sandbox::quiet)?;
    eprintln!("{report}");
    ensure!(report.is_clean(), "{report}");
    ensure!(report.was_hard(), "some trouble never came: {report}");
    ensure!(
        report.unacknowledged.len() <= plan.uploads / 10,
        "too little was acknowledged: {report}"
    );
    Ok(())
}
