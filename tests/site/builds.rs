//! One build after another.

use std::{fs, path::Path};

use acceptance_tests::{answers::ensure_status, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use sandbox::project::Project;
use serde_json::{Value, json};

use crate::visitor;

/// A build whose page names one script, by a hash of what is in it.
struct Build<'a> {
    folder: &'a Path,
    script: &'a str,
}

impl Build<'_> {
    fn write(&self) -> Result<()> {
        let assets = self.folder.join("assets");
        fs::create_dir_all(&assets)?;
        fs::write(self.folder.join("index.html"), self.page())?;
        fs::write(assets.join(self.script), format!("// {}", self.script))?;
        Ok(())
    }

    fn page(&self) -> String {
        let script = self.script;
        format!("<!doctype html><script type=\"module\" src=\"/assets/{script}\"></script>")
    }

    fn ensure_script(&self, deployment: &Deployment) -> Result<()> {
        let answer = visitor::get(deployment, &format!("/assets/{}", self.script))?;
        ensure_status(&answer, 200).with_context(|| self.script.to_owned())?;
        let (kind, kept) = (
            answer.header("content-type"),
            answer.header("cache-control"),
        );
        ensure!(kind == "text/javascript; charset=utf-8", "{kind}");
        ensure!(kept == "public, max-age=31536000, immutable", "{kept}");
        Ok(())
    }
}

pub fn a_new_build_is_seen_at_once_and_an_open_page_keeps_its_scripts(
    deployment: &Deployment,
) -> Result<()> {
    let builds = Project::find()?.build("site-builds");
    let (one, two) = (builds.join("one"), builds.join("two"));
    let first = Build {
        folder: &one,
        script: "page-1a1a1a1a.js",
    };
    let second = Build {
        folder: &two,
        script: "page-2b2b2b2b.js",
    };
    for build in [&first, &second] {
        build.write()?;
    }

    apply(deployment, &json!({"folder": first.folder}))?;
    first.ensure_script(deployment)?;
    apply(
        deployment,
        &json!({"folder": second.folder, "earlier_folders": [first.folder]}),
    )?;
    let page = visitor::get(deployment, "/")?;
    ensure!(page.body == second.page(), "the page is {}", page.body);
    first.ensure_script(deployment)?;
    second.ensure_script(deployment)?;

    apply(deployment, &json!({}))?;
    let gone = visitor::get(deployment, "/assets/page-1a1a1a1a.js")?;
    ensure!([403, 404].contains(&gone.status), "{gone:?}");
    Ok(())
}

fn apply(deployment: &Deployment, site: &Value) -> Result<()> {
    deployment.apply_with("site", &site.to_string())?;
    Ok(())
}
