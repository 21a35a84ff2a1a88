//! `POST /orders` and `GET /users/{id}/orders/{orderId}`.

use std::sync::Arc;

use function_kit::http::json;
use function_kit::{Clock, Mistakes, Problem, Request, Response};
use http::header::LOCATION;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::{path, unknown_user, user_of_caller};
use crate::domain::{
    Line, MAX_LINES, MAX_QUANTITY, NewLine, Order, OrderKey, Product, Sku, User, UserId,
};
use crate::ports::{Catalogue, Orders, Users, Write};

/// How often an order is placed anew because another of its user is of the same millisecond.
const TRIES: usize = 5;

/// Answers for orders.
pub struct OrdersApi {
    /// Where orders are.
    pub orders: Arc<dyn Orders>,
    /// Where users are.
    pub users: Arc<dyn Users>,
    /// What can be ordered.
    pub catalogue: Arc<dyn Catalogue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user_id: Option<Value>,
    items: Option<Value>,
}

/// Answers one request.
///
/// # Errors
/// The problem to answer with.
pub async fn handle(api: &OrdersApi, request: Request) -> Result<Response, Problem> {
    let segments: Vec<&str> = request.path.split('/').skip(1).collect();
    match segments[..] {
        ["orders"] => match request.method {
            Method::POST => post(api, &request).await,
            _ => Err(Problem::method_not_allowed(&[Method::POST])),
        },
        ["users", user_id, "orders", order_id] => match request.method {
            Method::GET => get(api, &request, user_id, order_id).await,
            _ => Err(Problem::method_not_allowed(&[Method::GET])),
        },
        _ => Err(Problem::not_found("there is no such resource")),
    }
}

async fn get(
    api: &OrdersApi,
    request: &Request,
    user_id: &str,
    order_id: &str,
) -> Result<Response, Problem> {
    let user_id = user_id.parse().map_err(|_| unknown_user())?;
    let user = user_of_caller(&*api.users, request, user_id, api.clock.now()).await?;
    if user.is_none() {
        return Err(unknown_user());
    }
    let unknown = || Problem::not_found("the user has no order of this id");
    let order_id = order_id.parse().map_err(|_| unknown())?;
    let order = api.orders.find(OrderKey { user_id, order_id }).await?;
    json(StatusCode::OK, &order.ok_or_else(unknown)?)
}

async fn post(api: &OrdersApi, request: &Request) -> Result<Response, Problem> {
    let (user_id, lines) = validate(request)?;
    let user = user_of_caller(&*api.users, request, user_id, api.clock.now()).await?;
    let skus: Vec<Sku> = lines.iter().map(|line| line.sku.clone()).collect();
    let products = api.catalogue.find(&skus).await?;
    let (user, lines) = resolve(user, lines, &products)?;
    let order = place(api, &user, &lines).await?;

    let mut response = json(StatusCode::CREATED, &order)?;
    let location = path(format!(
        "/users/{}/orders/{}",
        order.user_id, order.order_id
    ))?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

async fn place(api: &OrdersApi, user: &User, lines: &[Line]) -> Result<Order, Problem> {
    for _ in 0..TRIES {
        let order = Order::place(user, lines.to_vec(), api.clock.now());
        if api.orders.insert(&order).await? == Write::Done {
            return Ok(order);
        }
    }
    Err(Problem::unavailable(
        "the user places several orders in each millisecond",
    ))
}

fn validate(request: &Request) -> Result<(UserId, Vec<NewLine>), Problem> {
    request.claims.subject()?;
    let body: Body = request.json()?;
    let mut mistakes = Mistakes::default();
    let user_id = mistakes.parse("/userId", body.user_id.as_ref(), |text| {
        text.parse().map_err(|_| "must be a user's id")
    });
    let lines = items(&mut mistakes, body.items.as_ref());
    match (user_id, lines) {
        (Some(user_id), Some(lines)) => mistakes.none().map(|()| (user_id, lines)),
        _ => Err(mistakes.into_problem()),
    }
}

fn items(mistakes: &mut Mistakes, items: Option<&Value>) -> Option<Vec<NewLine>> {
    let Some(items) = items.and_then(Value::as_array) else {
        mistakes.note("/items", "must be an array of {\"sku\", \"quantity\"}");
        return None;
    };
    if items.is_empty() || items.len() > MAX_LINES {
        let detail = format!("must have between 1 and {MAX_LINES} members");
        mistakes.note("/items", detail);
        return None;
    }
    let mut lines: Vec<NewLine> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(line) = line(mistakes, index, item) else {
            continue;
        };
        if lines.iter().any(|other| other.sku == line.sku) {
            let detail = "stands in another member already; add the quantities";
            mistakes.note(format!("/items/{index}/sku"), detail);
        }
        lines.push(line);
    }
    Some(lines)
}

fn line(mistakes: &mut Mistakes, index: usize, item: &Value) -> Option<NewLine> {
    let sku = mistakes.parse(&format!("/items/{index}/sku"), item.get("sku"), |text| {
        // DynamoDB takes no empty key, and none of more than 2,048 bytes.
        let fits = (1..=100).contains(&text.len());
        fits.then_some(Sku(text)).ok_or("must have 1 to 100 bytes")
    });
    let quantity = item.get("quantity").and_then(Value::as_u64);
    let quantity = quantity
        .and_then(|quantity| u32::try_from(quantity).ok())
        .filter(|quantity| (1..=MAX_QUANTITY).contains(quantity));
    if quantity.is_none() {
        let detail = format!("must be a whole number from 1 to {MAX_QUANTITY}");
        mistakes.note(format!("/items/{index}/quantity"), detail);
    }
    let (sku, quantity) = sku.zip(quantity)?;
    Some(NewLine { sku, quantity })
}

/// What the body names, as it is in the tables.
fn resolve(
    user: Option<User>,
    lines: Vec<NewLine>,
    products: &[Product],
) -> Result<(User, Vec<Line>), Problem> {
    let mut mistakes = Mistakes::default();
    let mut found = Vec::new();
    for (index, line) in lines.into_iter().enumerate() {
        match products.iter().find(|product| product.sku == line.sku) {
            Some(product) => found.push(Line::of(product, line.quantity)),
            None => mistakes.note(format!("/items/{index}/sku"), "there is no such product"),
        }
    }
    match user {
        Some(user) => mistakes.none().map(|()| (user, found)),
        None => {
            mistakes.note("/userId", "you have no user of this id");
            Err(mistakes.into_problem())
        }
    }
}
