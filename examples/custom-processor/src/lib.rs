//! A processor of the upload pipeline that makes thumbnails.

mod thumbnail;

use async_trait::async_trait;
use tokio::task::spawn_blocking;
use upload_pipeline::domain::ContentType;
use upload_pipeline::ports::{Sink, Source};
use upload_pipeline::processor::{Description, ProcessError, Processor};

/// Largest file that is read, in bytes. It is held in memory as a whole, since decoders go back and
/// forth in it. The configuration has the API refuse larger ones when they are announced.
pub const MAX_FILE_BYTES: u64 = 20 * 1024 * 1024;

/// Makes a PNG that fits into 320 × 320 pixels of each JPEG, PNG or WebP image.
#[derive(Debug, Clone, Copy)]
pub struct Thumbnailer;

#[async_trait]
impl Processor for Thumbnailer {
    fn content_type(&self) -> ContentType {
        // The declared one is never asked: an image says itself what it is.
        ContentType::try_from("image/png".to_owned()).unwrap_or_default()
    }

    async fn process(
        &self,
        _upload: &Description,
        source: &dyn Source,
        sink: &mut dyn Sink,
    ) -> Result<(), ProcessError> {
        let file = read(source).await?;
        // Decoding keeps a processor busy for up to seconds, and the runtime has others waiting.
        let made = spawn_blocking(move || thumbnail::of(&file)).await;
        let png = match made {
            Ok(Ok(png)) => png,
            Ok(Err(error)) => return Err(ProcessError::Rejected(error.to_string())),
            // A bug of a decoder: for the pipeline, a panic of this processor.
            Err(panic) => std::panic::resume_unwind(panic.into_panic()),
        };
        sink.write(png.into()).await?;
        Ok(())
    }
}

async fn read(source: &dyn Source) -> Result<Vec<u8>, ProcessError> {
    let size = source.size();
    if size > MAX_FILE_BYTES {
        let reason = format!("the file has {size} bytes; at most {MAX_FILE_BYTES} are read");
        return Err(ProcessError::Rejected(reason));
    }
    let mut file = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    let mut chunks = source.stream().await?;
    while let Some(bytes) = chunks.next().await? {
        file.extend_from_slice(&bytes);
    }
    Ok(file)
}
