//! Bodies of hostile shape for every route of an application, and the memory that its functions
//! take for them.
//!
//! The embedded AWS enforces no memory limit. Lambda ends a process that is beyond its function's
//! memory, so that one which never was beyond it would not have been ended.

mod bodies;
pub mod schemathesis;
pub mod watch;

use anyhow::{Context, Result, ensure};
use sandbox::{api::Answer, cancel};

use crate::{deployment::Deployment, processes, routes::Route};
pub use bodies::{Body, Target};
use bodies::{SIZES, bodies};

/// Most memory that a function may use, in bytes: half of the least that Lambda gives.
const MAX_PEAK_BYTES: u64 = 64 << 20;

/// The other routes, whose functions read no body, get one shape of so many.
const SHAPES_OF_OTHERS: usize = 8;

/// Sends bodies of all sizes to all routes, of all shapes to those that read one. Fails when one is
/// answered with 5xx, is answered by API Gateway before the function, or takes a function to more
/// memory than it may use. `functions` are those that the routes lead to.
pub fn bodies_kill_no_function(
    deployment: &Deployment,
    token: &str,
    targets: &[Target],
    functions: &[&str],
) -> Result<()> {
    let (api, routes) = (deployment.api()?, deployment.routes()?);
    let send = |route: &Route, body: Option<&Body>| {
        cancel::check()?;
        let sent = body.map(|body| (body.content_type, body.bytes.as_slice()));
        let answer = api.send(&route.method, &route.path, Some(token), sent)?;
        ensure_from_function(&answer)
            .and_then(|()| ensure_memory(deployment))
            .with_context(|| format!("{} {} with {}", route.method, route.path, named(body)))
    };
    for route in &routes {
        send(route, None)?;
    }
    for size in SIZES {
        for (turn, body) in bodies(targets, size).iter().enumerate() {
            for (place, route) in routes.iter().enumerate() {
                if route.reads_body() || (turn + place) % SHAPES_OF_OTHERS == 0 {
                    send(route, Some(body))?;
                }
            }
        }
    }
    ensure_seen(deployment, functions)
}

fn named(body: Option<&Body>) -> String {
    body.map_or("no body".to_owned(), |body| {
        format!("{} ({} bytes)", body.shape, body.bytes.len())
    })
}

/// Fails for 5xx, and for what API Gateway answers itself: a body must have reached the function.
fn ensure_from_function(answer: &Answer) -> Result<()> {
    let (status, body) = (answer.status, &answer.body);
    ensure!(status < 500, "{status}: {body}");
    ensure!(
        !matches!(status, 401 | 403 | 429),
        "did not reach the function, {status}: {body}"
    );
    Ok(())
}

fn ensure_memory(deployment: &Deployment) -> Result<()> {
    for process in processes::all(deployment.address())? {
        let most = process.limit.min(MAX_PEAK_BYTES);
        ensure!(
            process.peak < most,
            "{} took {} MiB, of {} MiB",
            process.function,
            process.peak >> 20,
            most >> 20
        );
    }
    Ok(())
}

/// Fails unless there are processes of these functions, whose memory the checks above have read.
fn ensure_seen(deployment: &Deployment, functions: &[&str]) -> Result<()> {
    let processes = processes::all(deployment.address())?;
    for function in functions {
        let name = deployment.function(function, "function_name")?;
        ensure!(
            processes.iter().any(|process| process.function == name),
            "no process of {name} was found: {processes:?}"
        );
    }
    Ok(())
}
