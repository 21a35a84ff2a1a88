//! `POST /users` and `GET /users/{id}`.

use std::sync::Arc;
use std::time::Duration;

use function_kit::http::json;
use function_kit::{Clock, Member, Mistakes, Problem, Request, Response};
use http::header::LOCATION;
use http::{Method, StatusCode};
use serde::Deserialize;

use super::{MAX_BODY_BYTES, path, unknown_user, user_of_caller};
use crate::domain::{Email, NewUser, PersonName, Plan, User};
use crate::ports::Users;

/// Answers for users.
pub struct UsersApi {
    /// Where users are.
    pub users: Arc<dyn Users>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How long a user is kept.
    pub retention: Duration,
}

#[derive(Deserialize)]
struct Body {
    name: Option<Member>,
    email: Option<Member>,
    plan: Option<Member>,
}

/// Answers one request.
///
/// # Errors
/// The problem to answer with.
pub async fn handle(api: &UsersApi, request: Request) -> Result<Response, Problem> {
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    match segments[..] {
        ["users"] => match request.method {
            Method::POST => post(api, &request).await,
            _ => Err(Problem::method_not_allowed(&[Method::POST])),
        },
        ["users", id] => match request.method {
            Method::GET => get(api, &request, id).await,
            _ => Err(Problem::method_not_allowed(&[Method::GET])),
        },
        _ => Err(Problem::not_found("there is no such resource")),
    }
}

async fn post(api: &UsersApi, request: &Request) -> Result<Response, Problem> {
    let new = validate(request)?;
    let user = User::register(new, api.clock.now(), api.retention);
    api.users.insert(&user).await?;
    let mut response = json(StatusCode::CREATED, &user)?;
    let location = path(format!("/users/{}", user.id))?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

async fn get(api: &UsersApi, request: &Request, id: &str) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| unknown_user())?;
    let found = user_of_caller(&*api.users, request, id, api.clock.now()).await?;
    json(StatusCode::OK, &found.ok_or_else(unknown_user)?)
}

fn validate(request: &Request) -> Result<NewUser, Problem> {
    let owner = request.claims.subject()?.to_owned();
    let body: Body = request.json(MAX_BODY_BYTES)?;
    let mut mistakes = Mistakes::default();
    let name = mistakes.parse("/name", body.name, PersonName::try_from);
    let email = mistakes.parse("/email", body.email, Email::try_from);
    let plan = mistakes.parse("/plan", body.plan, Plan::try_from);
    match (name, email, plan) {
        (Some(name), Some(email), Some(plan)) => Ok(NewUser {
            owner,
            name,
            email,
            plan,
        }),
        _ => Err(mistakes.into_problem()),
    }
}
