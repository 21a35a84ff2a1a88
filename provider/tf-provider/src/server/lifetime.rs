//! When the process ends.

use std::io;
use std::os::unix::process::parent_id;
use std::pin::pin;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use super::handshake::Mode;

/// How often the parent is looked for.
const PARENT: Duration = Duration::from_millis(250);

/// How long Terraform may take to connect; go-plugin waits as long the other way.
const CONNECT: Duration = Duration::from_secs(60);

/// Cancels `shutdown` at SIGTERM, SIGHUP, when the parent is gone, or when
/// nobody connects. SIGINT, which a terminal sends to Terraform's whole process
/// group, ends a debugging session alone: Terraform asks its providers to stop.
pub fn watch(
    shutdown: CancellationToken,
    first: watch::Receiver<bool>,
    mode: &Mode,
) -> io::Result<()> {
    let debug = mode.is_debug();
    let parent = parent_id();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut ticks = interval(PARENT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::spawn(async move {
        // One wait for all turns of the loop: a tick must not begin it anew.
        let mut unclaimed = pin!(nobody_connects(first));
        let reason = loop {
            tokio::select! {
                _ = terminate.recv() => break "SIGTERM",
                _ = hang_up.recv() => break "SIGHUP",
                _ = interrupt.recv() => {
                    if debug {
                        break "SIGINT";
                    }
                    tracing::debug!("SIGINT is left to terraform");
                }
                _ = ticks.tick() => {
                    if !debug && parent_id() != parent {
                        break "the parent is gone";
                    }
                }
                () = &mut unclaimed, if !debug => break "nobody connected",
                () = shutdown.cancelled() => return,
            }
        };
        tracing::info!(reason, "shutting down");
        shutdown.cancel();
    });
    Ok(())
}

/// Returns if nobody connects in time.
async fn nobody_connects(mut first: watch::Receiver<bool>) {
    if timeout(CONNECT, first.wait_for(|connected| *connected))
        .await
        .is_ok()
    {
        std::future::pending().await
    }
}
