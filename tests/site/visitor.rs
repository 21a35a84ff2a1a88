//! Somebody who visits the site.

use acceptance_tests::deployment::Deployment;
use anyhow::Result;
use sandbox::api::{Answer, Api};

/// Returns what CloudFront answers to a browser, over HTTPS.
pub fn get(deployment: &Deployment, path: &str) -> Result<Answer> {
    let site = Api::of_site(deployment.address(), deployment.output("site_url")?)?;
    site.get(path, None)
}

/// Returns the site over plain HTTP.
pub fn plain(deployment: &Deployment) -> Result<Api> {
    let url = deployment.output("site_url")?;
    Api::of_site(
        deployment.address(),
        &url.replacen("https://", "http://", 1),
    )
}
