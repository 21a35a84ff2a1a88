//! Puts the dead letters of an upload pipeline back: a failed upload is processed once more, the
//! records of a batch that Lambda gave up are put on the stream again. Region, credentials and
//! endpoint are those that the AWS SDKs find in the environment.

mod message;
mod requeue;
mod retry;

use std::{
    collections::{HashMap, HashSet},
    process::ExitCode,
};

use anyhow::{Context, Result, anyhow};
use aws_sdk_sqs::types::Message as Envelope;
use clap::Parser;

use message::{Letter, Message};
use retry::Pipeline;

/// How long a message is kept from others, and from this program, while it is put back, in seconds.
const HIDDEN: i32 = 120;

/// How long to wait for a first message before the queue counts as empty, in seconds: any wait asks
/// all of SQS's servers ("Amazon SQS short and long polling"), and a call may take 4 s in all.
const WAIT: i32 = 1;

/// Puts the dead letters of an upload pipeline back.
///
/// A letter of upload-processor makes its upload RECEIVED again. An on-failure message of Lambda
/// puts the records that it is about on the stream again. A message is deleted only after that;
/// what cannot be put back stays in the queue, with the reason on standard output.
#[derive(Parser)]
#[command(name = "redrive")]
struct Arguments {
    /// Address of the dead letter queue: the module's output dead_letter_queue_url.
    #[arg(long)]
    queue_url: String,
    /// Table of the uploads: the module's output uploads_table.
    #[arg(long)]
    table: String,
    /// Stream of the uploads: the module's output stream_name.
    #[arg(long)]
    stream: String,
    /// Say what would be put back; change nothing.
    #[arg(long)]
    dry_run: bool,
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was put back, as what.
    PutBack(String),
    /// There is nothing to put back any more, because of this.
    Done(String),
    /// It stays in the queue, for this reason.
    Left(String),
}

/// How many messages met each verdict.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    put_back: usize,
    done: usize,
    left: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

struct Redrive {
    arguments: Arguments,
    queue: aws_sdk_sqs::Client,
    kinesis: aws_sdk_kinesis::Client,
    pipeline: Pipeline,
}

async fn run(arguments: Arguments) -> Result<()> {
    let config = function_kit::aws::sdk_config().await;
    let names = [
        ("UPLOADS_TABLE", &arguments.table),
        ("STREAM_NAME", &arguments.stream),
    ];
    let (table, stream) =
        upload_pipeline::aws::table_and_stream(&names.into_iter().collect()).await?;
    let redrive = Redrive {
        queue: aws_sdk_sqs::Client::new(&config),
        kinesis: aws_sdk_kinesis::Client::new(&config),
        pipeline: Pipeline { table, stream },
        arguments,
    };
    let tally = redrive.all().await?;
    let Tally {
        put_back,
        done,
        left,
    } = tally;
    let dry = if redrive.arguments.dry_run {
        " (dry run: nothing was changed)"
    } else {
        ""
    };
    println!("{put_back} put back, {done} done already, {left} left in the queue{dry}");
    Ok(())
}

impl Redrive {
    /// Goes through the queue once. An upload that fails again meanwhile is not put back again: its
    /// new letter is for whoever mends the cause.
    async fn all(&self) -> Result<Tally> {
        let (mut tally, mut seen) = (Tally::default(), HashSet::new());
        let (mut hidden, mut put_back) = (Vec::new(), HashMap::new());
        let gone_through = loop {
            let page = match self.page().await {
                Ok(page) => page,
                Err(error) => break Err(error),
            };
            // One that comes again was left long enough ago to be seen again.
            let new = page
                .into_iter()
                .filter(|it| seen.insert(it.message_id.clone()));
            let new: Vec<_> = new.collect();
            if new.is_empty() {
                break Ok(());
            }
            for envelope in new {
                let message = Message::parse(envelope.body().unwrap_or_default());
                let letter = message.as_ref().and_then(Message::letter);
                if letter.is_some_and(|letter| letter.is_of_another_failure(&put_back)) {
                    hidden.push(envelope.receipt_handle.clone());
                    continue;
                }
                put_back.extend(letter.and_then(Letter::failure));
                let verdict = self.one(&envelope, message).await;
                let deleted = matches!(verdict, Ok(Verdict::PutBack(_) | Verdict::Done(_)));
                if self.arguments.dry_run || !deleted {
                    hidden.push(envelope.receipt_handle.clone());
                }
                tally.count(envelope.message_id(), verdict);
            }
        };
        for handle in hidden {
            self.show_again(handle).await;
        }
        gone_through.map(|()| tally)
    }

    async fn page(&self) -> Result<Vec<Envelope>> {
        let url = &self.arguments.queue_url;
        let request = self.queue.receive_message().queue_url(url);
        let request = request.max_number_of_messages(10).wait_time_seconds(WAIT);
        let page = request.visibility_timeout(HIDDEN).send().await;
        let page = page.with_context(|| format!("cannot read the queue {url}"))?;
        Ok(page.messages.unwrap_or_default())
    }

    /// Puts one message back and deletes it then.
    async fn one(&self, envelope: &Envelope, message: Option<Message>) -> Result<Verdict> {
        let dry = self.arguments.dry_run;
        let verdict = match message {
            Some(Message::Letter(letter)) => self.pipeline.retry(&letter, dry).await?,
            Some(Message::Batch(batch)) => requeue::requeue(&self.kinesis, &batch, dry).await?,
            None => Verdict::Left("it is not a message of the pipeline".to_owned()),
        };
        if !dry && !matches!(verdict, Verdict::Left(_)) {
            self.delete(envelope).await?;
        }
        Ok(verdict)
    }

    async fn delete(&self, envelope: &Envelope) -> Result<()> {
        let request = self
            .queue
            .delete_message()
            .queue_url(&self.arguments.queue_url);
        let handle = envelope.receipt_handle.clone();
        let deleted = request.set_receipt_handle(handle).send().await;
        deleted.context("it was put back, and cannot be deleted; the next run finds it done")?;
        Ok(())
    }

    /// Shows a message to others again; if that fails, they see it [`HIDDEN`] seconds later.
    async fn show_again(&self, handle: Option<String>) {
        let url = &self.arguments.queue_url;
        let request = self.queue.change_message_visibility().queue_url(url);
        let request = request.set_receipt_handle(handle).visibility_timeout(0);
        if let Err(error) = request.send().await {
            eprintln!(
                "a message stays hidden for {HIDDEN} s: {:#}",
                anyhow!(error)
            );
        }
    }
}

impl Tally {
    /// Counts a verdict and prints it; a message that failed is left.
    fn count(&mut self, message: Option<&str>, verdict: Result<Verdict>) {
        let message = message.unwrap_or("a message without an id");
        match verdict {
            Ok(Verdict::PutBack(what)) => {
                self.put_back += 1;
                println!("{message}: put back, {what}");
            }
            Ok(Verdict::Done(why)) => {
                self.done += 1;
                println!("{message}: done already, {why}");
            }
            Ok(Verdict::Left(why)) => {
                self.left += 1;
                println!("{message}: left, {why}");
            }
            Err(error) => {
                self.left += 1;
                println!("{message}: left, {error:#}");
            }
        }
    }
}
