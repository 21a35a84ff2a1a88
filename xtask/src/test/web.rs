//! Types, unit tests and weight of the packages in `web/`.

use anyhow::{Result, ensure};
use sandbox::{Progress, project::Project, web::Web};

use super::Tally;

/// Runs `npm test` in each package.
pub fn run(project: &Project, progress: Progress) -> Result<Tally> {
    let web = Web::prepare(project, progress)?;
    let mut tally = Tally::default();
    let finished = web.npm("test-web", &["test", "--workspaces"], &[], |line| {
        progress(line.trim());
        tally.read_vitest(line);
    })?;
    let tally = tally.close(&finished, "npm test in web/")?;
    ensure!(
        tally.passed + tally.failed > 0,
        "npm test in web/ ran no test"
    );
    Ok(tally)
}
