//! `cargo xtask local`: an embedded AWS that stays up between commands.

use std::{env, path::PathBuf, process};

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use sandbox::{
    embedded_aws::{Address, DEFAULT_PORT, EmbeddedAws, Record},
    project::Project,
    provider::CliConfig,
    proxy,
    python::Python,
};

use crate::steps::step;

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start it, build the provider, and print the exports that reach both.
    Up {
        /// The loopback port; 4566 unless one is up already.
        #[arg(long)]
        port: Option<u16>,
    },
    /// End it and everything it runs.
    Down,
    /// Say whether it is up, and where.
    Status,
    /// Serve a port for the embedded AWS of a folder: the proxy of one that stays up.
    #[command(hide = true)]
    Proxy { port: u16, folder: PathBuf },
}

/// Carries the command out.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        Command::Up { port } => up(project, *port),
        Command::Down => down(project),
        Command::Status => status(project),
        Command::Proxy { port, folder } => proxy::run(*port, folder),
    }
}

fn up(project: &Project, port: Option<u16>) -> Result<()> {
    let address = match Record::load(project)? {
        Some(record) => {
            let running = record.address.port;
            reusable(running, port)?;
            eprintln!("It is up already, on port {running}.");
            record.address
        }
        None => start(project, port.unwrap_or(DEFAULT_PORT))?,
    };
    let cli_config = step("Build of the Terraform provider", |progress| {
        CliConfig::prepare(project, progress)
    })?;
    print_exports(&address, &cli_config);
    eprintln!("\nEnd it with `cargo xtask local down`.");
    Ok(())
}

fn start(project: &Project, port: u16) -> Result<Address> {
    let python = step("Python environment", |progress| {
        Python::prepare(project, progress)?.and_node(project, progress)
    })?;
    let aws = step("Embedded AWS", |progress| {
        EmbeddedAws::start(project, &python, Some(port), progress)
    })?;
    Ok(leave_running(project, aws)?.address)
}

/// Fails when a port was asked for and another embedded AWS is up on `running`.
fn reusable(running: u16, asked: Option<u16>) -> Result<()> {
    let same = asked.is_none_or(|port| port == running);
    ensure!(
        same,
        "one is up already, on port {running}: use it with `cargo xtask local up` without --port, \
         or end it with `cargo xtask local down`"
    );
    Ok(())
}

/// Leaves an embedded AWS up, its proxy being another process of this program.
pub fn leave_running(project: &Project, aws: EmbeddedAws) -> Result<Record> {
    let mut proxy = process::Command::new(env::current_exe()?);
    proxy.args(["local", "proxy"]);
    aws.leave_running(project, proxy)
}

fn down(project: &Project) -> Result<()> {
    match Record::load(project)? {
        Some(record) => {
            let port = record.address.port;
            record.stop(project)?;
            eprintln!("The embedded AWS on port {port} is down.");
        }
        None => eprintln!("No embedded AWS of this project is up."),
    }
    Ok(())
}

fn status(project: &Project) -> Result<()> {
    match Record::load(project)? {
        Some(record) => {
            println!(
                "up: {} (process {})",
                record.address.endpoint(),
                record.process
            );
        }
        None => println!("down"),
    }
    Ok(())
}

/// Prints shell lines that make any AWS client talk to the embedded AWS, and Terraform find the
/// project's provider.
pub fn print_exports(address: &Address, cli_config: &CliConfig) {
    let config = (
        "TF_CLI_CONFIG_FILE",
        cli_config.path().display().to_string(),
    );
    for (name, value) in address.exports().into_iter().chain([config]) {
        println!("export {name}={}", quoted(&value));
    }
}

/// A value as POSIX shells read it back.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_an_exported_path_back() {
        let path = "/tmp/Ada's files/$HOME";
        let script = format!("printf %s {}", quoted(path));
        let output = process::Command::new("sh").args(["-c", &script]).output();
        assert_eq!(output.expect("a shell").stdout, path.as_bytes());
    }

    #[test]
    fn up_reuses_what_is_up_unless_another_port_is_asked_for() {
        assert!(reusable(5000, None).is_ok());
        assert!(reusable(5000, Some(5000)).is_ok());
        let refused = reusable(5000, Some(4566)).expect_err("another port");
        assert!(refused.to_string().contains("port 5000"), "{refused}");
    }
}
