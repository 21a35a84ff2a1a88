//! Any bytes as a value of any type: what is decoded encodes and decodes to itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tf_provider::value::{Type, Value};

fuzz_target!(|input: &[u8]| {
    // The type in JSON, a line break, and the value.
    let Some(at) = input.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let Ok(ty) = Type::from_json(&input[..at]) else {
        return;
    };
    let again = Type::from_json(ty.to_json().to_string().as_bytes());
    assert_eq!(again.as_ref(), Ok(&ty));
    let bytes = &input[at + 1..];
    for value in [
        Value::from_msgpack(bytes, &ty),
        Value::from_json(bytes, &ty),
    ]
    .into_iter()
    .flatten()
    {
        assert_eq!(Value::from_msgpack(&value.to_msgpack(), &ty), Ok(value));
    }
});
