//! Which files count.

use crate::fingerprint::changes;
use crate::fixture::{Fixture, manifest};

const API: &str = "api/Cargo.toml";

#[test]
fn litter_and_documents_never_count() {
    let fixture = Fixture::workspace();
    for path in [
        "README.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "src/README.md",
        ".DS_Store",
        "x.tofu",
        ".tofu",
        ".terraform/x",
        "src/.main.rs.swp",
        "src/main.rs~",
        ".idea/workspace.xml",
        ".vscode/settings.json",
        "Thumbs.db",
        ".git",
    ] {
        changes(&fixture, API, &format!("api/{path}"), "litter", false);
    }
    changes(&fixture, API, "api/src/license.rs", "// a module\n", true);
    let package = Fixture::package("fn main() {}\n");
    let path = "Cargo.toml";
    changes(
        &package,
        path,
        ".cargo/config.toml",
        "[net]\nretry = 5\n",
        false,
    );
}

#[test]
fn what_an_include_names_counts_wherever_it_lies() {
    let fixture = Fixture::workspace();
    fixture.write(".gitignore", "*.generated\n");
    fixture.write("examples/Cargo.toml", &manifest("examples", ""));
    for (path, text) in [
        ("api/examples/default.toml", "a = 1"),
        ("examples/data.bin", "1"),
        (
            "api/tests/common/mod.rs",
            "mod deep; include!(\"part.rs\");",
        ),
        ("api/tests/common/deep.rs", ""),
        (
            "api/tests/common/part.rs",
            "const B: &str = include_str!(\"part.txt\");",
        ),
        ("api/tests/common/part.txt", ""),
        ("api/tests/other.txt", ""),
        ("api/x.generated", ""),
        ("api/README.md", ""),
    ] {
        fixture.write(path, text);
    }
    fixture.write(
        "api/src/main.rs",
        "#![doc = include_str!(\"../README.md\")]\nconst A: &str = include_str!(\"../examples/default.toml\");\nconst B: &[u8] = include_bytes!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../examples/data.bin\"));\nconst C: &str = include_str!(r\"../x.generated\");\n// include_str!(\"../tests/other.txt\")\n#[path = \"../tests/common/mod.rs\"]\nmod common;\nfn main() {}\n",
    );
    for path in [
        "api/examples/default.toml",
        "examples/data.bin",
        "api/tests/common/part.txt",
        "api/tests/common/deep.rs",
        "api/tests/common/part.rs",
        "api/x.generated",
        "api/README.md",
    ] {
        changes(&fixture, API, path, "// changed\n", true);
    }
    changes(&fixture, API, "api/tests/other.txt", "changed", false);
}

#[test]
fn counts_what_cargo_packages() {
    let fixture = Fixture::workspace();
    fixture.write(".gitignore", "/api/generated/\n");
    let section =
        |lines: &str| manifest("api", "").replace("edition", &format!("{lines}\nedition"));
    fixture.write(API, &section("exclude = [\"/docs\", \"*.png\"]"));
    changes(&fixture, API, "api/docs/a.txt", "1", false);
    changes(&fixture, API, "api/static/a.png", "1", false);
    changes(&fixture, API, "api/static/a.txt", "1", true);
    fixture.write(API, &section("include = [\"/src\", \"/generated/*.txt\"]"));
    changes(&fixture, API, "api/static/a.txt", "2", false);
    changes(&fixture, API, "api/generated/a.txt", "1", true);
    changes(&fixture, API, "api/src/main.rs", "fn main() { }\n", true);
    fixture.write(API, &section("include = [\"/nothing\"]"));
    changes(&fixture, API, "api/src/main.rs", "fn main() {  }\n", true);
    changes(&fixture, API, "api/build.rs", "fn main() {}\n", true);
}
