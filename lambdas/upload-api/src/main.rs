//! Lambda function: takes an upload over HTTP.

fn main() {}
