//! Acceptance tests: real terraform, real AWS provider, embedded AWS.
