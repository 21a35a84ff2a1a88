//! The pipeline that is soaked: the example, with small limits, so that little is large.

use std::fs;

use anyhow::Result;
use sandbox::{stage, terraform::Terraform};

use crate::deployment::{Deployment, PROFILE};

/// Changes arguments of the example's module block (Terraform, "Override Files").
const OVERRIDE: &str = r#"
module "upload_pipeline" {
  # S3's least size of a part makes many uploads multipart ones.
  multipart_above_bytes = 5 * 1024 * 1024

  # What is lost is looked for after the shortest time that the module takes.
  reconcile_after_minutes = 1

  # A gigabyte takes minutes where 2 processors do everything.
  processor = { memory_mb = 512, timeout_seconds = 600 }

  # Small batches: the embedded AWS goes on behind a batch that a function answers in part, which
  # loses the records behind the one that failed. Lambda delivers those again.
  stream = { shards = 2, batch_size = 10 }

  quota = { open_uploads = 1000 }
}
"#;

/// Applies it to a new embedded AWS.
pub fn deploy() -> Result<Deployment> {
    Deployment::apply("soak", |project, aws, cli_config| {
        let folder = stage::example(project, "test-soak", "upload-pipeline")?;
        fs::write(folder.join("soak_override.tf"), OVERRIDE)?;
        Ok(Terraform::new(project, "soak", folder, aws, cli_config)?
            .variable("name", "soak")
            .variable("deletion_protection", false)
            .variable("build_profile", PROFILE))
    })
}
