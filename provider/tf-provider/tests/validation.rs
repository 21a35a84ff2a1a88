//! What validation refuses in a configuration, and how it names what is at fault.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use tf_provider::model::Set;
use tf_provider::schema::*;
use tf_provider::value::Value;
use tf_provider::{proto, testing, *};

/// A provider whose configuration, resource, data source and ephemeral resource share a model.
struct Shapes;

impl Provider for Shapes {
    const ADDRESS: &'static str = "example/shapes";
    const VERSION: &'static str = "1.0.0";
    type Config = Shape;
    type Client = ();

    fn catalog(&self) -> Catalog<()> {
        Catalog::new()
            .resource(Kinds)
            .data_source(Kinds)
            .ephemeral(Kinds)
    }

    async fn configure(&self, _: &Context<()>, _: Shape) -> Result<()> {
        Ok(())
    }
}

model! {
    /// A corner.
    struct Corner {
        /// Its name.
        name: Attr<String> = required(),
        /// Another name.
        alias: Attr<String> = optional(),
        /// Its number.
        number: Attr<u64> = computed(),
        /// One way to say it.
        long: Attr<String> = optional().exactly_one_of(["short"]),
        /// The other way to say it.
        short: Attr<String> = optional(),
    }
}

model! {
    /// A shape.
    struct Shape {
        /// Its name.
        name: Attr<String> = required(),
        /// Its size.
        size: Attr<u64> = computed(),
        /// Its colour.
        colour: Attr<String> = optional().validate(one_of(["red", "blue"])),
        /// One object.
        only: Attr<Corner> = optional(),
        /// Objects in order.
        list: Attr<Vec<Corner>> = optional(),
        /// Objects without order.
        set: Attr<Set<Corner>> = optional(),
        /// Objects by name.
        map: Attr<BTreeMap<String, Corner>> = optional(),
        /// Objects that the provider gives.
        found: Attr<Vec<Corner>> = computed(),
        /// One block.
        block: Attr<Corner> = block(),
        /// Blocks in order.
        blocks: Attr<Vec<Corner>> = block().max_items(2),
        /// Blocks without order.
        block_set: Attr<Set<Corner>> = block(),
    }
}

struct Kinds;

impl Resource for Kinds {
    const NAME: &'static str = "shapes_kind";
    type Client = ();
    type Model = Shape;

    async fn create(&self, _: &Context<()>, plan: Shape) -> Result<Shape> {
        Ok(plan)
    }

    async fn read(&self, _: &Context<()>, state: Shape) -> Result<Option<Shape>> {
        Ok(Some(state))
    }

    async fn delete(&self, _: &Context<()>, _: Shape) -> Result<()> {
        Ok(())
    }
}

impl DataSource for Kinds {
    const NAME: &'static str = "shapes_kind";
    type Client = ();
    type Model = Shape;

    async fn read(&self, _: &Context<()>, config: Shape) -> Result<Shape> {
        Ok(config)
    }
}

impl EphemeralResource for Kinds {
    const NAME: &'static str = "shapes_kind";
    type Client = ();
    type Model = Shape;

    async fn open(&self, _: &Context<()>, config: Shape) -> Result<Opened<Shape>> {
        Ok(config.into())
    }
}

/// A configuration with every argument null but these.
fn shape(given: &[(&str, Value)]) -> Value {
    object(&Shape::default().to_value(), given)
}

/// A corner with a name and these arguments.
fn corner(given: &[(&str, Value)]) -> Value {
    let named = [("name", text("c")), ("long", text("l"))];
    object(&object(&Corner::default().to_value(), &named), given)
}

fn object(empty: &Value, given: &[(&str, Value)]) -> Value {
    let Value::Map(mut all) = empty.clone() else {
        panic!("not an object: {empty:?}")
    };
    all.extend(
        given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    Value::Map(all)
}

fn text(text: &str) -> Value {
    Value::string(text)
}

/// The errors that each of the four validations has in common, as "summary: detail".
async fn errors(config: Value) -> Vec<String> {
    let mut client = testing::client(Shapes);
    let type_name = || <Kinds as Resource>::NAME.to_owned();
    let config = || {
        Some(proto::DynamicValue {
            msgpack: config.to_msgpack(),
            json: Vec::new(),
        })
    };
    let resource = proto::validate_resource_config::Request {
        type_name: type_name(),
        config: config(),
        ..Default::default()
    };
    let data = proto::validate_data_resource_config::Request {
        type_name: type_name(),
        config: config(),
    };
    let ephemeral = proto::validate_ephemeral_resource_config::Request {
        type_name: type_name(),
        config: config(),
    };
    let provider = proto::validate_provider_config::Request { config: config() };
    let found = [
        client
            .validate_resource_config(resource)
            .await
            .unwrap()
            .into_inner()
            .diagnostics,
        client
            .validate_data_resource_config(data)
            .await
            .unwrap()
            .into_inner()
            .diagnostics,
        client
            .validate_ephemeral_resource_config(ephemeral)
            .await
            .unwrap()
            .into_inner()
            .diagnostics,
        client
            .validate_provider_config(provider)
            .await
            .unwrap()
            .into_inner()
            .diagnostics,
    ];
    for other in &found[1..] {
        assert_eq!(&found[0], other);
    }
    found[0]
        .iter()
        .map(|found| format!("{}: {}", found.summary, found.detail))
        .collect()
}

#[tokio::test]
async fn refuses_a_required_attribute_that_is_null_by_its_path() {
    assert_eq!(errors(shape(&[("name", text("n"))])).await, [""; 0]);
    let nameless = || corner(&[("name", Value::Null)]);
    let two = || vec![corner(&[]), nameless()];
    let map = || Value::object([("a b", nameless())]);
    for (path, given) in [
        ("name", ("name", Value::Null)),
        ("only.name", ("only", nameless())),
        ("list[1].name", ("list", Value::List(two()))),
        ("set[*].name", ("set", Value::set(two()))),
        ("map[\"a b\"].name", ("map", map())),
        ("block.name", ("block", nameless())),
        ("blocks[1].name", ("blocks", Value::List(two()))),
        ("block_set[*].name", ("block_set", Value::set(two()))),
    ] {
        let found = errors(shape(&[("name", text("n")), given])).await;
        assert_eq!(
            found,
            [format!(
                "Missing value for {path}: The attribute {path} is required and cannot be null. \
                 Set it to a value."
            )]
        );
    }
}

#[tokio::test]
async fn refuses_a_null_object_in_a_collection() {
    let list = Value::List(vec![corner(&[]), Value::Null]);
    let found = errors(shape(&[("name", text("n")), ("list", list)])).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("Missing value for list[1]: "),
        "{found:?}"
    );
}

#[tokio::test]
async fn refuses_a_read_only_attribute_by_its_path() {
    let numbered = || corner(&[("number", Value::Number(1_u64.into()))]);
    for (path, given) in [
        ("size", ("size", Value::Number(1_u64.into()))),
        (
            "found",
            ("found", Value::List(vec![corner(&[("name", Value::Null)])])),
        ),
        ("only.number", ("only", numbered())),
        ("list[0].number", ("list", Value::List(vec![numbered()]))),
        (
            "blocks[0].number",
            ("blocks", Value::List(vec![numbered()])),
        ),
        ("size", ("size", Value::unknown())),
    ] {
        let found = errors(shape(&[("name", text("n")), given])).await;
        assert_eq!(
            found,
            [format!(
                "{path} is read-only: The provider sets this attribute. Remove {path} from the \
                 configuration."
            )]
        );
    }
}

#[tokio::test]
async fn accepts_values_that_are_still_unknown() {
    let unknown = |name| (name, Value::unknown());
    let all = [
        "name",
        "colour",
        "only",
        "list",
        "set",
        "map",
        "block",
        "blocks",
        "block_set",
    ];
    assert_eq!(errors(shape(&all.map(unknown))).await, [""; 0]);
    let half = || corner(&["name", "alias", "long", "short"].map(unknown));
    let objects = || Value::List(vec![Value::unknown(), half()]);
    let given = [
        ("name", text("n")),
        ("only", half()),
        ("list", objects()),
        ("set", Value::set([Value::unknown(), half()])),
        (
            "map",
            Value::object([("k", Value::unknown()), ("l", half())]),
        ),
        ("block", half()),
        ("blocks", objects()),
    ];
    assert_eq!(errors(shape(&given)).await, [""; 0]);
}
