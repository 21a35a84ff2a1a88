//! Lambda function: the items API over DynamoDB.

fn main() {}
