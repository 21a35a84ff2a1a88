//! The upload pipeline: takes uploads over HTTP, and processes them from a Kinesis stream.
//!
//! - [`domain`]: what an upload is and which states it goes through. Pure.
//! - [`ports`]: what the pipeline needs of the outside, as traits.
//! - [`processor`]: what a team writes to process uploads its own way; [`processors`] are ready.
//! - [`receive`] and [`process`]: the two things it does, over ports alone.
//! - [`api`] and [`stream`]: how API Gateway and Kinesis reach them.
//! - [`aws`]: the ports on S3, DynamoDB, Kinesis and SQS.
//! - [`run()`]: a processor as a Lambda function.
//!
//! Arrows point up this list: the domain knows none of the others, and nothing but `aws` knows
//! an AWS SDK.

pub mod api;
pub mod aws;
pub mod domain;
pub mod open;
pub mod ports;
pub mod process;
pub mod processor;
pub mod processors;
pub mod receive;
mod run;
pub mod stream;

pub use run::run;
