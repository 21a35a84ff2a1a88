//! From the bytes of an image to those of its thumbnail.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};

/// Longest side of a thumbnail, in pixels.
const SIDE: u32 = 320;

/// Most pixels of an image. A few kilobytes can claim billions (a decompression bomb), so that this
/// is checked before any is decoded. Cameras make up to 60 million today.
const MAX_PIXELS: u64 = 64_000_000;

/// Most memory that a decoder may take, its pixels included: 64 million pixels have 4 bytes each.
/// With the file itself and the function, it stays below the 512 MB of the configuration.
const MAX_DECODED_BYTES: u64 = 4 * MAX_PIXELS;

/// Why an image has no thumbnail. Its owner reads it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Neither JPEG, PNG nor WebP.
    #[error("the file is not an image in JPEG, PNG or WebP")]
    Unknown,
    /// More than is decoded.
    #[error("the image has {width} × {height} pixels; at most {MAX_PIXELS} are decoded")]
    TooLarge {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Damaged, or made to do damage.
    #[error("the image cannot be decoded: {0}")]
    Broken(ImageError),
}

/// Returns the thumbnail as a PNG, upright as the camera says.
///
/// # Errors
/// When the bytes are no image, or one that takes too much memory.
pub fn of(file: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut image = decode(file)?;
    // `thumbnail` would enlarge a small one.
    if image.width().max(image.height()) > SIDE {
        image = image.thumbnail(SIDE, SIDE);
    }
    let mut png = Cursor::new(Vec::new());
    let written = DynamicImage::from(image.into_rgba8()).write_to(&mut png, ImageFormat::Png);
    written.map_err(Refusal::Broken)?;
    Ok(png.into_inner())
}

fn decode(file: &[u8]) -> Result<DynamicImage, Refusal> {
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format();
    let mut reader = reader.map_err(|error| Refusal::Broken(error.into()))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED_BYTES);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Refusal::TooLarge { width, height });
    }
    // What is left for the decoder itself.
    limits.reserve(decoder.total_bytes()).map_err(refusal)?;
    decoder.set_limits(limits).map_err(refusal)?;
    let orientation = decoder.orientation().map_err(refusal)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    image.apply_orientation(orientation);
    Ok(image)
}

fn refusal(error: ImageError) -> Refusal {
    match error {
        ImageError::Unsupported(_) => Refusal::Unknown,
        error => Refusal::Broken(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let image = DynamicImage::new_rgb8(width, height);
        image.write_to(&mut file, format).unwrap();
        file.into_inner()
    }

    fn size(png: &[u8]) -> (u32, u32) {
        let image = image::load_from_memory_with_format(png, ImageFormat::Png).unwrap();
        (image.width(), image.height())
    }

    #[test]
    fn a_thumbnail_fits_and_keeps_its_shape() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let file = encoded(1280, 640, format);
            assert_eq!(size(&of(&file).unwrap()), (320, 160), "{format:?}");
        }
    }

    #[test]
    fn a_small_image_is_not_enlarged() {
        let file = encoded(31, 7, ImageFormat::Png);
        assert_eq!(size(&of(&file).unwrap()), (31, 7));
    }

    /// A PNG of which only the header is true: 50,000 × 50,000 pixels would take 7.5 GB.
    #[test]
    fn a_decompression_bomb_is_refused_before_it_is_decoded() {
        let mut file = encoded(1, 1, ImageFormat::Png);
        // Signature (8), length (4), "IHDR" (4), width and height (4 each), 5 bytes, CRC-32.
        file[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
        file[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
        let checksum = crc32(&file[12..29]);
        file[29..33].copy_from_slice(&checksum.to_be_bytes());
        let refusal = of(&file).unwrap_err();
        assert!(
            matches!(refusal, Refusal::TooLarge { width: 50_000, .. }),
            "{refusal}"
        );
    }

    /// PNG specification, annex D.
    fn crc32(bytes: &[u8]) -> u32 {
        let step = |crc: u32, _| match crc & 1 {
            0 => crc >> 1,
            _ => (crc >> 1) ^ 0xedb8_8320,
        };
        !bytes
            .iter()
            .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
    }

    #[test]
    fn what_is_no_image_is_refused_with_a_reason() {
        let refusal = of(b"hello").unwrap_err();
        assert!(matches!(refusal, Refusal::Unknown), "{refusal}");
        let whole = encoded(64, 64, ImageFormat::Jpeg);
        let refusal = of(&whole[..whole.len() / 4]).unwrap_err();
        assert!(matches!(refusal, Refusal::Broken(_)), "{refusal}");
    }
}
