//! The processes of functions: the embedded AWS keeps one for the next invocations of a function,
//! as Lambda keeps an execution environment.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result};
use sandbox::embedded_aws::Address;

/// A process of a function.
#[derive(Debug)]
pub struct Process {
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

/// Returns the process of that folder, if it is a function's.
fn read(folder: &Path, aws: &Address) -> Option<Result<Process>> {
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
    Some(process(function, limit.copied().unwrap_or_default(), peak))
}

fn process(function: &str, mebibytes: &str, peak: &str) -> Result<Process> {
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
        function: function.to_owned(),
        limit: limit << 20,
        peak: kibibytes << 10,
    })
}

#[cfg(test)]
mod tests {
    use std::{
        path::PathBuf,
        process::Command,
        time::{Duration, Instant},
    };

    use super::*;

    fn aws(port: u16) -> Address {
        Address {
            port,
            authorities: PathBuf::new(),
        }
    }

    #[test]
    fn finds_the_functions_of_one_embedded_aws() {
        let mut child = Command::new("sleep")
            .arg("60")
            .env("AWS_ENDPOINT_URL", aws(1).endpoint())
            .env("AWS_LAMBDA_FUNCTION_NAME", "thumbnails")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .spawn()
            .unwrap();
        // A process that has just begun has no environment yet.
        let begun = Instant::now();
        let mut own = all(&aws(1));
        while own.as_ref().is_ok_and(Vec::is_empty) && begun.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(5));
            own = all(&aws(1));
        }
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
}
