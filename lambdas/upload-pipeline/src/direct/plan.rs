//! How a large upload is cut into parts.

const MIB: u64 = 1 << 20;

/// Smallest size of a part that is planned, in bytes. S3 takes 5 MiB ("Amazon S3 multipart upload
/// limits"); this makes fewer requests.
const MIN_PART_BYTES: u64 = 8 * MIB;

/// Largest part that S3 takes, in bytes (same page). A PUT of a whole object takes as much
/// ("Uploading objects").
pub const MAX_PART_BYTES: u64 = 5 << 30;

/// Most parts of an upload (same page).
pub const MAX_PARTS: u16 = 10_000;

/// Largest object, in bytes: 48.8 TiB (same page), which are as many parts of the largest size.
pub const MAX_OBJECT_BYTES: u64 = MAX_PART_BYTES * MAX_PARTS as u64;

/// Returns the size of each part but the last, in bytes, for an upload of that size, which is at
/// most [`MAX_OBJECT_BYTES`].
pub fn part_size(size: u64) -> u64 {
    let least = size.div_ceil(u64::from(MAX_PARTS)).next_power_of_two();
    least.clamp(MIN_PART_BYTES, MAX_PART_BYTES)
}

/// Returns the number of parts.
pub fn count(size: u64, part_size: u64) -> u16 {
    let count = size.div_ceil(part_size.max(1));
    // No plan has more.
    u16::try_from(count).unwrap_or(MAX_PARTS)
}

/// Returns the size of a part; nothing, if there is none of that number.
pub fn size_of(number: u16, size: u64, part_size: u64) -> Option<u64> {
    let before = u64::from(number.checked_sub(1)?) * part_size;
    let left = size.checked_sub(before).filter(|left| *left > 0)?;
    Some(left.min(part_size))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_grow_with_the_upload() {
        assert_eq!(part_size(1), 8 * MIB);
        assert_eq!(part_size(80_000 * MIB), 8 * MIB);
        assert_eq!(part_size(80_000 * MIB + 1), 16 * MIB);
        assert_eq!(part_size(MAX_OBJECT_BYTES), 5120 * MIB);
        assert_eq!(MAX_OBJECT_BYTES >> 30, 50_000);
    }

    proptest! {
        #[test]
        fn s3_takes_every_plan_and_its_parts_are_the_whole_upload(
            exponent in 0_u32..46,
            offset in -1_i64..=1,
        ) {
            let size = (1_u64 << exponent).saturating_add_signed(offset).clamp(1, MAX_OBJECT_BYTES);
            let part_size = part_size(size);
            let count = count(size, part_size);
            prop_assert!((1..=MAX_PARTS).contains(&count));
            prop_assert!((5 * MIB..=MAX_PART_BYTES).contains(&part_size));
            let sizes = (1..=count).map(|number| size_of(number, size, part_size).unwrap());
            prop_assert_eq!(sizes.sum::<u64>(), size);
            prop_assert_eq!(size_of(0, size, part_size), None);
            prop_assert_eq!(size_of(count + 1, size, part_size), None);
        }
    }
}
