//! The pages that a provider's schemas and examples become.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use tf_provider::docs::{differences, pages, write};
use tf_provider::schema::{computed, optional, required};
use tf_provider::{
    Attr, Catalog, Context, Function, FunctionError, NoConfig, Provider, Resource, Result, model,
};

model! {
    /// A note in
    /// a `file`.
    ///
    /// It stays.
    pub struct Note {
        /// Name of
        /// the file.
        pub name: Attr<String> = required().requires_replace(),
        /// What the file holds.
        pub text: Attr<String> = optional().default("empty").conflicts_with(["parts"]),
        /// What the file is made of.
        pub parts: Attr<Vec<Part>> = optional(),
        /// Bytes.
        pub size: Attr<u64> = computed(),
    }
}

model! {
    /// A part.
    pub struct Part {
        /// What it holds.
        pub text: Attr<String> = required().sensitive(),
    }
}

model! {
    /// Repeats
    /// a text.
    pub struct Arguments {
        /// The text.
        pub text: String = required(),
        /// How often.
        pub times: Option<u64> = required(),
    }
}

struct Notes;

impl Resource for Notes {
    const NAME: &'static str = "example_note";
    type Client = ();
    type Model = Note;

    async fn create(&self, _: &Context<()>, note: Note) -> Result<Note> {
        Ok(note)
    }

    async fn read(&self, _: &Context<()>, note: Note) -> Result<Option<Note>> {
        Ok(Some(note))
    }

    async fn delete(&self, _: &Context<()>, _: Note) -> Result<()> {
        Ok(())
    }
}

struct Repeat;

impl Function for Repeat {
    const NAME: &'static str = "repeat";
    type Client = ();
    type Arguments = Arguments;
    type Output = String;

    async fn run(&self, _: &Context<()>, _: Arguments) -> Result<String, FunctionError> {
        Ok(String::new())
    }
}

struct Example;

impl Provider for Example {
    const ADDRESS: &'static str = "example/example";
    const VERSION: &'static str = "1.0.0";
    type Config = NoConfig;
    type Client = ();

    fn catalog(&self) -> Catalog<()> {
        Catalog::new().resource(Notes).function(Repeat)
    }

    async fn configure(&self, _: &Context<()>, _: NoConfig) -> Result<()> {
        Ok(())
    }
}

const RESOURCE: &str = r#"---
page_title: "example_note Resource - example"
subcategory: ""
description: |-
  A note in a file.
---

# example_note (Resource)

A note in
a `file`.

It stays.

## Example Usage

```terraform
resource "example_note" "x" {}
```

## Schema

### Required

- `name` (String) Name of the file. A change replaces the resource.

### Optional

- `text` (String) What the file holds. Default: `empty`. Conflicts with `parts`.
- `parts` (Attributes List) What the file is made of. (see [below for nested schema](#nestedatt--parts))

### Read-Only

- `size` (Number) Bytes.

<a id="nestedatt--parts"></a>
### Nested Schema for `parts`

Required:

- `text` (String, Sensitive) What it holds.

## Import

```shell
terraform import example_note.x name
```
"#;

const FUNCTION: &str = r#"---
page_title: "repeat Function - example"
subcategory: ""
description: |-
  Repeats a text.
---

# function: repeat

Repeats
a text.

## Example Usage

```terraform
output "x" {}
```

## Signature

```text
repeat(text string, times number) string
```

## Arguments

1. `text` (String) The text.
1. `times` (Number, Nullable) How often.
"#;

/// A folder of examples for everything that [`Example`] offers.
fn examples() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("provider/provider.tf", "provider \"example\" {}\n"),
        (
            "resources/example_note/resource.tf",
            "resource \"example_note\" \"x\" {}\n",
        ),
        (
            "resources/example_note/import.sh",
            "terraform import example_note.x name\n",
        ),
        ("functions/repeat/function.tf", "output \"x\" {}\n"),
    ] {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

#[test]
fn describes_schemas_and_examples() {
    let pages = pages(&Example, examples().path()).unwrap();
    let paths: Vec<_> = pages.keys().map(|path| path.to_str().unwrap()).collect();
    assert_eq!(
        paths,
        ["functions/repeat.md", "index.md", "resources/note.md"]
    );
    assert_eq!(pages[Path::new("resources/note.md")], RESOURCE);
    assert_eq!(pages[Path::new("functions/repeat.md")], FUNCTION);
    let index = &pages[Path::new("index.md")];
    assert!(!index.contains("## Schema"), "{index}");
}

#[test]
fn names_missing_examples() {
    let examples = examples();
    fs::remove_file(examples.path().join("functions/repeat/function.tf")).unwrap();
    let error = pages(&Example, examples.path()).unwrap_err().to_string();
    assert!(error.contains("functions/repeat/function.tf"), "{error}");
}

#[test]
fn updates_a_folder() {
    let pages = pages(&Example, examples().path()).unwrap();
    let docs = tempfile::tempdir().unwrap();
    write(&pages, docs.path()).unwrap();
    assert!(differences(&pages, docs.path()).unwrap().is_empty());
    fs::write(docs.path().join("index.md"), "other").unwrap();
    fs::write(docs.path().join("functions/gone.md"), "").unwrap();
    // What somebody else writes there.
    fs::write(docs.path().join("openapi.yaml"), "").unwrap();
    let different = ["functions/gone.md", "index.md"].map(Path::new);
    assert_eq!(differences(&pages, docs.path()).unwrap(), different);
    assert_eq!(write(&pages, docs.path()).unwrap(), different);
    assert!(differences(&pages, docs.path()).unwrap().is_empty());
    assert!(docs.path().join("openapi.yaml").exists());
}
