//! What the example lets its user choose.
//!
//! API keys and provisioned capacity are not among what is seen here, but in the modules' own
//! tests: the embedded API Gateway refuses a key without a value, which AWS makes up, and there is
//! no Application Auto Scaling.

use acceptance_tests::{
    answers::{ensure_problem, ensure_status},
    deployment::Deployment,
};
use anyhow::{Context, Result, ensure};
use aws_sdk_apigateway::types::EndpointType;
use aws_sdk_cognitoidentityprovider::types::OAuthFlowType;
use sandbox::api::Api;

use crate::client::{ALL_SCOPES, Person};

/// The web site that may call the API there.
const ORIGIN: &str = "https://app.example.com";

const ALLOW_ORIGIN: &str = "access-control-allow-origin";

/// A deployment of its own goes from access tokens to id tokens. That changes the methods in
/// place, and has to make a new deployment of the API, or the stage would go on as before. (The
/// embedded stage serves the API as it is now, whatever is deployed.)
pub fn id_tokens_open_it_where_they_are_chosen(_: &Deployment) -> Result<()> {
    let choices = [
        ("endpoint_type", "EDGE"),
        ("implicit_grant", "true"),
        ("allowed_origin", ORIGIN),
    ];
    let chosen = Deployment::of_example_with("items-api", "items-api-choices", &choices)?;
    endpoint_is_edge_optimised(&chosen)?;
    implicit_grant_is_allowed(&chosen)?;

    let tokens = Person::new(&chosen, "ida@example.com")?.tokens(ALL_SCOPES)?;
    let api = chosen.api()?;
    ensure_problem(&api.get("/items", Some(&tokens.id))?, 401)?;
    scripts_of_the_origin_may_call(&api, &tokens.access)?;
    let deployed = chosen.output("deployment_id")?;

    let outputs = chosen.apply_with("token_use", "id")?;
    ensure!(
        outputs.string("deployment_id")? != deployed,
        "the API was changed and not deployed"
    );
    ensure_status(&api.get("/items", Some(&tokens.id))?, 200)?;
    ensure_status(
        &api.post("/items", Some(&tokens.id), br#"{"name":"a"}"#)?,
        201,
    )?;
    ensure_problem(&api.get("/items", None)?, 401)?;
    Ok(())
}

/// A browser asks without a token, and lets a script read only what names the script's origin.
fn scripts_of_the_origin_may_call(api: &Api, token: &str) -> Result<()> {
    for (path, methods) in [("/items", "GET"), ("/items/any", "DELETE")] {
        let asked = api.send("OPTIONS", path, None, None)?;
        ensure_status(&asked, 204)?;
        let allowed = asked.header("access-control-allow-methods");
        ensure!(allowed.contains(methods), "{path}: {asked:?}");
        let headers = asked.header("access-control-allow-headers");
        ensure!(headers.contains("authorization"), "{path}: {asked:?}");
        ensure!(asked.header(ALLOW_ORIGIN) == ORIGIN, "{path}: {asked:?}");
    }
    // Answered by API Gateway, and by the function: a refusal as well as a page.
    for (path, token, status) in [
        ("/items", None, 401),
        ("/items/none", Some(token), 404),
        ("/items", Some(token), 200),
    ] {
        let answer = api.get(path, token)?;
        ensure_status(&answer, status)?;
        ensure!(answer.header(ALLOW_ORIGIN) == ORIGIN, "{path}: {answer:?}");
    }
    Ok(())
}

fn endpoint_is_edge_optimised(chosen: &Deployment) -> Result<()> {
    let clients = chosen.clients();
    let apis = clients.wait(clients.apigateway.get_rest_apis().send())?;
    let api = apis.items().first().context("no REST API")?;
    let configuration = api.endpoint_configuration().context("no endpoint")?;
    ensure!(configuration.types() == [EndpointType::Edge], "{api:?}");
    Ok(())
}

/// The embedded hosted UI answers no `response_type=token`, so that the client is looked at.
fn implicit_grant_is_allowed(chosen: &Deployment) -> Result<()> {
    let clients = chosen.clients();
    let request = clients
        .cognito
        .describe_user_pool_client()
        .user_pool_id(chosen.output("user_pool_id")?)
        .client_id(chosen.output("user_pool_client_id")?);
    let client = clients.wait(request.send())?.user_pool_client;
    let client = client.context("no app client")?;
    let flows = client.allowed_o_auth_flows();
    ensure!(
        flows.contains(&OAuthFlowType::Code) && flows.contains(&OAuthFlowType::Implicit),
        "{flows:?}"
    );
    Ok(())
}
