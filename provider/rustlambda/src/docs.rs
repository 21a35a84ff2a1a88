//! `docs/`: the provider's documentation, in the layout of the Terraform registry. It is part of the
//! repository, and this test says when it is not what the schemas and the examples give.

use std::path::{Path, PathBuf};

use tf_provider::docs::{self, Pages};

use crate::provider::RustLambda;

fn pages() -> Pages {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    docs::pages(&RustLambda, &examples).expect("everything has an example")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

/// Set by `cargo xtask docs`, which wants the pages written.
const WRITE: &str = "RUSTLAMBDA_WRITE_DOCS";

#[test]
fn are_what_the_schemas_give() {
    let pages = pages();
    if std::env::var_os(WRITE).is_some() {
        for page in docs::write(&pages, &folder()).expect("docs/ can be written") {
            println!("docs/{}", page.display());
        }
    }
    let different = docs::differences(&pages, &folder()).expect("docs/ can be read");
    let names = different
        .iter()
        .map(|page| format!("docs/{}", page.display()));
    let names = names.collect::<Vec<_>>().join(", ");
    assert!(
        different.is_empty(),
        "{names}: not what schemas and examples give. Run `cargo xtask docs`."
    );
}
