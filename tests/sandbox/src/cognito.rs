//! A user who signs up, confirms the address by the code in the e-mail, and signs in.
//!
//! The calls are the ones that an application without a secret makes: JSON over
//! HTTP, unsigned. Their shapes are those of the Amazon Cognito user pools API.

mod hosted_ui;

use anyhow::{Context, Result};
use hyper::Request;
use serde_json::{Value, json};

use crate::{embedded_aws::Address, http::Client};

pub use hosted_ui::HostedUi;

/// What a sign-in gives.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// Names the client and its scopes.
    pub access: String,
    /// Names the user.
    pub id: String,
}

/// Signs `email` up at the app client, confirms it and signs it in.
pub fn sign_in_new_user(
    aws: &Address,
    client_id: &str,
    email: &str,
    password: &str,
) -> Result<Tokens> {
    sign_up(aws, client_id, email, password)?;
    sign_in(aws, client_id, email, password)
}

/// Signs `email` up at the app client and confirms it.
pub fn sign_up(aws: &Address, client_id: &str, email: &str, password: &str) -> Result<()> {
    call(
        aws,
        "SignUp",
        &json!({
            "ClientId": client_id,
            "Username": email,
            "Password": password,
            "UserAttributes": [{"Name": "email", "Value": email}],
        }),
    )?;
    let code = confirmation_code(aws, email)?;
    call(
        aws,
        "ConfirmSignUp",
        &json!({"ClientId": client_id, "Username": email, "ConfirmationCode": code}),
    )?;
    Ok(())
}

/// Signs a confirmed user in, by sending the password. The access token has no scopes of an API.
pub fn sign_in(aws: &Address, client_id: &str, email: &str, password: &str) -> Result<Tokens> {
    let answer = call(
        aws,
        "InitiateAuth",
        &json!({
            "ClientId": client_id,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": email, "PASSWORD": password},
        }),
    )?;
    let token = |name: &str| {
        answer["AuthenticationResult"][name]
            .as_str()
            .map(str::to_owned)
            .with_context(|| format!("Cognito's InitiateAuth gave no {name}: {answer}"))
    };
    Ok(Tokens {
        access: token("AccessToken")?,
        id: token("IdToken")?,
    })
}

fn call(aws: &Address, action: &str, body: &Value) -> Result<Value> {
    let what = format!("Cognito's {action}");
    let request = Request::post(aws.endpoint())
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            format!("AWSCognitoIdentityProviderService.{action}"),
        )
        .body(body.to_string().into_bytes())?;
    let answer = Client::of(aws)?.send(request)?.success(&what)?;
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    answer.json().context(what)
}

/// Reads the code from the e-mail that the embedded AWS kept instead of sending.
fn confirmation_code(aws: &Address, email: &str) -> Result<String> {
    let mailbox = Client::of(aws)?
        .get(&format!("{}/_ministack/ses/messages", aws.endpoint()))?
        .success("the embedded AWS's outgoing e-mail")?
        .json()?;
    let mut messages = mailbox["messages"]
        .as_object()
        .into_iter()
        .flat_map(|accounts| accounts.values())
        .filter_map(Value::as_array)
        .flatten();
    let message = messages
        .rfind(|message| {
            message["To"]
                .as_array()
                .is_some_and(|to| to.contains(&email.into()))
        })
        .with_context(|| format!("no confirmation e-mail was sent to {email}"))?;
    let body = message["BodyText"].as_str().unwrap_or_default();
    code_in(body).with_context(|| format!("the confirmation e-mail holds no code: {body}"))
}

/// Cognito's codes are six digits.
fn code_in(text: &str) -> Option<String> {
    text.split(|c: char| !c.is_ascii_digit())
        .find(|run| run.len() == 6)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_the_run_of_six_digits() {
        assert_eq!(
            code_in("Hello 42, your code is 123456."),
            Some("123456".to_owned())
        );
        assert_eq!(code_in("1234567 is no code"), None);
    }
}
