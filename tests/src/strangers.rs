//! Tokens that are good, though not for the application under test.

use anyhow::{Context, Result};
use aws_sdk_cognitoidentityprovider::types::ExplicitAuthFlowsType;
use sandbox::cognito;

use crate::deployment::{Deployment, PASSWORD};

/// The access token of a pool that the configuration does not know, with its own client and user.
pub fn token_of_another_pool(deployment: &Deployment) -> Result<String> {
    let clients = deployment.clients();
    let pool = clients.wait(
        clients
            .cognito
            .create_user_pool()
            .pool_name("strangers")
            .send(),
    )?;
    let pool = pool
        .user_pool
        .and_then(|pool| pool.id)
        .context("the new pool has no id")?;
    let client = new_client(deployment, &pool)?;
    let tokens =
        cognito::sign_in_new_user(deployment.address(), &client, "eve@example.com", PASSWORD)?;
    clients.wait(
        clients
            .cognito
            .delete_user_pool()
            .user_pool_id(&pool)
            .send(),
    )?;
    Ok(tokens.access)
}

/// The user whom most scenarios share, signed in at another application of the same pool.
pub fn tokens_of_another_client(deployment: &Deployment) -> Result<cognito::Tokens> {
    let pool = deployment.output("user_pool_id")?;
    let client = new_client(deployment, pool)?;
    let tokens = cognito::sign_in(deployment.address(), &client, "ada@example.com", PASSWORD)?;
    let clients = deployment.clients();
    let delete = clients
        .cognito
        .delete_user_pool_client()
        .user_pool_id(pool)
        .client_id(&client);
    clients.wait(delete.send())?;
    Ok(tokens)
}

fn new_client(deployment: &Deployment, pool: &str) -> Result<String> {
    let clients = deployment.clients();
    let request = clients
        .cognito
        .create_user_pool_client()
        .user_pool_id(pool)
        .client_name("another")
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowUserPasswordAuth)
        .explicit_auth_flows(ExplicitAuthFlowsType::AllowRefreshTokenAuth);
    let client = clients.wait(request.send())?.user_pool_client;
    client
        .and_then(|client| client.client_id)
        .context("the new client has no id")
}
