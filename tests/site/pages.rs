//! What the distribution answers for the bucket, and the bucket to others.

use std::fs;

use acceptance_tests::{answers::ensure_status, deployment::Deployment};
use anyhow::{Context, Result, ensure};
use sandbox::{api::Answer, objects, project::Project};

use crate::visitor;

/// The page as it was built.
fn page() -> Result<String> {
    let built = Project::find()?.build("web/site/dist/index.html");
    fs::read_to_string(&built).with_context(|| format!("cannot read {}", built.display()))
}

/// Fails unless the answer is the page.
fn ensure_page(answer: &Answer) -> Result<()> {
    ensure_status(answer, 200)?;
    ensure!(answer.body == page()?, "not the page: {}", answer.body);
    Ok(())
}

pub fn the_page_comes_with_strict_headers(deployment: &Deployment) -> Result<()> {
    let page = visitor::get(deployment, "/")?;
    ensure_page(&page)?;
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("strict-transport-security", "max-age=63072000"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        ensure!(page.header(name) == value, "{name}: {}", page.header(name));
    }
    let features = page.header("permissions-policy");
    ensure!(features.contains("camera=()"), "{features}");

    let policy = page.header("content-security-policy");
    let directives: Vec<_> = policy.split("; ").collect();
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types hash-worker",
    ] {
        ensure!(directives.contains(&directive), "{directive}: {policy}");
    }
    ensure!(!policy.contains("unsafe"), "{policy}");
    Ok(())
}

pub fn plain_http_is_redirected(deployment: &Deployment) -> Result<()> {
    let site = visitor::plain(deployment)?;
    let answer = site.get("/album?page=2", None)?;
    ensure_status(&answer, 301)?;
    let expected = format!("https://{}/album?page=2", site.host());
    ensure!(answer.header("location") == expected, "{answer:?}");
    Ok(())
}

pub fn addresses_of_the_application_are_its_page(deployment: &Deployment) -> Result<()> {
    for path in ["/album", "/album/", "/album/7?code=a.b", "/index.html"] {
        let answer = visitor::get(deployment, path)?;
        ensure_page(&answer).with_context(|| path.to_owned())?;
    }
    Ok(())
}

/// They are 404 on AWS; the embedded S3 answers CloudFront 403, whatever the bucket's policy says.
pub fn missing_files_are_not_the_page(deployment: &Deployment) -> Result<()> {
    for path in [
        "/missing.js",
        "/assets/page-0123abcd.js",
        "/assets/page",
        "/.well-known/none",
    ] {
        let answer = visitor::get(deployment, path)?;
        ensure!([403, 404].contains(&answer.status), "{path}: {answer:?}");
    }
    Ok(())
}

pub fn the_bucket_answers_nobody_else(deployment: &Deployment) -> Result<()> {
    let bucket = deployment.output("site_bucket")?;
    let aws = deployment.address();
    let object = objects::read(aws, bucket, "index.html")?;
    let page = page()?;
    ensure!(object.as_ref() == Some(&page), "not the page: {object:?}");
    for key in ["index.html", ""] {
        let status = objects::status_without_credentials(aws, bucket, key)?;
        ensure!(status == 403, "{key:?} is answered {status}");
    }
    Ok(())
}
