//! What `examples/site` has to be told on an embedded AWS, so that a browser on this machine reaches
//! the site and everything that its page calls.
//!
//! The embedded CloudFront reaches no API Gateway, so the page calls the API at its own address.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{embedded_aws::Address, terraform::Outputs};

/// The variable `auth_flows`: the embedded Cognito keeps no rotation of refresh tokens, which the AWS
/// provider takes for a fault.
pub const AUTH_FLOWS: &str = r#"["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]"#;

/// Returns variables for a second apply: the site's address is known from the first one on.
pub fn variables(aws: &Address, outputs: &Outputs) -> Result<[(&'static str, Value); 3]> {
    let services = aws.endpoint();
    let addresses = json!({
        "api": api(aws, outputs)?,
        "cognito": services,
        "sign_in": services,
        "uploads": services,
        "results": services,
    });
    Ok([
        ("api_under_site", json!(false)),
        ("allowed_origins", json!([origin(aws, outputs)?])),
        ("addresses", addresses),
    ])
}

/// Returns the site's origin for a browser on this machine.
pub fn origin(aws: &Address, outputs: &Outputs) -> Result<String> {
    aws.site_origin(outputs.string("site_url")?)
}

/// Returns the API's address for a browser on this machine.
pub fn api(aws: &Address, outputs: &Outputs) -> Result<String> {
    let host = aws.api_host(outputs.string("api_endpoint")?)?;
    Ok(format!("https://{host}"))
}
