//! What a Terraform module takes, gives and creates, as its `.tf` files say.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result, bail};
use hcl::{
    Block, Body,
    expr::{Expression, FuncCall, Object, ObjectKey},
    format::{Format, Formatter},
};

/// The interface of one module.
#[derive(Debug, Default)]
pub struct Module {
    /// Variables in the order of the file, each followed by the attributes of its object type.
    pub inputs: Vec<Input>,
    /// Outputs in the order of the file.
    pub outputs: Vec<Output>,
    /// Types of the resources, also of the modules that this one calls; data sources as `data.<type>`.
    pub resources: BTreeSet<String>,
}

/// A variable, or an attribute of one.
#[derive(Debug, PartialEq, Eq)]
pub struct Input {
    /// The name or, for an attribute, the path, such as `vpc.subnet_ids` and `routes[*].function`.
    pub name: String,
    /// The type, in which `object` stands for an object's attributes.
    pub kind: String,
    /// The default, as HCL; none where a value is required.
    pub default: Option<String>,
    /// The description; empty for an attribute.
    pub description: String,
}

/// An output value.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
}

impl Module {
    /// Reads all `.tf` files of `folder`, and the resources of the modules that they call by path.
    ///
    /// Fails where a file is invalid, or a variable or output lacks its type or description.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = fs::read_dir(folder)
            .with_context(|| format!("cannot read {}", folder.display()))?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<Vec<_>>>()?;
        files.retain(|file| file.extension().is_some_and(|extension| extension == "tf"));
        files.sort();
        let mut module = Self::default();
        for file in files {
            let text = fs::read_to_string(&file)?;
            let body = hcl::parse(&text).with_context(|| format!("{}", file.display()))?;
            module
                .add(&body, folder)
                .with_context(|| format!("{}", file.display()))?;
        }
        Ok(module)
    }

    fn add(&mut self, body: &Body, folder: &Path) -> Result<()> {
        for block in body.blocks() {
            let label = |index: usize| block.labels().get(index).map_or("", |label| label.as_str());
            match block.identifier() {
                "variable" => self.inputs.extend(variable(label(0), block)?),
                "output" => self.outputs.push(Output {
                    name: label(0).to_owned(),
                    description: description(label(0), block)?,
                }),
                "resource" => self.resources.extend([label(0).to_owned()]),
                "data" => self.resources.extend([format!("data.{}", label(0))]),
                "module" => {
                    let Some(Expression::String(source)) = attribute(block, "source") else {
                        bail!("module {:?} has no source", label(0));
                    };
                    let called = Self::read(&folder.join(source))?;
                    self.resources.extend(called.resources);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn variable(name: &str, block: &Block) -> Result<Vec<Input>> {
    let kind = attribute(block, "type").with_context(|| format!("variable {name:?}: no type"))?;
    let default = attribute(block, "default").map(hcl_of).transpose()?;
    let mut inputs = Vec::new();
    add_input(&mut inputs, name.to_owned(), kind, default)?;
    inputs[0].description = description(name, block)?;
    Ok(inputs)
}

/// Adds the row of one value, and of the attributes that its type has.
fn add_input(
    inputs: &mut Vec<Input>,
    name: String,
    kind: &Expression,
    default: Option<String>,
) -> Result<()> {
    let (kind, attributes) = kind_of(kind)?;
    let path = format!("{name}{}", if kind == "object" { "" } else { "[*]" });
    inputs.push(Input {
        name,
        kind,
        default,
        description: String::new(),
    });
    for (key, kind) in attributes.into_iter().flatten() {
        let (kind, default) = match call(kind, "optional") {
            Some([kind, default]) => (kind, Some(hcl_of(default)?)),
            Some([kind]) => (kind, Some("null".to_owned())),
            _ => (kind, None),
        };
        add_input(inputs, format!("{path}.{}", key_of(key)?), kind, default)?;
    }
    Ok(())
}

type Attributes = Object<ObjectKey, Expression>;

/// Returns a type's short name, and the attributes of the object in it, if there is one.
fn kind_of(kind: &Expression) -> Result<(String, Option<&Attributes>)> {
    if let Some([Expression::Object(attributes)]) = call(kind, "object") {
        return Ok(("object".to_owned(), Some(attributes)));
    }
    for collection in ["list", "set", "map"] {
        if let Some([element]) = call(kind, collection) {
            let (element, attributes) = kind_of(element)?;
            return Ok((format!("{collection}({element})"), attributes));
        }
    }
    Ok((hcl_of(kind)?, None))
}

/// Returns the arguments, where `expression` calls the function `name`.
fn call<'a>(expression: &'a Expression, name: &str) -> Option<&'a [Expression]> {
    match expression {
        Expression::FuncCall(called) => {
            let FuncCall { name: is, args, .. } = called.as_ref();
            (is.name.as_str() == name).then_some(args.as_slice())
        }
        _ => None,
    }
}

fn key_of(key: &ObjectKey) -> Result<&str> {
    match key {
        ObjectKey::Identifier(name) => Ok(name.as_str()),
        _ => bail!("an attribute of an object type is not a plain name"),
    }
}

fn attribute<'a>(block: &'a Block, key: &str) -> Option<&'a Expression> {
    let mut attributes = block.body().attributes();
    Some(attributes.find(|attribute| attribute.key() == key)?.expr())
}

fn description(name: &str, block: &Block) -> Result<String> {
    match attribute(block, "description") {
        Some(Expression::String(text)) => Ok(text.clone()),
        _ => bail!(
            "{} {name:?}: give it a description, in one string without templates",
            block.identifier()
        ),
    }
}

/// Writes an expression on one line.
fn hcl_of(expression: &Expression) -> Result<String> {
    let mut formatter = Formatter::builder().compact(true).build_vec();
    Ok(expression.format_string(&mut formatter)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(text: &str) -> Vec<(String, String, Option<String>)> {
        let mut module = Module::default();
        module
            .add(&hcl::parse(text).expect("HCL"), Path::new("."))
            .expect("a module");
        let rows = module.inputs.into_iter();
        rows.map(|input| (input.name, input.kind, input.default))
            .collect()
    }

    fn row(name: &str, kind: &str, default: Option<&str>) -> (String, String, Option<String>) {
        (name.into(), kind.into(), default.map(Into::into))
    }

    #[test]
    fn gives_each_attribute_of_an_object_a_row() {
        let text = r#"
            variable "role" {
              description = "The role."
              type = object({
                path = optional(string, "/")
                arn  = string
              })
              default = {}
            }
        "#;
        let expected = [
            row("role", "object", Some("{}")),
            row("role.path", "string", Some("\"/\"")),
            row("role.arn", "string", None),
        ];
        assert_eq!(inputs(text), expected);
    }

    #[test]
    fn follows_objects_in_collections() {
        let text = r#"
            variable "routes" {
              description = "The routes."
              type = map(object({ scopes = optional(set(string)), limits = optional(object({ rate = number })) }))
            }
        "#;
        let expected = [
            row("routes", "map(object)", None),
            row("routes[*].scopes", "set(string)", Some("null")),
            row("routes[*].limits", "object", Some("null")),
            row("routes[*].limits.rate", "number", None),
        ];
        assert_eq!(inputs(text), expected);
    }

    #[test]
    fn refuses_a_variable_without_description() {
        let body = hcl::parse("variable \"name\" {\n type = string\n}").expect("HCL");
        let error = Module::default().add(&body, Path::new(".")).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("variable \"name\": give it a description"),
            "{error}"
        );
    }

    /// Arguments that `docs/resources/package.md` lists above what the resource gives back.
    fn arguments_of_package(root: &Path) -> Vec<String> {
        let page = fs::read_to_string(root.join("docs/resources/package.md")).expect("the page");
        let (_, schema) = page.split_once("### Optional").expect("arguments");
        let (arguments, _) = schema.split_once("### Read-Only").expect("results");
        let names = arguments
            .lines()
            .filter_map(|line| line.strip_prefix("- `"));
        names
            .filter_map(|line| Some(line.split_once('`')?.0.to_owned()))
            .collect()
    }

    #[test]
    fn rust_function_passes_every_argument_of_a_package_on() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let text = fs::read_to_string(root.join("modules/rust-function/main.tf")).expect("a file");
        let body = hcl::parse(&text).expect("HCL");
        let package = body
            .blocks()
            .find(|block| {
                block
                    .labels()
                    .iter()
                    .any(|label| label.as_str() == "rustlambda_package")
            })
            .expect("a package");
        let arguments = arguments_of_package(&root);
        assert!(arguments.len() > 10, "{arguments:?}");
        for argument in arguments {
            assert!(
                attribute(package, &argument).is_some(),
                "modules/rust-function passes no {argument} on"
            );
        }
    }
}
