//! `POST /users` and `GET /users/{id}`.

use std::sync::Arc;
use std::time::Duration;

use function_kit::http::{Route, json};
use function_kit::{Claims, Clock, Member, Mistakes, Problem, ProblemType, Request, Response};
use http::{Method, StatusCode};
use serde::Deserialize;

use super::caller::{unknown_user, user_of_caller};
use super::created::{MAX_BODY_BYTES, created};
use crate::domain::{Email, NewUser, PersonName, Plan, User};
use crate::ports::Users;

/// Answers requests for users.
pub struct UsersApi {
    /// Where users are.
    pub users: Arc<dyn Users>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long a user is kept; without it, for good.
    pub retention: Option<Duration>,
}

/// Group of the user pool whose members are on the plan `pro`.
const PRO_GROUP: &str = "pro";

/// The body. A plan and an e-mail address in it are ignored, as unknown members are: the token says
/// both, and the answer shows them.
#[derive(Deserialize)]
struct Body {
    name: Option<Member>,
}

#[derive(Clone, Copy)]
enum Operation {
    Register,
    Read,
}

const ROUTES: &[Route<Operation>] = &[
    (Method::POST, "/users", Operation::Register),
    (Method::GET, "/users/{id}", Operation::Read),
];

/// Answers one request.
///
/// # Errors
/// Fails with the problem to answer with.
pub async fn handle(api: &UsersApi, request: Request) -> Result<Response, Problem> {
    let matched = request.matched(ROUTES)?;
    match matched.route {
        Operation::Register => post(api, &request).await,
        Operation::Read => get(api, &request, matched.parameter("id")).await,
    }
}

async fn post(api: &UsersApi, request: &Request) -> Result<Response, Problem> {
    let new = validate(request)?;
    let user = User::register(new, api.clock.now(), api.retention);
    api.users.insert(&user).await?;
    created(&user, format!("/users/{}", user.id))
}

async fn get(api: &UsersApi, request: &Request, id: &str) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| unknown_user())?;
    let found = user_of_caller(&*api.users, request, id, api.clock.now()).await?;
    json(StatusCode::OK, &found.ok_or_else(unknown_user)?)
}

fn validate(request: &Request) -> Result<NewUser, Problem> {
    let owner = request.claims.owner()?;
    let body: Body = request.json(MAX_BODY_BYTES)?;
    let mut mistakes = Mistakes::default();
    let name = mistakes.parse("/name", body.name, PersonName::try_from);
    let name = name.ok_or_else(|| mistakes.into_problem())?;
    Ok(NewUser {
        owner,
        name,
        email: email(&request.claims)?,
        plan: plan(&request.claims),
    })
}

fn email(claims: &Claims) -> Result<Email, Problem> {
    let email = claims.verified_email().map(str::to_owned);
    let email = email.and_then(|email| Email::try_from(email).ok());
    email.ok_or_else(|| {
        Problem::new(
            ProblemType::FORBIDDEN,
            "the token has no verified e-mail address; verify yours, sign in again and send the id token",
        )
    })
}

fn plan(claims: &Claims) -> Plan {
    match claims.groups().any(|group| group == PRO_GROUP) {
        true => Plan::Pro,
        false => Plan::Free,
    }
}
