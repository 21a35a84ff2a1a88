//! Numbers as DynamoDB keeps them: decimal, exact, of at most 38 digits.
//!
//! A number never becomes an `f64`, which would round from the 16th or 17th digit on. Nor does it
//! keep its spelling, which DynamoDB does not: `1.50`, `15e-1` and `1.5` are one number.

use std::fmt::{self, Display};
use std::str::FromStr;

/// Most significant digits ("Naming rules and data types" of the DynamoDB developer guide).
pub const MAX_DIGITS: usize = 38;

/// Decimal exponents of the first digit: from 1E-130 to 9.9…E+125 (same source).
const EXPONENTS: std::ops::RangeInclusive<i64> = -130..=125;

/// Exponents from which on a number is written like 1E+40: where zeros, not digits, would make
/// up the most of it.
const PLAIN_EXPONENTS: std::ops::RangeInclusive<i64> = -7..=37;

/// A decimal number that DynamoDB keeps exactly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    negative: bool,
    /// Without zeros at either end; empty for zero.
    digits: String,
    /// Decimal exponent of the first digit.
    exponent: i64,
}

/// A text that is not a [`Number`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNumber {
    /// It is not written like a number.
    #[error("is not a number")]
    Malformed,
    /// It would have to be rounded.
    #[error(
        "has more than {MAX_DIGITS} significant digits; send it as a string to keep it as it is"
    )]
    TooManyDigits,
    /// It is too large, or too near to zero.
    #[error(
        "is beyond 9.9E+125, or nearer to zero than 1E-130; send it as a string to keep it as it is"
    )]
    OutOfRange,
}

impl FromStr for Number {
    type Err = InvalidNumber;

    /// Reads what JSON (RFC 8259, section 6) and DynamoDB call a number.
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        let (negative, magnitude) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, power) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidNumber::Malformed);
        }
        let power = power_of_ten(power)?;
        let significant = all.trim_start_matches('0');
        let leading_zeros = all.len() - significant.len();
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            // Zero has no sign and no exponent.
            return Ok(Self {
                negative: false,
                digits: String::new(),
                exponent: 0,
            });
        }
        if digits.len() > MAX_DIGITS {
            return Err(InvalidNumber::TooManyDigits);
        }
        // The lengths are those of a text in memory, far below the range of an i64.
        let exponent = power.saturating_add(whole.len() as i64 - leading_zeros as i64 - 1);
        if !EXPONENTS.contains(&exponent) {
            return Err(InvalidNumber::OutOfRange);
        }
        Ok(Self {
            negative,
            digits: digits.to_owned(),
            exponent,
        })
    }
}

/// The exponent as it is written; one that is too large for an `i64` is as far out as one can be.
fn power_of_ten(text: &str) -> Result<i64, InvalidNumber> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(InvalidNumber::Malformed);
    }
    let furthest = if text.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    };
    Ok(text.parse().unwrap_or(furthest))
}

impl Display for Number {
    /// The one spelling of the number, which is JSON and what DynamoDB is sent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        if !PLAIN_EXPONENTS.contains(&self.exponent) {
            let (first, rest) = self.digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            return write!(f, "{first}{point}{rest}E{:+}", self.exponent);
        }
        let Ok(exponent) = usize::try_from(self.exponent) else {
            let zeros = self.exponent.unsigned_abs() as usize - 1;
            return write!(f, "0.{:0<zeros$}{}", "", self.digits);
        };
        let whole = exponent + 1;
        match self.digits.split_at_checked(whole) {
            Some((digits, "")) => f.write_str(digits),
            Some((digits, fraction)) => write!(f, "{digits}.{fraction}"),
            None => write!(f, "{:0<whole$}", self.digits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> String {
        text.parse::<Number>().unwrap().to_string()
    }

    #[test]
    fn a_number_has_one_spelling() {
        for (text, spelling) in [
            ("0", "0"),
            ("-0.000", "0"),
            ("0e999999999999999999999", "0"),
            ("7", "7"),
            ("-1.50", "-1.5"),
            ("15e-1", "1.5"),
            ("100", "100"),
            ("1E2", "100"),
            ("123.456e1", "1234.56"),
            ("0.0001", "0.0001"),
            ("0.00000001", "1E-8"),
            ("12e37", "1.2E+38"),
            ("1e125", "1E+125"),
            ("0.1e-129", "1E-130"),
            ("10e-131", "1E-130"),
        ] {
            assert_eq!(spelled(text), spelling, "{text}");
            assert_eq!(spelled(spelling), spelling);
        }
    }

    #[test]
    fn all_38_digits_survive() {
        let digits = "12345678901234567890123456789012345678";
        for text in [
            digits.to_owned(),
            format!("-{digits}"),
            format!("{}.{}", &digits[..20], &digits[20..]),
            format!("{}.{}", &digits[..1], &digits[1..]),
            format!("0.{digits}"),
        ] {
            assert_eq!(spelled(&text), text);
        }
        assert_eq!(spelled("9007199254740993"), "9007199254740993");
    }

    #[test]
    fn what_would_be_rounded_is_refused() {
        let long = "1".repeat(MAX_DIGITS + 1);
        for (text, why) in [
            (long.as_str(), InvalidNumber::TooManyDigits),
            (&format!("0.{long}"), InvalidNumber::TooManyDigits),
            ("1e126", InvalidNumber::OutOfRange),
            ("1e-131", InvalidNumber::OutOfRange),
            ("1e99999999999999999999", InvalidNumber::OutOfRange),
            ("1e-99999999999999999999", InvalidNumber::OutOfRange),
            ("", InvalidNumber::Malformed),
            ("-", InvalidNumber::Malformed),
            (".5", InvalidNumber::Malformed),
            ("1e", InvalidNumber::Malformed),
            ("1e+-1", InvalidNumber::Malformed),
            ("NaN", InvalidNumber::Malformed),
            ("1_000", InvalidNumber::Malformed),
        ] {
            assert_eq!(text.parse::<Number>(), Err(why), "{text}");
        }
    }
}
