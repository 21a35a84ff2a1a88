//! Another team's repository, which has this project by git alone: `examples/custom-processor`, with
//! the module and the library of processors from git sources.

use std::{fs, path::Path, process::Command, time::Duration};

use acceptance_tests::{
    answers::{ensure_problem, ensure_status},
    deployment::Deployment,
    published::{commit, git, outside, publish},
};
use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use sandbox::{api::Api, cancel, process, project::Project, terraform::Terraform};
use serde_json::{Value, json};

/// How long the pipeline may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Clones it into an empty folder, applies it, has images made small and destroys it.
#[test]
fn a_team_deploys_its_own_processor_with_a_module_from_git() -> Result<()> {
    cancel::on_signals()?;
    let project = Project::find()?;
    let outside = outside("module-consumer")?;
    let clone = repository_of_the_team(&project, &outside)?;
    its_own_tests_pass(&project, &clone)?;

    let deployment = Deployment::apply("module-consumer", |project, aws, cli_config| {
        let terraform = Terraform::new(project, "module-consumer", clone, aws, cli_config)?;
        Ok(terraform
            .variable("deletion_protection", false)
            .variable("build_profile", "dev"))
    })?;
    let example = project.root().join("examples/custom-processor");
    let sample = fs::read(example.join("sample.png"))?;
    let token = &deployment.new_user("grace@example.com")?.access;
    let api = deployment.api()?;

    let upload = settled(&api, token, "sample.png", &sample)?;
    ensure!(upload["status"] == "PROCESSED", "{upload}");
    let thumbnail = result(&deployment, &upload)?;
    ensure!(size(&sample)? == (1280, 640));
    ensure!(size(&thumbnail)? == (320, 160), "{:?}", size(&thumbnail)?);

    let upload = settled(&api, token, "sample.png", b"no image")?;
    let reason = upload["reason"].as_str().unwrap_or_default();
    ensure!(upload["status"] == "FAILED", "{upload}");
    ensure!(reason.contains("not an image"), "{upload}");

    // What the processor will not read is refused before it is sent.
    let large = json!({"filename": "large.png", "size": 20 * 1024 * 1024 + 1}).to_string();
    let refused = api.post("/uploads", Some(token), large.as_bytes())?;
    ensure_problem(&refused, 413)?;

    deployment.destroy_leaves_nothing()?;
    Ok(fs::remove_dir_all(outside)?)
}

/// What the example's comments say to change in a repository of one's own, and no more.
fn repository_of_the_team(project: &Project, outside: &Path) -> Result<std::path::PathBuf> {
    let (published, team) = (outside.join("published"), outside.join("team"));
    publish(project, project.root(), &published, |_, text| Ok(text))?;
    let published = format!("file://{}", published.display());
    let example = project.root().join("examples/custom-processor");
    publish(project, &example, &team, |name, text| match name {
        "Cargo.toml" => changed(
            &text,
            r#"{ path = "../../lambdas/upload-pipeline" }"#,
            &format!(r#"{{ git = "{published}" }}"#),
        ),
        "main.tf" => changed(
            &text,
            r#""../../modules/upload-pipeline""#,
            &format!(r#""git::{published}//modules/upload-pipeline""#),
        ),
        _ => Ok(text),
    })?;
    // The lock file's entry says where a package comes from.
    cargo(project, &team, &["metadata", "--format-version", "1"])?;
    commit(project, &team)?;
    let clone = outside.join("clone");
    let (from, to) = (team.display().to_string(), clone.display().to_string());
    git(project, outside, &["clone", "--quiet", &from, &to])?;
    Ok(clone)
}

fn changed(text: &str, from: &str, to: &str) -> Result<String> {
    ensure!(text.contains(from), "the example holds no {from}");
    Ok(text.replace(from, to))
}

fn its_own_tests_pass(project: &Project, clone: &Path) -> Result<()> {
    let finished = cargo(project, clone, &["test", "--locked"])?;
    let passed = finished.contains("test result: ok. 4 passed");
    ensure!(passed, "the example's tests did not all run: {finished}");
    Ok(())
}

fn cargo(project: &Project, at: &Path, args: &[&str]) -> Result<String> {
    let mut command = Command::new("cargo");
    command
        .args(args)
        .current_dir(at)
        .env("CARGO_TARGET_DIR", project.build("custom-processor"));
    let log = project.log(&format!("custom-processor-{}", args[0]));
    let finished = process::run(&mut command, &log, |_| {})?;
    Ok(finished.success(&format!("cargo {}", args[0]))?.stdout)
}

/// Uploads the file, and waits until its status is final.
fn settled(api: &Api, token: &str, name: &str, file: &[u8]) -> Result<Value> {
    let body = json!({
        "filename": name,
        "content_type": "image/png",
        "content_base64": BASE64_STANDARD.encode(file),
    });
    let answer = api.post("/uploads", Some(token), body.to_string().as_bytes())?;
    ensure_status(&answer, 201)?;
    let id = answer.json()?["upload_id"].clone();
    let place = format!("/uploads/{}", id.as_str().context("there is no upload_id")?);
    let settled = cancel::poll(PATIENCE, || {
        let upload = api.get(&place, Some(token))?.success("GET of an upload")?;
        let upload = upload.json()?;
        let status = upload["status"].as_str().unwrap_or_default();
        Ok(["PROCESSED", "FAILED"].contains(&status).then_some(upload))
    })?;
    settled.with_context(|| format!("{name} has no final status after {PATIENCE:?}"))
}

fn result(deployment: &Deployment, upload: &Value) -> Result<Vec<u8>> {
    let clients = deployment.clients();
    let key = upload["processed"]["key"].as_str();
    let get = clients.s3.get_object();
    let get = get.bucket(deployment.output("processed_bucket")?);
    let object = clients.wait(get.key(key.context("there is no result")?).send())?;
    let content_type = object.content_type().unwrap_or_default();
    ensure!(content_type == "image/png", "stored as {content_type}");
    Ok(clients.wait(object.body.collect())?.to_vec())
}

/// Width and height of a PNG: big-endian, behind signature, length and "IHDR".
fn size(png: &[u8]) -> Result<(u32, u32)> {
    let word = |at: usize| -> Result<u32> {
        let bytes = png.get(at..at + 4).context("not a PNG")?;
        Ok(u32::from_be_bytes(bytes.try_into()?))
    };
    ensure!(png.starts_with(b"\x89PNG"), "not a PNG");
    Ok((word(16)?, word(20)?))
}
