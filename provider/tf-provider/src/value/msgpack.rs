//! Encodes and decodes values in msgpack, Terraform's "object wire format".

use std::collections::BTreeMap;

use rmp::decode::RmpRead;
use rmp::{Marker, encode};

use super::{Budget, Number, Refinements, Step, Type, Value, ValueError, quoted};

/// The extension type of an unknown value with refinements. Every other extension is an
/// unknown value without.
const REFINED: i8 = 12;

/// The longest refinements that are kept, in bytes; Terraform sends up to a few hundred.
const MAX_REFINEMENTS: usize = 4096;

/// Decodes a value of this type from all of `bytes`.
pub fn decode(bytes: &[u8], ty: &Type) -> Result<Value, ValueError> {
    let mut decoder = Decoder {
        rest: bytes,
        budget: Budget::new(),
    };
    let value = decoder.value(ty, 0)?;
    if decoder.rest.is_empty() {
        Ok(value)
    } else {
        Err(ValueError::malformed(format!(
            "{} trailing bytes",
            decoder.rest.len()
        )))
    }
}

struct Decoder<'a> {
    rest: &'a [u8],
    budget: Budget,
}

impl Decoder<'_> {
    fn value(&mut self, ty: &Type, depth: usize) -> Result<Value, ValueError> {
        self.budget.take(1, depth)?;
        let marker = self.marker()?;
        if marker == Marker::Null {
            return Ok(Value::Null);
        }
        if let Some(length) = self.extension_length(marker)? {
            return self.unknown(length);
        }
        match ty {
            Type::Bool => match marker {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                other => Err(mismatch(ty, other)),
            },
            Type::String => self
                .text(marker)?
                .map(Value::string)
                .ok_or_else(|| mismatch(ty, marker)),
            Type::Number => self.number(marker)?.ok_or_else(|| mismatch(ty, marker)),
            Type::List(element) => self.elements(ty, element, marker, depth).map(Value::List),
            Type::Set(element) => self.elements(ty, element, marker, depth).map(Value::set),
            Type::Tuple(types) => self.tuple(ty, types, marker, depth),
            Type::Map(element) => self.map(ty, element, marker, depth),
            Type::Object(_) => self.object(ty, marker, depth),
            Type::Dynamic => self.dynamic(marker, depth),
        }
    }

    fn elements(
        &mut self,
        ty: &Type,
        element: &Type,
        marker: Marker,
        depth: usize,
    ) -> Result<Vec<Value>, ValueError> {
        let length = self
            .array_length(marker)?
            .ok_or_else(|| mismatch(ty, marker))?;
        let at = |index: usize| move |error: ValueError| error.under(Step::Index(index));
        (0..length)
            .map(|index| self.value(element, depth + 1).map_err(at(index)))
            .collect()
    }

    fn tuple(
        &mut self,
        ty: &Type,
        types: &[Type],
        marker: Marker,
        depth: usize,
    ) -> Result<Value, ValueError> {
        let length = self
            .array_length(marker)?
            .ok_or_else(|| mismatch(ty, marker))?;
        if length != types.len() {
            return Err(ValueError::mismatch(
                ty.to_string(),
                format!("{length} elements"),
            ));
        }
        let elements = types.iter().enumerate().map(|(index, ty)| {
            self.value(ty, depth + 1)
                .map_err(|error| error.under(Step::Index(index)))
        });
        elements.collect::<Result<_, _>>().map(Value::List)
    }

    fn map(
        &mut self,
        ty: &Type,
        element: &Type,
        marker: Marker,
        depth: usize,
    ) -> Result<Value, ValueError> {
        let length = self
            .map_length(marker)?
            .ok_or_else(|| mismatch(ty, marker))?;
        let mut entries = BTreeMap::new();
        for _ in 0..length {
            let key = super::normalise(self.key()?);
            let value = self.value(element, depth + 1);
            let value = value.map_err(|error| error.under(Step::Key(key.clone())))?;
            entries.insert(key, value);
        }
        Ok(Value::Map(entries))
    }

    fn object(&mut self, ty: &Type, marker: Marker, depth: usize) -> Result<Value, ValueError> {
        let Type::Object(attributes) = ty else {
            return Err(mismatch(ty, marker));
        };
        let length = self
            .map_length(marker)?
            .ok_or_else(|| mismatch(ty, marker))?;
        self.budget.take(attributes.len(), depth)?;
        let mut values: BTreeMap<_, _> = attributes
            .keys()
            .map(|name| (name.clone(), Value::Null))
            .collect();
        for _ in 0..length {
            let name = self.key()?;
            let Some(attribute) = attributes.get(&name) else {
                return Err(ValueError::malformed(format!(
                    "the schema has no attribute {}",
                    quoted(&name)
                )));
            };
            let value = self.value(&attribute.ty, depth + 1);
            let value = value.map_err(|error| error.under(Step::Attribute(name.clone())))?;
            values.insert(name, value);
        }
        Ok(Value::Map(values))
    }

    /// Decodes a pair of a type, as JSON in a binary, and a value.
    fn dynamic(&mut self, marker: Marker, depth: usize) -> Result<Value, ValueError> {
        if self.array_length(marker)? != Some(2) {
            return Err(mismatch(&Type::Dynamic, marker));
        }
        let ty = match self.marker()? {
            Marker::Bin8 => self.length(1)?,
            Marker::Bin16 => self.length(2)?,
            Marker::Bin32 => self.length(4)?,
            other => return Err(mismatch(&Type::Dynamic, other)),
        };
        let ty = Type::from_json(self.take(ty)?)?;
        let value = self.value(&ty, depth + 1)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    fn unknown(&mut self, length: usize) -> Result<Value, ValueError> {
        let kind = self.take(1)?[0] as i8;
        let payload = self.take(length)?;
        let kept = kind == REFINED && length <= MAX_REFINEMENTS;
        Ok(Value::Unknown(Refinements(if kept {
            payload.into()
        } else {
            Box::default()
        })))
    }

    fn key(&mut self) -> Result<String, ValueError> {
        let marker = self.marker()?;
        self.text(marker)?
            .ok_or_else(|| ValueError::malformed("a key that is not text"))
    }

    fn text(&mut self, marker: Marker) -> Result<Option<String>, ValueError> {
        let length = match marker {
            Marker::FixStr(length) => length.into(),
            Marker::Str8 => self.length(1)?,
            Marker::Str16 => self.length(2)?,
            Marker::Str32 => self.length(4)?,
            _ => return Ok(None),
        };
        match std::str::from_utf8(self.take(length)?) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err(ValueError::malformed("text that is not UTF-8")),
        }
    }

    fn number(&mut self, marker: Marker) -> Result<Option<Value>, ValueError> {
        let integer = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
        };
        let number = match marker {
            Marker::FixPos(value) => Number::from(u64::from(value)),
            Marker::FixNeg(value) => Number::from(i64::from(value)),
            Marker::U8 => Number::from(integer(self.take(1)?)),
            Marker::U16 => Number::from(integer(self.take(2)?)),
            Marker::U32 => Number::from(integer(self.take(4)?)),
            Marker::U64 => Number::from(integer(self.take(8)?)),
            Marker::I8 => Number::from(i64::from(integer(self.take(1)?) as i8)),
            Marker::I16 => Number::from(i64::from(integer(self.take(2)?) as i16)),
            Marker::I32 => Number::from(i64::from(integer(self.take(4)?) as i32)),
            Marker::I64 => Number::from(integer(self.take(8)?) as i64),
            Marker::F32 => float(f64::from(f32::from_bits(integer(self.take(4)?) as u32)))?,
            Marker::F64 => float(f64::from_bits(integer(self.take(8)?)))?,
            other => match self.text(other)? {
                Some(text) => text.parse().map_err(|error: super::ParseNumberError| {
                    ValueError::malformed(error.to_string())
                })?,
                None => return Ok(None),
            },
        };
        Ok(Some(Value::Number(number)))
    }

    fn array_length(&mut self, marker: Marker) -> Result<Option<usize>, ValueError> {
        match marker {
            Marker::FixArray(length) => Ok(Some(length.into())),
            Marker::Array16 => self.length(2).map(Some),
            Marker::Array32 => self.length(4).map(Some),
            _ => Ok(None),
        }
    }

    fn map_length(&mut self, marker: Marker) -> Result<Option<usize>, ValueError> {
        match marker {
            Marker::FixMap(length) => Ok(Some(length.into())),
            Marker::Map16 => self.length(2).map(Some),
            Marker::Map32 => self.length(4).map(Some),
            _ => Ok(None),
        }
    }

    /// Decodes the length of an extension's payload, if `marker` begins an extension.
    fn extension_length(&mut self, marker: Marker) -> Result<Option<usize>, ValueError> {
        match marker {
            Marker::FixExt1 => Ok(Some(1)),
            Marker::FixExt2 => Ok(Some(2)),
            Marker::FixExt4 => Ok(Some(4)),
            Marker::FixExt8 => Ok(Some(8)),
            Marker::FixExt16 => Ok(Some(16)),
            Marker::Ext8 => self.length(1).map(Some),
            Marker::Ext16 => self.length(2).map(Some),
            Marker::Ext32 => self.length(4).map(Some),
            _ => Ok(None),
        }
    }

    fn marker(&mut self) -> Result<Marker, ValueError> {
        self.rest
            .read_u8()
            .map(Marker::from_u8)
            .map_err(|_| truncated())
    }

    /// Decodes a length of this many bytes, big-endian.
    fn length(&mut self, bytes: usize) -> Result<usize, ValueError> {
        Ok(self
            .take(bytes)?
            .iter()
            .fold(0, |length, byte| length << 8 | usize::from(*byte)))
    }

    fn take(&mut self, length: usize) -> Result<&[u8], ValueError> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(truncated)?;
        self.rest = rest;
        Ok(taken)
    }
}

fn float(float: f64) -> Result<Number, ValueError> {
    Number::from_f64(float).ok_or_else(|| ValueError::malformed("a number that is not finite"))
}

fn truncated() -> ValueError {
    ValueError::malformed("the encoded value ends too early")
}

fn mismatch(expected: &Type, found: Marker) -> ValueError {
    let found = match found {
        Marker::True | Marker::False => "bool",
        Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => "string",
        Marker::FixArray(_) | Marker::Array16 | Marker::Array32 => "list",
        Marker::FixMap(_) | Marker::Map16 | Marker::Map32 => "map",
        Marker::Bin8 | Marker::Bin16 | Marker::Bin32 => "binary",
        Marker::Reserved => "invalid msgpack",
        _ => "number",
    };
    ValueError::mismatch(expected.to_string(), found)
}

/// Encodes a value.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory fails only if the value does not fit.
    if write(&mut bytes, value).is_err() {
        bytes.clear();
    }
    bytes
}

type Written = Result<(), encode::ValueWriteError>;

fn write(bytes: &mut Vec<u8>, value: &Value) -> Written {
    match value {
        Value::Unknown(Refinements(refinements)) if refinements.is_empty() => {
            // The form that every version of Terraform reads: extension 0 with any payload.
            bytes.extend_from_slice(&[0xd4, 0, 0]);
        }
        Value::Unknown(Refinements(refinements)) => {
            encode::write_ext_meta(bytes, length(refinements.len()), REFINED)?;
            bytes.extend_from_slice(refinements);
        }
        Value::Null => bytes.push(0xc0),
        Value::Bool(value) => bytes.push(if *value { 0xc3 } else { 0xc2 }),
        Value::Number(number) => write_number(bytes, number)?,
        Value::String(text) => encode::write_str(bytes, text)?,
        Value::List(elements) | Value::Set(elements) => {
            encode::write_array_len(bytes, length(elements.len()))?;
            elements
                .iter()
                .try_for_each(|element| write(bytes, element))?;
        }
        Value::Map(entries) => {
            encode::write_map_len(bytes, length(entries.len()))?;
            for (key, entry) in entries {
                encode::write_str(bytes, key)?;
                write(bytes, entry)?;
            }
        }
        Value::Dynamic(inner) => {
            encode::write_array_len(bytes, 2)?;
            encode::write_bin(bytes, &inner.0.to_json_bytes())?;
            write(bytes, &inner.1)?;
        }
    }
    Ok(())
}

fn write_number(bytes: &mut Vec<u8>, number: &Number) -> Written {
    match (number.as_i64(), number.as_u64(), number.as_f64()) {
        (Some(integer), ..) => encode::write_sint(bytes, integer).map(drop),
        (_, Some(integer), _) => encode::write_uint(bytes, integer).map(drop),
        (.., Some(float)) => encode::write_f64(bytes, float),
        _ => encode::write_str(bytes, &number.to_string()),
    }
}

/// Msgpack counts in 32 bits; a longer value would exceed a message many times.
fn length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
