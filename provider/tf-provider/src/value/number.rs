//! Numbers of any size, without loss.

use std::{borrow::Cow, cmp::Ordering, fmt, str::FromStr};

/// The largest power of ten that is read, either way. A 64-bit float reaches 308.
const MAX_EXPONENT: i64 = 100_000;

/// The longest text of a number that is read, in bytes: Terraform writes out every
/// zero of a power of ten, beside the 155 digits of the 512 bits that it computes with.
const MAX_TEXT: usize = 101_000;

/// A number as Terraform has them: of any size, and decimal fractions without loss.
///
/// Equal numbers are equal values, whichever way they were written: `1.50`,
/// `15e-1` and the float `1.5` are one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number(Repr);

/// Each number has one representation: the first of these that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Repr {
    /// Within the range of `i64` and `u64`.
    Integer(i128),
    /// The bits of a finite 64-bit float, where that is exact.
    Float(u64),
    /// Anything else.
    Decimal(Decimal),
}

/// `digits` × 10^`exponent`, with neither leading nor trailing zeros in `digits`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

/// Text that is not a number, or one beyond every use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number within {MAX_TEXT} characters and 10^±{MAX_EXPONENT}")]
pub struct ParseNumberError;

impl Number {
    /// The number of a float; none for infinities and not-a-number.
    pub fn from_f64(float: f64) -> Option<Self> {
        if !float.is_finite() {
            return None;
        }
        // 2^64 and beyond are floats; everything smaller converts exactly.
        if float.fract() == 0.0 && float.abs() < 18_446_744_073_709_551_616.0 {
            let integer = float as i128;
            if fits(integer) {
                return Some(Self(Repr::Integer(integer)));
            }
        }
        Some(Self(Repr::Float(float.to_bits())))
    }

    /// The number as an `i64`, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_integer()
            .and_then(|integer| i64::try_from(integer).ok())
    }

    /// The number as a `u64`, if it is one.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_integer()
            .and_then(|integer| u64::try_from(integer).ok())
    }

    /// The float nearest to the number.
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            Repr::Integer(integer) => *integer as f64,
            Repr::Float(bits) => f64::from_bits(*bits),
            Repr::Decimal(decimal) => decimal.to_string().parse().unwrap_or(f64::NAN),
        }
    }

    pub(crate) fn repr(&self) -> &Repr {
        &self.0
    }

    /// The number in decimal, every digit of it.
    fn to_decimal(&self) -> Cow<'_, Decimal> {
        match &self.0 {
            Repr::Decimal(decimal) => Cow::Borrowed(decimal),
            // What a number is written as is always a number.
            _ => Cow::Owned(Decimal::parse_unbounded(&self.to_string()).unwrap_or_default()),
        }
    }

    fn as_integer(&self) -> Option<i128> {
        match self.0 {
            Repr::Integer(integer) => Some(integer),
            _ => None,
        }
    }
}

/// By size, whichever way they are held.
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Integer(one), Repr::Integer(two)) => one.cmp(two),
            (Repr::Float(one), Repr::Float(two)) => {
                f64::from_bits(*one).total_cmp(&f64::from_bits(*two))
            }
            _ => self.to_decimal().compare(&other.to_decimal()),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Whether msgpack has an integer of this size.
fn fits(integer: i128) -> bool {
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&integer)
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self(Repr::Integer(integer.into()))
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self(Repr::Integer(integer.into()))
    }
}

impl FromStr for Number {
    type Err = ParseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let decimal = Decimal::parse(text).ok_or(ParseNumberError)?;
        if let Some(integer) = decimal.to_integer() {
            return Ok(Self(Repr::Integer(integer)));
        }
        match decimal.to_string().parse::<f64>() {
            // Formatting with a precision is exact: no float needs more than 1074 decimals.
            Ok(float)
                if float.is_finite()
                    && Decimal::parse_unbounded(&format!("{float:.1074}")).as_ref()
                        == Some(&decimal) =>
            {
                Ok(Self(Repr::Float(float.to_bits())))
            }
            _ => Ok(Self(Repr::Decimal(decimal))),
        }
    }
}

/// Zero.
impl Default for Decimal {
    fn default() -> Self {
        Self {
            negative: false,
            digits: "0".into(),
            exponent: 0,
        }
    }
}

impl Decimal {
    fn compare(&self, other: &Self) -> Ordering {
        match (self.sign(), other.sign()) {
            (1, 1) => self.compare_magnitude(other),
            (-1, -1) => other.compare_magnitude(self),
            (one, two) => one.cmp(&two),
        }
    }

    fn sign(&self) -> i8 {
        match self.digits.as_str() {
            "0" => 0,
            _ if self.negative => -1,
            _ => 1,
        }
    }

    /// Compares without the sign, where neither is zero: first the power of ten of
    /// the first digit, then digit by digit.
    fn compare_magnitude(&self, other: &Self) -> Ordering {
        let power = |it: &Self| it.digits.len() as i64 + it.exponent;
        power(self)
            .cmp(&power(other))
            .then_with(|| self.digits.cmp(&other.digits))
    }

    fn parse(text: &str) -> Option<Self> {
        (text.len() <= MAX_TEXT).then(|| Self::parse_unbounded(text))?
    }

    fn parse_unbounded(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        Self::canonical(negative, &digits, exponent)
    }

    fn canonical(negative: bool, digits: &str, exponent: i64) -> Option<Self> {
        let significant = digits.trim_start_matches('0');
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            return Some(Self::default());
        }
        let zeros = i64::try_from(significant.len() - digits.len()).ok()?;
        let exponent = exponent.checked_add(zeros)?;
        (-MAX_EXPONENT..=MAX_EXPONENT)
            .contains(&exponent)
            .then(|| Self {
                negative,
                digits: digits.into(),
                exponent,
            })
    }

    /// The integer, if it is one that msgpack has.
    fn to_integer(&self) -> Option<i128> {
        let scale = 10_i128.checked_pow(u32::try_from(self.exponent).ok()?)?;
        let magnitude = self.digits.parse::<i128>().ok()?.checked_mul(scale)?;
        let integer = if self.negative { -magnitude } else { magnitude };
        fits(integer).then_some(integer)
    }
}

/// As JSON has numbers.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        match self.exponent {
            0 => write!(f, "{sign}{}", self.digits),
            exponent => write!(f, "{sign}{}e{exponent}", self.digits),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Integer(integer) => write!(f, "{integer}"),
            // Every digit of the exact value: another reader computes with more bits.
            Repr::Float(bits) => {
                let exact = format!("{:.1074}", f64::from_bits(*bits));
                let exact = exact.trim_end_matches('0').trim_end_matches('.');
                write!(f, "{exact}")
            }
            Repr::Decimal(decimal) => write!(f, "{decimal}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Number {
        text.parse().unwrap()
    }

    #[test]
    fn one_number_has_one_representation() {
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
    fn digits_beyond_64_bits_are_kept() {
        let text = "123456789012345678901234567890123456789";
        assert_eq!(number(text).to_string(), format!("{}", text));
        assert_eq!(number("18446744073709551615").as_u64(), Some(u64::MAX));
        assert_eq!(number("-9223372036854775808").as_i64(), Some(i64::MIN));
    }

    #[test]
    fn powers_of_ten_are_read_as_terraform_writes_them() {
        // It writes out every zero of what it holds as 1e3000.
        let huge = format!("1{}", "0".repeat(3000));
        assert_eq!(number(&huge).to_string(), "1e3000");
        let tiny = format!("0.{}1", "0".repeat(2999));
        assert_eq!(number(&tiny).to_string(), "1e-3000");
    }

    #[test]
    fn numbers_are_ordered_by_size() {
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
    fn what_is_no_number_is_refused() {
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
        fn text_and_back_is_the_same_number(float in proptest::num::f64::NORMAL) {
            let number = Number::from_f64(float).unwrap();
            prop_assert_eq!(number.to_string().parse::<Number>().unwrap(), number.clone());
            prop_assert_eq!(number.to_f64(), float);
        }

        #[test]
        fn any_text_is_a_number_or_an_error(text in "[-+0-9.eE]{0,40}") {
            if let Ok(number) = text.parse::<Number>() {
                prop_assert_eq!(number.to_string().parse::<Number>().unwrap(), number);
            }
        }
    }
}
