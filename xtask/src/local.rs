//! `cargo xtask local`: an embedded AWS that stays up between commands.

use std::{env, path::PathBuf, process};

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use sandbox::{
    embedded_aws::{Address, DEFAULT_PORT, EmbeddedAws, Record},
    project::Project,
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
    /// Start it and print the exports that reach it.
    Up {
        /// The loopback port.
        #[arg(long, default_value_t = DEFAULT_PORT)]
        port: u16,
    },
    /// End it and everything it runs.
    Down,
    /// Say whether it is up, and where.
    Status,
    /// Serve a port for the embedded AWS at a socket: the proxy of one that stays up.
    #[command(hide = true)]
    Proxy { port: u16, socket: PathBuf },
}

/// Carries the command out.
pub fn run(project: &Project, arguments: &Arguments) -> Result<()> {
    match &arguments.command {
        Command::Up { port } => up(project, *port),
        Command::Down => down(project),
        Command::Status => status(project),
        Command::Proxy { port, socket } => proxy::run(*port, socket),
    }
}

fn up(project: &Project, port: u16) -> Result<()> {
    if let Some(record) = Record::load(project)? {
        ensure!(
            record.address.port == port,
            "one is up already, on port {}: use that, or end it with `cargo xtask local down`",
            record.address.port
        );
        eprintln!("It is up already (process {}).", record.process);
        print_exports(&record.address);
        return Ok(());
    }
    let python = step("Python environment", |progress| {
        Python::prepare(project, progress)
    })?;
    let aws = step("Embedded AWS", |progress| {
        EmbeddedAws::start(project, &python, Some(port), progress)
    })?;
    print_exports(&leave_running(project, aws)?.address);
    eprintln!("\nEnd it with `cargo xtask local down`.");
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

/// Prints shell lines that make any AWS client talk to the embedded AWS.
pub fn print_exports(address: &Address) {
    for (name, value) in address.exports() {
        println!("export {name}={value}");
    }
}
