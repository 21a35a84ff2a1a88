//! What errors say of the values that they refuse.
#![allow(clippy::unwrap_used)]

use tf_provider::proto::{self, DynamicValue};
use tf_provider::schema::*;
use tf_provider::value::{Type, Value};
use tf_provider::{model, testing, *};

/// Within the 4 MiB of a message to `testing::client`, and longer than anyone reads.
const HUGE: usize = 3 << 20;

struct Picky;

impl Provider for Picky {
    const ADDRESS: &'static str = "example/picky";
    const VERSION: &'static str = "1.0.0";
    type Config = Config;
    type Client = ();

    fn catalog(&self) -> Catalog<()> {
        Catalog::new()
    }

    async fn configure(&self, _: &Context<()>, _: Config) -> Result<()> {
        Ok(())
    }

    async fn validate_config(&self, _: &Context<()>, config: Config) -> Result<()> {
        match config.text.as_str() {
            Some(text) => Err(Diagnostic::error(text, text).into()),
            None => Ok(()),
        }
    }
}

model! {
    /// Takes little.
    struct Config {
        /// One of two.
        choice: Attr<String> = optional().validate(one_of(["red", "blue"])),
        /// A small number.
        number: Attr<value::Number> = optional().validate(between(0..=10)),
        /// One of two, and hidden.
        secret: Attr<String> = optional().sensitive().validate(one_of(["red", "blue"])),
        /// Refused by the provider itself.
        text: Attr<String> = optional(),
        /// Numbers by name.
        map: Attr<std::collections::BTreeMap<String, u64>> = optional(),
    }
}

/// What Terraform is shown for a configuration in which one attribute is given.
async fn shown(name: &str, value: Value) -> String {
    let Value::Map(mut config) = Config::default().to_value() else {
        panic!("a model is an object")
    };
    config.insert(name.to_owned(), value);
    let request = proto::validate_provider_config::Request {
        config: Some(DynamicValue {
            msgpack: Value::Map(config).to_msgpack(),
            json: Vec::new(),
        }),
    };
    let answer = testing::client(Picky)
        .validate_provider_config(request)
        .await;
    let found = answer.unwrap().into_inner().diagnostics;
    assert_eq!(found.len(), 1);
    format!("{}: {}", found[0].summary, found[0].detail)
}

#[tokio::test]
async fn cuts_long_values_and_says_how_long_they_were() {
    let huge = || "x".repeat(HUGE);
    let digits = || Value::Number("7".repeat(4000).parse().unwrap());
    let keyed = Value::object([(huge(), Value::Bool(true))]);
    for (name, value, length) in [
        ("choice", Value::string(huge()), "3145728 bytes"),
        ("text", Value::string(huge()), "3145728 bytes"),
        ("number", digits(), "4000 bytes"),
        ("map", keyed, "3145728 bytes"),
        (&huge(), Value::Null, "3145728 bytes"),
    ] {
        let shown = shown(name, value).await;
        assert!(shown.len() < 80_000, "{} bytes are shown", shown.len());
        assert!(shown.contains(length), "{}", &shown[..shown.len().min(500)]);
    }
}

#[tokio::test]
async fn does_not_show_sensitive_values() {
    let shown = shown("secret", Value::string("hunter2")).await;
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(shown.contains("must be one of"), "{shown}");
}

#[test]
fn says_what_was_expected_and_found() {
    let error = |json: &str, ty: Type| {
        Value::from_json(json.as_bytes(), &ty)
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error("true", Type::String), "expected string, found bool");
    assert_eq!(
        error("[1, \"a\"]", Type::list(Type::Number)),
        "[1]: expected number, found string"
    );
    // The kind is right, and the value is not.
    let surrogate = error(r#""\ud800""#, Type::String);
    assert!(
        !surrogate.contains("expected string, found string"),
        "{surrogate}"
    );
    assert!(
        surrogate.contains("surrogate") || surrogate.contains("hex escape"),
        "{surrogate}"
    );
    let number = error("1e999999999", Type::Number);
    assert!(number.contains("not a decimal number"), "{number}");
    // Serde's own error repeats what it does not expect.
    let typed = error(&format!("\"{}\"", "x".repeat(HUGE)), Type::Dynamic);
    assert!(typed.len() < 2000, "{} bytes are shown", typed.len());
}
