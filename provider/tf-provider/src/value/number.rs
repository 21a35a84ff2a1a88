//! Numbers of any size, without loss.

use std::fmt;
use std::str::FromStr;

use bigdecimal::{BigDecimal, FromPrimitive, ToPrimitive};

/// The longest text of a number that is read, in bytes. Terraform computes with 512 bits,
/// which are 155 digits, and writes out every zero of a power of ten.
const MAX_TEXT: usize = 4200;

/// The largest power of ten that is read, either way. A 64-bit float reaches 308.
const MAX_EXPONENT: i64 = 4096;

/// A number as Terraform has them: of any size, and decimal fractions without loss.
///
/// Equal numbers are equal values, whichever way they were written: `1.50`,
/// `15e-1` and the float `1.5` are one.
// Normalised: without zeros at the end of the digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// Text that is not a number, or one beyond every use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number within {MAX_TEXT} characters and 10^±{MAX_EXPONENT}")]
pub struct ParseNumberError;

impl Number {
    /// Returns the number of a float; none for infinities and not-a-number.
    pub fn from_f64(float: f64) -> Option<Self> {
        BigDecimal::from_f64(float).map(|number| Self(number.normalized()))
    }

    /// Returns the number as an `i64`, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.to_i64().filter(|_| self.0.is_integer())
    }

    /// Returns the number as a `u64`, if it is one.
    pub fn as_u64(&self) -> Option<u64> {
        self.0.to_u64().filter(|_| self.0.is_integer())
    }

    /// Returns the float nearest to the number.
    pub fn to_f64(&self) -> f64 {
        // The standard library rounds correctly; `BigDecimal::to_f64` looks at 25 digits.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Returns the number as a float, if that is exact.
    pub(crate) fn as_f64(&self) -> Option<f64> {
        let float = self.to_f64();
        (Self::from_f64(float).as_ref() == Some(self)).then_some(float)
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(BigDecimal::from(integer).normalized())
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self(BigDecimal::from(integer).normalized())
    }
}

impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // Rust's own underscores are no part of a number in JSON.
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        let number = Some(text).filter(|text| plain && text.len() <= MAX_TEXT);
        let number = number.and_then(|text| text.parse::<BigDecimal>().ok());
        let within = |number: &BigDecimal| number.fractional_digit_count().abs() <= MAX_EXPONENT;
        let number = number.map(|number| number.normalized()).filter(within);
        number.map(Self).ok_or(ParseNumberError)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn equal_numbers_are_equal_however_written() {
        for (left, right) in [
            ("1.50", "15e-1"),
            ("100", "1e2"),
            ("-0", "0"),
            ("0.5", "5E-1"),
        ] {
            assert_eq!(number(left), number(right), "{left} and {right}");
        }
        assert_eq!(number("1.5"), Number::from_f64(1.5).unwrap());
        assert_eq!(
            number("1267650600228229401496703205376"),
            Number::from_f64(2f64.powi(100)).unwrap()
        );
        // The float 0.1 is not the decimal 0.1.
        assert_ne!(number("0.1"), Number::from_f64(0.1).unwrap());
    }

    #[test]
    fn keeps_digits_beyond_64_bits() {
        let text = "123456789012345678901234567890123456789";
        assert_eq!(number(text).to_string(), text);
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
    }

    #[test]
    fn parses_powers_of_ten_as_terraform_writes_them() {
        // It writes out every zero of what it holds as 1e3000.
        let huge = format!("1{}", "0".repeat(3000));
        assert_eq!(number(&huge), number("1e3000"));
        let tiny = format!("0.{}1", "0".repeat(2999));
        assert_eq!(number(&tiny), number("1e-3000"));
    }

    #[test]
    fn orders_numbers_by_size() {
        let ascending = [
            "-1e400",
            "-1e300",
            "-18446744073709551617",
            "-2.5",
            "-2.3",
            "-2",
            "-1e-400",
            "0",
            "1e-400",
            "0.1",
            "0.5",
            "0.7",
            "1",
            "1.5",
            "9007199254740992.5",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551616",
            "1e300",
            "12e399",
            "1e401",
        ];
        for pair in ascending.windows(2) {
            let (less, more) = (number(pair[0]), number(pair[1]));
            assert_eq!(less.cmp(&more), Ordering::Less, "{pair:?}");
            assert_eq!(more.cmp(&less), Ordering::Greater, "{pair:?}");
        }
    }

    #[test]
    fn rejects_text_that_is_not_a_number() {
        for text in [
            "",
            "-",
            ".",
            "1e",
            "0x10",
            "NaN",
            "inf",
            "1_000",
            "1e999999999999",
            " 1",
        ] {
            assert!(text.parse::<Number>().is_err(), "{text:?}");
        }
        assert_eq!(Number::from_f64(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn numbers_round_trip_through_text(float in proptest::num::f64::NORMAL) {
            let number = Number::from_f64(float).unwrap();
            prop_assert_eq!(number.to_string().parse::<Number>().unwrap(), number.clone());
            prop_assert_eq!(number.to_f64(), float);
        }

        #[test]
        fn parses_or_rejects_any_text(text in "[-+0-9.eE]{0,40}") {
            if let Ok(number) = text.parse::<Number>() {
                prop_assert_eq!(number.to_string().parse::<Number>().unwrap(), number);
            }
        }
    }
}
