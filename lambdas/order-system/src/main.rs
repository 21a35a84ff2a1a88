//! Lambda functions of the order system, in one binary.

fn main() {}
