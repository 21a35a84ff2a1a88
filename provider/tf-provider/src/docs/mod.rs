//! Generates documentation for the Terraform registry: one Markdown page for the provider, and one
//! for everything that it offers.
//! <https://developer.hashicorp.com/terraform/registry/providers/docs>
//!
//! Descriptions come from the schemas, examples from files, laid out as HashiCorp's
//! `tfplugindocs` has them:
//!
//! ```text
//! provider/provider.tf
//! resources/<name>/resource.tf             and import.sh, where it can be imported
//! data-sources/<name>/data-source.tf
//! ephemeral-resources/<name>/ephemeral-resource.tf
//! functions/<name>/function.tf
//! ```

mod schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::block::Block;
use crate::{Model, Parameter, Provider, Signature};

/// The pages of a provider: path within the folder `docs` → Markdown.
pub type Pages = BTreeMap<PathBuf, String>;

/// Returns the pages of a provider, with the examples of a folder.
///
/// Fails if an example is missing.
pub fn pages<P: Provider>(provider: &P, examples: &Path) -> io::Result<Pages> {
    let (catalog, name) = (provider.catalog(), P::name());
    let writer = Writer {
        provider: name,
        examples,
    };
    let config = P::Config::block();
    let mut pages = Pages::from([("index.md".into(), writer.index(&config)?)]);
    let mut add = |folder: &str, full: &str, page: String| {
        let short = full.strip_prefix(&format!("{name}_")).unwrap_or(full);
        pages.insert(Path::new(folder).join(format!("{short}.md")), page);
    };
    for (full, schema) in catalog.resources() {
        add("resources", full, writer.resource(full, &schema.block)?);
    }
    for (full, schema) in catalog.data_sources() {
        let page = writer.block("Data Source", "data-source", full, &schema.block)?;
        add("data-sources", full, page);
    }
    for (full, schema) in catalog.ephemerals() {
        let kind = ("Ephemeral Resource", "ephemeral-resource");
        let page = writer.block(kind.0, kind.1, full, &schema.block)?;
        add("ephemeral-resources", full, page);
    }
    for (full, signature) in catalog.functions() {
        add("functions", full, writer.function(full, signature)?);
    }
    Ok(pages)
}

/// The folders that hold generated pages alone. People write guides, and other documents beside them.
const GENERATED: [&str; 4] = [
    "data-sources",
    "ephemeral-resources",
    "functions",
    "resources",
];

/// Returns the paths that differ between `pages` and a folder: changed, missing and stale pages.
pub fn differences(pages: &Pages, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = files(folder, Path::new(""))?;
    let is_generated = |file: &Path| GENERATED.iter().any(|folder| file.starts_with(folder));
    found.retain(|file| !pages.contains_key(file) && is_generated(file));
    for (file, page) in pages {
        match fs::read_to_string(folder.join(file)) {
            Ok(text) if text == *page => {}
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => found.push(file.clone()),
        }
    }
    found.sort();
    Ok(found)
}

/// Updates a folder to hold exactly these pages, beside what others write. Returns the paths that differed.
pub fn write(pages: &Pages, folder: &Path) -> io::Result<Vec<PathBuf>> {
    let changed = differences(pages, folder)?;
    for file in &changed {
        let path = folder.join(file);
        match pages.get(file) {
            Some(page) => {
                fs::create_dir_all(path.parent().unwrap_or(folder))?;
                fs::write(path, page)?;
            }
            None => fs::remove_file(path)?,
        }
    }
    Ok(changed)
}

/// Returns the files below a folder, relative to `top`; none if it does not exist.
fn files(top: &Path, below: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(top.join(below)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            found.extend(files(top, &path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

struct Writer<'a> {
    provider: &'a str,
    examples: &'a Path,
}

impl Writer<'_> {
    fn index(&self, config: &Block) -> io::Result<String> {
        let title = format!("{} Provider", self.provider);
        let example = self.example("provider", "provider.tf")?;
        let schema = schema::section(config);
        Ok(page(
            &title,
            &title,
            &config.description,
            &[&example, &schema],
        ))
    }

    fn resource(&self, name: &str, block: &Block) -> io::Result<String> {
        let mut text = self.block("Resource", "resource", name, block)?;
        let import = self.examples.join("resources").join(name).join("import.sh");
        if import.exists() {
            let import = read(&import)?;
            text += &format!("\n## Import\n\n```shell\n{}\n```\n", import.trim_end());
        }
        Ok(text)
    }

    /// Returns the page of a kind of block. `kind` names it in titles, `file` its example.
    fn block(&self, kind: &str, file: &str, name: &str, block: &Block) -> io::Result<String> {
        let example = self.example(&format!("{file}s/{name}"), &format!("{file}.tf"))?;
        let title = format!("{name} {kind} - {}", self.provider);
        let heading = format!("{name} ({kind})");
        let schema = schema::section(block);
        Ok(page(
            &title,
            &heading,
            &block.description,
            &[&example, &schema],
        ))
    }

    fn function(&self, name: &str, signature: &Signature) -> io::Result<String> {
        let example = self.example(&format!("functions/{name}"), "function.tf")?;
        let title = format!("{name} Function - {}", self.provider);
        let heading = format!("function: {name}");
        let sections = [&example, &call(name, signature), &arguments(signature)];
        Ok(page(
            &title,
            &heading,
            &signature.description,
            &sections.map(String::as_str),
        ))
    }

    fn example(&self, folder: &str, file: &str) -> io::Result<String> {
        let text = read(&self.examples.join(folder).join(file))?;
        Ok(format!(
            "## Example Usage\n\n```terraform\n{}\n```\n",
            text.trim_end()
        ))
    }
}

fn read(file: &Path) -> io::Result<String> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    fs::read_to_string(file).map_err(named)
}

/// Returns a page with its front matter. The registry shows the first paragraph in lists, as plain
/// text.
fn page(title: &str, heading: &str, description: &str, sections: &[&str]) -> String {
    let first = description.split("\n\n").next().unwrap_or_default();
    let summary = one_line(first).replace('`', "");
    let sections = sections.iter().filter(|section| !section.is_empty());
    let sections: Vec<_> = sections.copied().collect();
    format!(
        "---\npage_title: \"{title}\"\nsubcategory: \"\"\ndescription: |-\n  {summary}\n---\n\n\
         # {heading}\n\n{description}\n\n{}",
        sections.join("\n")
    )
}

fn call(name: &str, signature: &Signature) -> String {
    let typed = |parameter: &Parameter| {
        let ty = schema::type_name(&parameter.ty).to_lowercase();
        format!("{} {ty}", parameter.name)
    };
    let last = signature.variadic.iter().map(|last| typed(last) + "...");
    let parameters: Vec<_> = signature.parameters.iter().map(typed).chain(last).collect();
    let returns = schema::type_name(&signature.returns).to_lowercase();
    format!(
        "## Signature\n\n```text\n{name}({}) {returns}\n```\n",
        parameters.join(", ")
    )
}

fn arguments(signature: &Signature) -> String {
    let mut text = "## Arguments\n\n".to_owned();
    let parameters = signature.parameters.iter().chain(&signature.variadic);
    for (place, parameter) in parameters.enumerate() {
        let ty = schema::type_name(&parameter.ty);
        let kind = match (parameter.nullable, signature.variadic.is_some()) {
            (_, true) if place == signature.parameters.len() => format!("Variadic, {ty}"),
            (true, _) => format!("{ty}, Nullable"),
            (false, _) => ty,
        };
        let (name, description) = (&parameter.name, one_line(&parameter.description));
        text += &format!("1. `{name}` ({kind}) {description}\n");
    }
    text
}

/// Joins wrapped text into one line.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
