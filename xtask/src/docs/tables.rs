//! The part of each module's README that its `.tf` files decide: inputs, outputs, permissions.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{
    module::{Input, Module, Output},
    permissions,
};

const BEGIN: &str =
    "<!-- Written by `cargo xtask docs` from the module's .tf files. Do not edit. -->\n";
const END: &str = "<!-- End of what `cargo xtask docs` writes. -->\n";

/// A README as it should be.
pub struct Readme {
    /// Where it is.
    pub path: PathBuf,
    text: String,
    is: String,
}

impl Readme {
    /// Tells whether the file differs from what the module's `.tf` files give.
    pub fn is_stale(&self) -> bool {
        self.text != self.is
    }

    /// Writes the file.
    pub fn write(&self) -> Result<()> {
        fs::write(&self.path, &self.text)
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Returns the README of each folder in `modules`, in alphabetical order.
///
/// Fails where a module is invalid, has no README, or has a resource type whose permissions are unknown.
pub fn readmes(modules: &Path) -> Result<Vec<Readme>> {
    let mut folders = fs::read_dir(modules)
        .with_context(|| format!("cannot read {}", modules.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    folders.retain(|folder| folder.join("variables.tf").is_file());
    folders.sort();
    folders.iter().map(|folder| readme(folder)).collect()
}

fn readme(folder: &Path) -> Result<Readme> {
    let path = folder.join("README.md");
    let is =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let module = Module::read(folder)?;
    let generated = sections(&module).with_context(|| format!("{}", folder.display()))?;
    let text = replace(&is, &generated).with_context(|| format!("{}", path.display()))?;
    Ok(Readme { path, text, is })
}

/// Puts `generated` between the markers of `readme`, or at its end where it has none.
fn replace(readme: &str, generated: &str) -> Result<String> {
    let section = format!("{BEGIN}\n{generated}\n{END}");
    match (readme.split_once(BEGIN), readme.split_once(END)) {
        (Some((before, _)), Some((_, after))) => Ok(format!("{before}{section}{after}")),
        (None, None) => Ok(format!("{}\n\n{section}", readme.trim_end())),
        _ => bail!("one of the two lines that begin and end the generated part is missing"),
    }
}

fn sections(module: &Module) -> Result<String> {
    Ok(format!(
        "## Inputs\n\n{}\n## Outputs\n\n{}\n## Deployer's permissions\n\n{}",
        inputs(&module.inputs),
        outputs(&module.outputs),
        deployer(module)?
    ))
}

fn inputs(inputs: &[Input]) -> String {
    let mut table = String::from("| input | type | default | description |\n|---|---|---|---|\n");
    for input in inputs {
        let default = match &input.default {
            Some(default) => code(default),
            None => "**required**".to_owned(),
        };
        let _ = writeln!(
            table,
            "| {} | {} | {default} | {} |",
            code(&input.name),
            code(&input.kind),
            cell(&input.description)
        );
    }
    table
}

fn outputs(outputs: &[Output]) -> String {
    let mut table = String::from("| output | description |\n|---|---|\n");
    for output in outputs {
        let _ = writeln!(
            table,
            "| {} | {} |",
            code(&output.name),
            cell(&output.description)
        );
    }
    table
}

/// Lists what the role that applies the module may have to call; resources that need the same share a row.
fn deployer(module: &Module) -> Result<String> {
    let mut rows: Vec<(&permissions::Needs, Vec<String>)> = Vec::new();
    for resource in &module.resources {
        let Some(needs) = permissions::of(resource) else {
            bail!(
                "no permissions are known for {resource}: add it to xtask/src/docs/permissions.rs"
            );
        };
        match rows
            .iter_mut()
            .find(|(row, _)| (row.actions, row.note) == (needs.actions, needs.note))
        {
            _ if needs.actions.is_empty() => {}
            Some((_, resources)) => resources.push(code(resource)),
            None => rows.push((needs, vec![code(resource)])),
        }
    }
    let mut table = String::from(
        "What the role that applies the module has to be allowed, by resource.\n\n| resources | actions |\n|---|---|\n",
    );
    for (needs, resources) in rows {
        let actions = needs
            .actions()
            .iter()
            .map(|action| code(action))
            .collect::<Vec<_>>();
        let note = if needs.note.is_empty() {
            String::new()
        } else {
            format!(". {}", needs.note)
        };
        let _ = writeln!(
            table,
            "| {} | {}{note} |",
            resources.join(", "),
            actions.join(", ")
        );
    }
    Ok(table)
}

fn code(text: &str) -> String {
    format!("`{}`", cell(text))
}

/// Escapes what would end a cell ("Tables", GitHub Flavored Markdown Spec, example 200).
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_what_was_generated_before() -> Result<()> {
        let first = replace("# table\n\nA table.\n", "old\n")?;
        let second = replace(&format!("{first}\nMore.\n"), "new\n")?;
        assert_eq!(
            second,
            format!("# table\n\nA table.\n\n{BEGIN}\nnew\n\n{END}\nMore.\n")
        );
        Ok(())
    }

    #[test]
    fn refuses_a_readme_that_lost_a_marker() {
        assert!(replace(&format!("# table\n{BEGIN}"), "new").is_err());
    }

    #[test]
    fn names_the_resource_without_permissions() {
        let module = Module {
            resources: ["aws_unheard_of".to_owned()].into(),
            ..Module::default()
        };
        let error = sections(&module).unwrap_err().to_string();
        assert!(error.contains("aws_unheard_of"), "{error}");
    }

    #[test]
    fn readmes_are_what_the_modules_give() -> Result<()> {
        let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../modules");
        let readmes = readmes(&modules)?;
        assert!(readmes.len() > 5, "found {} modules", readmes.len());
        for readme in readmes {
            assert!(
                !readme.is_stale(),
                "{}: stale. Run `cargo xtask docs`.",
                readme.path.display()
            );
        }
        Ok(())
    }
}
