//! Lambda function: makes a thumbnail of each uploaded image.

fn main() {
    upload_pipeline::run(thumbnailer::Thumbnailer)
}
