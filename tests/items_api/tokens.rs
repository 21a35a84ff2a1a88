//! Who is let in, and who is not.

use acceptance_tests::{
    answers::{ensure_problem, ensure_status},
    deployment::Deployment,
    strangers::{token_of_another_pool, tokens_of_another_client},
};
use anyhow::{Context, Result, ensure};

use crate::client::{ALL_SCOPES, Person, id_of, rows};

const BODY: &[u8] = br#"{"name":"must not be kept"}"#;

/// Every kind of token that does not open the API gets 401, keeps nothing and starts no function.
pub fn refused_tokens_invoke_nothing(deployment: &Deployment) -> Result<()> {
    let good = Person::new(deployment, "ada@example.com")?.tokens(ALL_SCOPES)?;
    let unsigned = good.access.rsplit_once('.').context("a token has parts")?.0;
    let refused = [
        ("none", None),
        ("not a token", Some("not-a-token".to_owned())),
        ("an empty one", Some(String::new())),
        ("no signature", Some(format!("{unsigned}."))),
        ("another pool's", Some(token_of_another_pool(deployment)?)),
        // Signed in by password, for which Cognito gives the scope of its own API alone.
        (
            "without the scopes",
            Some(tokens_of_another_client(deployment)?.access),
        ),
        ("an id token, which has no scopes", Some(good.id)),
    ];
    let api = deployment.api()?;
    for (name, token) in &refused {
        for (method, path) in [("GET", "/items"), ("POST", "/items"), ("PATCH", "/items")] {
            let body = (method == "POST").then_some(("application/json", BODY));
            let answer = api.send(method, path, token.as_deref(), body)?;
            ensure_problem(&answer, 401).with_context(|| format!("{name}: {method}"))?;
            ensure!(answer.header("www-authenticate") == "Bearer", "{answer:?}");
        }
    }
    ensure!(rows(deployment)? == 0, "a refused item was kept");
    ensure!(
        deployment.log_lines("items-api")? == 0,
        "a refused request invoked the function"
    );

    // The check above can see an invocation: a good token makes one.
    ensure_status(&api.post("/items", Some(&good.access), b"[]")?, 400)?;
    ensure!(
        deployment.log_lines("items-api")? > 0,
        "an invocation leaves no trace in the log group"
    );
    Ok(())
}

/// A token for reading reads and cannot write, and the other way round.
pub fn a_scope_allows_its_own_methods_only(deployment: &Deployment) -> Result<()> {
    let person = Person::new(deployment, "sam@example.com")?;
    let reader = person.tokens("openid items/read")?.access;
    let writer = person.tokens("openid items/write")?.access;
    let api = deployment.api()?;

    let created = api.post("/items", Some(&writer), br#"{"name":"mine"}"#)?;
    ensure_status(&created, 201)?;
    let path = format!("/items/{}", id_of(&created.json()?["item"])?);
    ensure_status(&api.get(&path, Some(&reader))?, 200)?;
    ensure_status(&api.get("/items", Some(&reader))?, 200)?;

    ensure_problem(&api.get(&path, Some(&writer))?, 401)?;
    ensure_problem(&api.get("/items", Some(&writer))?, 401)?;
    ensure_problem(&api.post("/items", Some(&reader), BODY)?, 401)?;
    for method in ["PUT", "DELETE"] {
        let body = Some(("application/json", BODY));
        ensure_problem(&api.send(method, &path, Some(&reader), body)?, 401)?;
    }
    ensure!(
        api.get(&path, Some(&reader))?.json()?["name"] == "mine",
        "changed by a token for reading"
    );
    ensure_status(&api.send("DELETE", &path, Some(&writer), None)?, 204)
}
