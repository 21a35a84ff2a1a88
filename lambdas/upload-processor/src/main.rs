//! Lambda function: writes uploads in upper case.

fn main() {
    upload_pipeline::run(upload_pipeline::processors::Uppercase)
}
