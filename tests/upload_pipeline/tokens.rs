//! Who is let in, and who is not.

use acceptance_tests::{
    answers::ensure_status,
    deployment::Deployment,
    strangers::{token_of_another_pool, tokens_of_another_client},
};
use anyhow::{Context, Result, ensure};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::observe::{Stored, upload_body};

/// Every kind of token that is not one gets 401, stores nothing and starts no function.
pub fn refused_tokens_invoke_nothing(deployment: &Deployment) -> Result<()> {
    let good = &deployment.user()?.access;
    let parts: Vec<&str> = good.split('.').collect();
    ensure!(parts.len() == 3, "an access token has three parts");
    let tampered = |part: usize| {
        let mut copy: Vec<String> = parts.iter().map(|&part| part.to_owned()).collect();
        copy[part] = change_one_letter(&copy[part]);
        copy.join(".")
    };
    let refused = [
        ("none", None),
        ("not a token", Some("not-a-token".to_owned())),
        ("an empty one", Some(String::new())),
        ("a letter changed in the header", Some(tampered(0))),
        ("a letter changed in the claims", Some(tampered(1))),
        ("a letter changed in the signature", Some(tampered(2))),
        ("no signature", Some(format!("{}.{}.", parts[0], parts[1]))),
        ("alg none", Some(unsigned(&parts)?)),
        (
            "alg HS256, signed by nobody",
            Some(with_algorithm(&parts, "HS256", parts[2])?),
        ),
        ("another pool's", Some(token_of_another_pool(deployment)?)),
        (
            "another app client's access token",
            Some(tokens_of_another_client(deployment)?.access),
        ),
        (
            "another app client's id token",
            Some(tokens_of_another_client(deployment)?.id),
        ),
    ];
    let api = deployment.api()?;
    let before = Stored::count(deployment)?;
    let body = upload_body("refused.txt", "must not be stored");
    for (name, token) in &refused {
        let answer = api.post("/uploads", token.as_deref(), &body)?;
        ensure_status(&answer, 401).context(*name)?;
    }
    ensure!(
        Stored::count(deployment)? == before,
        "a refused upload was stored"
    );
    ensure!(
        deployment.log_lines("upload-api")? == 0,
        "a refused upload invoked upload-api"
    );

    // The check above can see an invocation: a good token makes one.
    let answer = api.post("/uploads", Some(good), b"{}")?;
    ensure_status(&answer, 400)?;
    ensure!(
        deployment.log_lines("upload-api")? > 0,
        "an invocation leaves no trace in the log group"
    );
    Ok(())
}

/// Replaces a letter in the middle by another of the same alphabet.
///
/// Not the last one: some of its bits are padding, and a change of those is none.
fn change_one_letter(part: &str) -> String {
    let middle = part.len() / 2;
    let other = if part.as_bytes()[middle] == b'A' {
        "B"
    } else {
        "A"
    };
    format!("{}{other}{}", &part[..middle], &part[middle + 1..])
}

fn unsigned(parts: &[&str]) -> Result<String> {
    with_algorithm(parts, "none", "")
}

fn with_algorithm(parts: &[&str], algorithm: &str, signature: &str) -> Result<String> {
    let mut header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(parts[0])?)?;
    header["alg"] = json!(algorithm);
    let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
    Ok(format!("{header}.{}.{signature}", parts[1]))
}
