//! The upload pipeline: takes uploads over HTTP, and processes them from a Kinesis stream.
//!
//! - [`domain`]: what an upload is and which states it goes through. Pure.
//! - [`ports`]: what the pipeline needs of the outside, as traits.
//! - [`processor`]: what a team writes to process uploads its own way; [`processors`] are ready.
//! - [`open`], [`receive`], [`direct`], [`arrive`], [`process`], [`remove`] and [`reconcile`]: what it
//!   does, over ports alone.
//! - [`api`], [`stream`] and [`notification`]: how API Gateway, Kinesis and S3 reach it.
//! - [`aws`]: the ports on S3, DynamoDB, Kinesis and SQS.
//! - [`run()`]: a processor as a Lambda function; [`run_receiver`] and [`run_reconciler`]: the others
//!   that no request calls.
//!
//! Arrows point up this list: the domain knows none of the others, and nothing but `aws` knows
//! an AWS SDK.

pub mod api;
pub mod arrive;
pub mod aws;
pub mod direct;
pub mod domain;
pub mod notification;
pub mod open;
pub mod ports;
pub mod process;
pub mod processor;
pub mod processors;
pub mod receive;
pub mod reconcile;
pub mod remove;
mod run;
pub mod stream;

pub use run::{run, run_receiver, run_reconciler};
