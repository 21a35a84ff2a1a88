//! What the decoders take, refuse, and give back.

use std::time::{Duration, Instant};

use proptest::collection;
use proptest::prelude::*;

use super::*;

/// A type and a value of it, with null and unknown values anywhere.
fn typed() -> impl Strategy<Value = (Type, Value)> {
    let leaf = prop_oneof![
        any::<String>().prop_map(|text| (Type::String, Value::string(text))),
        any::<bool>().prop_map(|value| (Type::Bool, Value::Bool(value))),
        number().prop_map(|number| (Type::Number, Value::Number(number))),
    ];
    let special = prop_oneof![
        8 => Just(None),
        1 => Just(Some(Value::Null)),
        1 => Just(Some(Value::unknown())),
        1 => Just(Some(Value::Unknown(Refinements(vec![0x81, 1, 0xc2].into())))),
    ];
    let replaced =
        |(ty, value): (Type, Value), special: Option<Value>| (ty, special.unwrap_or(value));
    (leaf, special.clone())
        .prop_map(move |(typed, special)| replaced(typed, special))
        .prop_recursive(4, 64, 5, move |inner| {
            let containers = prop_oneof![
                (inner.clone(), 0..4_usize)
                    .prop_map(|((ty, v), n)| (Type::list(ty), Value::List(vec![v; n]))),
                inner
                    .clone()
                    .prop_map(|(ty, v)| (Type::set(ty), Value::set([v]))),
                collection::btree_map("[a-z]{1,4}", inner.clone(), 0..4).prop_map(object),
                collection::vec(inner.clone(), 0..4).prop_map(|typed| {
                    let (types, values) = typed.into_iter().unzip();
                    (Type::Tuple(types), Value::List(values))
                }),
                inner.prop_map(|(ty, value)| {
                    (Type::Dynamic, Value::Dynamic(Box::new((ty, value))))
                }),
            ];
            (containers, special.clone()).prop_map(move |(typed, special)| replaced(typed, special))
        })
}

fn object(attributes: BTreeMap<String, (Type, Value)>) -> (Type, Value) {
    let types = attributes
        .iter()
        .map(|(name, (ty, _))| (name.clone(), ty.clone()));
    let ty = Type::object(types.collect::<Vec<_>>());
    (
        ty,
        Value::object(
            attributes
                .into_iter()
                .map(|(name, (_, value))| (name, value)),
        ),
    )
}

fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        proptest::num::f64::NORMAL.prop_map(|float| Number::from_f64(float).unwrap()),
        "-?[1-9][0-9]{0,60}(\\.[0-9]{1,20})?".prop_map(|text| text.parse().unwrap()),
    ]
}

proptest! {
    #[test]
    fn msgpack_round_trips((ty, value) in typed()) {
        prop_assert_eq!(msgpack::decode(&msgpack::encode(&value), &ty).unwrap(), value);
    }

    #[test]
    fn types_round_trip_through_json((ty, _) in typed()) {
        prop_assert_eq!(Type::from_json(&ty.to_json_bytes()).unwrap(), ty);
    }

    #[test]
    fn decodes_or_rejects_any_bytes(
        (ty, value) in typed(),
        noise in collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        tail in collection::vec(any::<u8>(), 0..16),
    ) {
        let mut bytes = msgpack::encode(&value);
        for (at, byte) in noise {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let cut = bytes.clone();
        bytes.extend(tail);
        let decoded = [msgpack::decode(&cut, &ty), msgpack::decode(&bytes, &ty)];
        for value in decoded.into_iter().chain([json::decode(&bytes, &ty)]).flatten() {
            // What was understood is understood the same when it comes back.
            prop_assert_eq!(msgpack::decode(&msgpack::encode(&value), &ty), Ok(value));
        }
    }

    #[test]
    fn decodes_or_rejects_any_json((ty, _) in typed(), text in "[\\[\\]{}:,\"a-z0-9.e+-]{0,64}") {
        let _ = json::decode(text.as_bytes(), &ty);
        let _ = Type::from_json(text.as_bytes());
    }
}

#[test]
fn decodes_every_extension_as_an_unknown_value() {
    let decode = |bytes: &[u8]| msgpack::decode(bytes, &Type::String).unwrap();
    assert_eq!(decode(&[0xd4, 0, 0]), Value::unknown());
    assert_eq!(decode(&[0xc7, 0, 0]), Value::unknown());
    assert_eq!(decode(&[0xd4, 99, 7]), Value::unknown());
    // What is known about it comes back as it came.
    let refined = [0xc7, 3, 12, 0x81, 1, 0xc2];
    let value = decode(&refined);
    assert!(value.is_unknown() && value != Value::unknown());
    assert_eq!(msgpack::encode(&value), refined);
}

#[test]
fn allocates_nothing_for_false_lengths() {
    let begin = Instant::now();
    for bytes in [
        &[0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0][..],
        &[0xdb, 0xff, 0xff, 0xff, 0xff, b'a'],
        &[0xc9, 0xff, 0xff, 0xff, 0xff, 12],
    ] {
        assert!(msgpack::decode(bytes, &Type::list(Type::String)).is_err());
    }
    assert!(begin.elapsed() < Duration::from_secs(1));
}

#[test]
fn bounds_depth_and_number_of_values() {
    // A value of any type inside a value of any type, and so on.
    let mut value = Value::Bool(true);
    for _ in 0..200 {
        value = Value::Dynamic(Box::new((Type::Dynamic, value)));
    }
    let error = msgpack::decode(&msgpack::encode(&value), &Type::Dynamic).unwrap_err();
    assert!(error.to_string().contains("deeper than 64"), "{error}");
    let ty = format!("{}\"string\"{}", "[\"list\",".repeat(100), "]".repeat(100));
    assert!(Type::from_json(ty.as_bytes()).is_err());
    let many = [
        &[0xdd, 0x00, 0x50, 0x00, 0x00][..],
        &[0xc0].repeat(0x50_0000),
    ]
    .concat();
    assert!(msgpack::decode(&many, &Type::list(Type::Bool)).is_err());
}

#[test]
fn counts_attributes_that_are_left_out() {
    // 1000 empty objects of 5000 attributes each: a few bytes that ask for much.
    let names = (0..5000).map(|number| (format!("a{number}"), Type::Bool));
    let ty = Type::list(Type::object(names));
    let bytes = [&[0xdc, 0x03, 0xe8][..], &[0x80].repeat(1000)].concat();
    let errors = [
        msgpack::decode(&bytes, &ty),
        json::decode(format!("[{}{{}}]", "{},".repeat(999)).as_bytes(), &ty),
    ];
    for error in errors {
        let error = error.unwrap_err().to_string();
        assert!(error.contains("more than 4194304 values"), "{error}");
    }
}

#[test]
fn decodes_types_of_many_attributes_in_linear_time() {
    // Comparing each name with each other would take minutes.
    let names: Vec<_> = (0..200_000)
        .map(|number| format!("\"a{number}\""))
        .collect();
    let types: Vec<_> = names
        .iter()
        .map(|name| format!("{name}:\"bool\""))
        .collect();
    let json = format!("[\"object\",{{{}}},[{}]]", types.join(","), names.join(","));
    let Type::Object(attributes) = Type::from_json(json.as_bytes()).unwrap() else {
        panic!("not an object")
    };
    assert_eq!(attributes.len(), 200_000);
    assert!(attributes.values().all(|attribute| attribute.optional));
}

#[test]
fn reports_the_path_of_an_error() {
    let inner = Type::object([("names", Type::map(Type::String))]);
    let ty = Type::object([("rules", Type::list(inner))]);
    let names = Value::object([("a b", Value::Bool(true))]);
    let rule = Value::object([("names", names)]);
    let value = Value::object([("rules", Value::List(vec![rule]))]);
    let error = msgpack::decode(&msgpack::encode(&value), &ty).unwrap_err();
    let text = "rules[0].names[\"a b\"]: expected string, found bool";
    assert_eq!(error.to_string(), text);
    let error = json::decode(br#"{"rules":[{"names":{"a b":true}}]}"#, &ty).unwrap_err();
    assert_eq!(error.to_string(), text);
}

#[test]
fn decodes_json_without_losing_digits_and_drops_unknown_attributes() {
    let ty = Type::object([("number", Type::Number), ("any", Type::Dynamic)]);
    let json = br#"{"number":123456789012345678901234567890.5,
        "any":{"type":["tuple",["bool"]],"value":[true]},"gone":{"deep":[1]}}"#;
    let value = json::decode(json, &ty).unwrap();
    let digits = "123456789012345678901234567890.5".parse().unwrap();
    assert_eq!(value.get("number"), Some(&Value::Number(digits)));
    let any = (
        Type::Tuple(vec![Type::Bool]),
        Value::List(vec![Value::Bool(true)]),
    );
    assert_eq!(value.get("any"), Some(&Value::Dynamic(Box::new(any))));
    assert_eq!(value.get("gone"), None);
}

#[test]
fn compares_text_in_normal_form() {
    let decomposed = "u\u{308}";
    let bytes = msgpack::encode(&Value::String(decomposed.to_owned()));
    assert_eq!(
        msgpack::decode(&bytes, &Type::String).unwrap(),
        Value::string("ü")
    );
}

#[test]
fn orders_and_deduplicates_sets() {
    let text = |text: &str| Value::string(text);
    assert_eq!(
        Value::set([text("b"), text("a"), text("b")]),
        Value::set([text("a"), text("b")])
    );
    // Two that are unknown may turn out to differ.
    let Value::Set(elements) = Value::set([Value::unknown(), Value::unknown()]) else {
        panic!()
    };
    assert_eq!(elements.len(), 2);
}
