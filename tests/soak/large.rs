//! An upload of a gigabyte, whose client is killed in the middle and replaced by another process.

use std::{
    env,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use acceptance_tests::{
    deployment::Deployment,
    processes,
    uploader::{Ticket, Uploader, Way},
};
use anyhow::{Context, Result, bail, ensure};
use sandbox::{cancel, embedded_aws::Address, objects, process};
use serde_json::{Value, json};

/// The variable that makes this program a client that uploads what is missing of one upload.
pub const TASK: &str = "ACCEPTANCE_UPLOAD";

/// Size of the file, in bytes.
const SIZE: u64 = 1 << 30;

/// The client is killed when so many parts have arrived.
const KILLED_AT: usize = 20;

/// Most memory that a function may take, in bytes.
const MAX_PEAK_BYTES: u64 = 64 << 20;

/// How long each stage may take.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A gigabyte goes up in parts; the client dies, another sends only what is missing. It is processed
/// by streaming: no function ever takes 64 MiB.
pub fn a_gigabyte_survives_the_death_of_its_client(deployment: &Deployment) -> Result<()> {
    let tokens = deployment.new_user("large@example.com")?;
    let endpoint = deployment.output("api_endpoint")?;
    let user = Uploader::new(deployment.address(), endpoint, &tokens.access)?;
    let ticket = user.announce("a-gigabyte", "large.txt", SIZE, None)?;
    let Way::Parts { part_size, parts } = ticket.way else {
        bail!("not a multipart upload: {ticket:?}")
    };
    ensure!(part_size * u64::from(parts) >= SIZE, "{ticket:?}");
    let task = json!({
        "aws": deployment.address(),
        "api_endpoint": endpoint,
        "token": tokens.access,
        "id": ticket.id,
        "part_size": part_size,
        "parts": parts,
    });

    let mut first = client(&task)?;
    let killed = kill_in_the_middle(&mut first, &user, &ticket.id);
    let _ = first.kill();
    first.wait()?;
    killed?;
    let arrived = user.arrived(&ticket.id)?.len();
    ensure!(
        arrived < usize::from(parts),
        "the client was not killed in the middle"
    );

    let second = client(&task)?.wait_with_output()?;
    ensure!(second.status.success(), "the second client failed");
    let sent: usize = String::from_utf8(second.stdout)?.trim().parse()?;
    ensure!(
        sent == usize::from(parts) - arrived,
        "the second client sent {sent} parts again, of {parts}, {arrived} had arrived"
    );

    ensure_processed(&user, &ticket)?;
    ensure_memory(deployment)?;
    ensure_content(deployment, &ticket, part_size, parts)?;
    user.delete(&ticket.id)
}

fn client(task: &Value) -> Result<Child> {
    let mut command = Command::new(env::current_exe()?);
    command.env(TASK, task.to_string()).stdin(Stdio::null());
    Ok(command.stdout(Stdio::piped()).spawn()?)
}

fn kill_in_the_middle(client: &mut Child, user: &Uploader, id: &str) -> Result<()> {
    let middle = cancel::poll(PATIENCE, || {
        ensure!(
            client.try_wait()?.is_none(),
            "the first client has ended early"
        );
        Ok((user.arrived(id)?.len() >= KILLED_AT).then_some(()))
    })?;
    middle.context("the first client is too slow")?;
    ensure!(process::kill(client.id()), "nobody to kill");
    Ok(())
}

/// Uploads, as a process of its own, what has not arrived; prints how many parts that were.
pub fn upload(task: &str) -> Result<()> {
    let task: Value = serde_json::from_str(task)?;
    let aws: Address = serde_json::from_value(task["aws"].clone())?;
    let text = |name: &str| task[name].as_str().with_context(|| format!("no {name}"));
    let number = |name: &str| task[name].as_u64().with_context(|| format!("no {name}"));
    let user = Uploader::new(&aws, text("api_endpoint")?, text("token")?)?;
    let (id, part_size) = (text("id")?, number("part_size")?);
    let arrived = user.arrived(id)?;
    let mut sent = 0;
    for part in 1..=u16::try_from(number("parts")?)? {
        if !arrived.contains(&part) {
            user.send_part(id, part, &content(part, part_size))?;
            sent += 1;
        }
    }
    user.complete(id)?;
    println!("{sent}");
    Ok(())
}

/// Returns the bytes of a part, which no other part has: never the whole file is in memory.
fn content(part: u16, part_size: u64) -> Vec<u8> {
    let offset = (u64::from(part) - 1) * part_size;
    let size = part_size.min(SIZE - offset);
    let line = format!("this is part {part:05} of a gigabyte of text\n");
    let mut text = line.repeat(size as usize / line.len() + 1).into_bytes();
    text.truncate(size as usize);
    text
}

fn ensure_processed(user: &Uploader, ticket: &Ticket) -> Result<()> {
    let mut seen = Value::Null;
    let done = cancel::poll(PATIENCE, || {
        thread::sleep(Duration::from_secs(1));
        seen = user.look(&ticket.id)?;
        ensure!(seen["status"] != "FAILED", "{seen}");
        Ok((seen["status"] == "PROCESSED").then_some(()))
    })?;
    done.with_context(|| format!("not processed: {seen}"))?;
    ensure!(seen["size"] == SIZE, "{seen}");
    Ok(())
}

fn ensure_memory(deployment: &Deployment) -> Result<()> {
    let processes = processes::all(deployment.address())?;
    let processor = deployment.function("upload-processor", "function_name")?;
    ensure!(
        processes
            .iter()
            .any(|process| process.function == processor),
        "the processor has no process any more: {processes:?}"
    );
    for process in processes {
        eprintln!("{} took {} KiB", process.function, process.peak >> 10);
        ensure!(
            process.peak < MAX_PEAK_BYTES,
            "{} took {} MiB",
            process.function,
            process.peak >> 20
        );
    }
    Ok(())
}

/// Fails unless the result is the whole file in upper case.
fn ensure_content(
    deployment: &Deployment,
    ticket: &Ticket,
    part_size: u64,
    parts: u16,
) -> Result<()> {
    let (clients, key) = (
        deployment.clients(),
        objects::processed_key(&ticket.file_key),
    );
    let bucket = deployment.output("processed_bucket")?;
    let head = clients.s3.head_object().bucket(bucket).key(&key);
    let size = clients.wait(head.send())?.content_length;
    ensure!(size == Some(SIZE as i64), "the result has {size:?} bytes");
    for part in 1..=parts {
        let expected = content(part, part_size).to_ascii_uppercase();
        let offset = (u64::from(part) - 1) * part_size;
        let range = format!("bytes={offset}-{}", offset + expected.len() as u64 - 1);
        let get = clients
            .s3
            .get_object()
            .bucket(bucket)
            .key(&key)
            .range(range);
        let body = clients.wait(async {
            get.send()
                .await?
                .body
                .collect()
                .await
                .map_err(anyhow::Error::from)
        })?;
        ensure!(
            body.to_vec() == expected,
            "part {part} of the result differs"
        );
    }
    Ok(())
}
