//! An embedded AWS, the terraform binary and a signed-in user, for tests and demonstrations.
