//! The processes of functions: the embedded AWS keeps one for the next invocations of a function,
//! as Lambda keeps an execution environment.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result};
use sandbox::{embedded_aws::Address, process};

/// A process of a function.
#[derive(Debug)]
pub struct Process {
    /// Its process id.
    pub id: u32,
    /// The function's name.
    pub function: String,
    /// The function's memory, in bytes.
    pub limit: u64,
    /// Most memory that it has had resident since it began, in bytes.
    pub peak: u64,
}

/// Returns the processes of all functions of `aws`, which may be none.
///
/// Fails where there is no `/proc`, as on macOS.
pub fn all(aws: &Address) -> Result<Vec<Process>> {
    let folders = fs::read_dir("/proc").context("the memory of functions is read from /proc")?;
    let mut processes = Vec::new();
    for folder in folders {
        // Those of others cannot be read, and some end meanwhile.
        let Some(read) = read(&folder?.path(), aws) else {
            continue;
        };
        processes.push(read?);
    }
    Ok(processes)
}

/// Kills a process of `aws` (SIGKILL); returns whether it was still there.
pub fn kill(aws: &Address, victim: &Process) -> Result<bool> {
    // Read again right before: an id that is free is given to another process.
    let folder = format!("/proc/{}", victim.id);
    let still = read(Path::new(&folder), aws).transpose()?;
    let still = still.is_some_and(|still| still.function == victim.function);
    Ok(still && process::kill(victim.id))
}

/// Returns the process of that folder, if it is a function's.
fn read(folder: &Path, aws: &Address) -> Option<Result<Process>> {
    let id = folder.file_name()?.to_str()?.parse().ok()?;
    let environment = fs::read(folder.join("environ")).ok()?;
    let environment = String::from_utf8_lossy(&environment);
    let variables: HashMap<&str, &str> = environment
        .split('\0')
        .filter_map(|variable| variable.split_once('='))
        .collect();
    let function = *variables.get("AWS_LAMBDA_FUNCTION_NAME")?;
    if variables.get("AWS_ENDPOINT_URL") != Some(&aws.endpoint().as_str()) {
        return None;
    }
    let status = fs::read_to_string(folder.join("status")).ok()?;
    // One that has ended and whose parent does not know yet has none.
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let limit = variables.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
    let limit = limit.copied().unwrap_or_default();
    Some(parse(id, function, limit, peak))
}

fn parse(id: u32, function: &str, mebibytes: &str, peak: &str) -> Result<Process> {
    let limit: u64 = mebibytes
        .parse()
        .with_context(|| format!("the memory of {function}: {mebibytes:?}"))?;
    // In kB, which are KiB there (proc_pid_status(5)).
    let kibibytes: u64 = peak
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .with_context(|| format!("the peak of {function}: {peak:?}"))?;
    Ok(Process {
        id,
        function: function.to_owned(),
        limit: limit << 20,
        peak: kibibytes << 10,
    })
}

#[cfg(test)]
mod tests {
    use std::{
        os::unix::process::ExitStatusExt,
        path::PathBuf,
        process::{Child, Command},
        time::{Duration, Instant},
    };

    use super::*;

    fn aws(port: u16) -> Address {
        Address {
            port,
            authorities: PathBuf::new(),
        }
    }

    /// A process that looks like one of the function `name` of the embedded AWS at `port`, and the
    /// processes of that AWS, when it has its environment.
    fn function(port: u16, name: &str) -> (Child, Result<Vec<Process>>) {
        let child = Command::new("sleep")
            .arg("60")
            .env("AWS_ENDPOINT_URL", aws(port).endpoint())
            .env("AWS_LAMBDA_FUNCTION_NAME", name)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .spawn()
            .unwrap();
        let found = |own: &Result<Vec<Process>>| match own {
            Ok(own) => own.iter().any(|process| process.id == child.id()),
            Err(_) => true,
        };
        // A process that has just begun has no environment yet.
        let begun = Instant::now();
        let mut own = all(&aws(port));
        while !found(&own) && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
            own = all(&aws(port));
        }
        (child, own)
    }

    #[test]
    fn finds_the_functions_of_one_embedded_aws() {
        let (mut child, own) = function(1, "thumbnails");
        let others = all(&aws(2));
        child.kill().unwrap();
        child.wait().unwrap();
        let own = own.unwrap();
        assert_eq!(own.len(), 1, "{own:?}");
        assert_eq!(own[0].function, "thumbnails");
        assert_eq!(own[0].limit, 256 << 20);
        assert!(own[0].peak < 64 << 20, "{own:?}");
        assert!(others.unwrap().is_empty());
    }

    #[test]
    fn kills_the_function_and_nothing_that_has_its_id_by_now() {
        let (mut child, own) = function(3, "thumbnails");
        let mut victim = own.unwrap().remove(0);
        victim.function = "mail".to_owned();
        let another = kill(&aws(3), &victim).unwrap();
        victim.function = "thumbnails".to_owned();
        let elsewhere = kill(&aws(4), &victim).unwrap();
        let alive = child.try_wait().unwrap().is_none();
        let killed = kill(&aws(3), &victim).unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        assert!(alive && killed && !another && !elsewhere);
    }
}
