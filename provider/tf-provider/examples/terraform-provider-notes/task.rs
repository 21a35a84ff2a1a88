//! `notes_task`: work that takes its time, and stops when it is asked to.

use std::path::PathBuf;

use tf_provider::schema::*;
use tf_provider::{process, *};
use tokio::process::Command;

model! {
    /// A command that runs while the task is created.
    pub struct Task {
        /// The command, for `sh -c`.
        pub command: Attr<String> = required().requires_replace(),
        /// What it printed.
        pub output: Attr<String> = computed().use_state_for_unknown(),
    }
}

/// The resource.
pub struct TaskResource;

impl Resource for TaskResource {
    const NAME: &'static str = "notes_task";
    type Client = PathBuf;
    type Model = Task;

    async fn create(&self, cx: &Context<PathBuf>, mut plan: Task) -> Result<Task> {
        let mut command = Command::new("sh");
        command.arg("-c").arg(plan.command.get()?);
        let output = process::output(&mut command, cx.cancellation()).await;
        let output = output.explain_at("command", "The command cannot be run")?;
        let output = output.ok_or_else(|| cx.stopped().at("command"))?;
        plan.output = String::from_utf8_lossy(&output.stdout).into_owned().into();
        Ok(plan)
    }

    async fn read(&self, _: &Context<PathBuf>, state: Task) -> Result<Option<Task>> {
        Ok(Some(state))
    }

    async fn delete(&self, _: &Context<PathBuf>, _: Task) -> Result<()> {
        Ok(())
    }
}
