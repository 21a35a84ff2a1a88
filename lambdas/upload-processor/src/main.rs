//! Lambda function: processes uploads from the stream.

fn main() {}
