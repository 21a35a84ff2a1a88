//! `POST /orders`, `GET /users/{id}/orders` and `GET /users/{id}/orders/{orderId}`.

use std::sync::Arc;

use function_kit::http::{Route, json};
use function_kit::{Clock, Member, Mistakes, Problem, ProblemType, Request, Response, Write, page};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::caller::{unknown_user, user_of_caller};
use super::created::{MAX_BODY_BYTES, created};
use crate::domain::{
    Line, MAX_LINES, MAX_QUANTITY, NewLine, NewOrder, Order, OrderKey, Product, Receipt, Sku, User,
    UserId,
};
use crate::ports::{Catalogue, Orders, Receipts, Users};

/// Tries to place an order at another millisecond than the user's other orders.
const TRIES: usize = 5;

/// Answers for orders.
pub struct OrdersApi {
    /// The orders.
    pub orders: Arc<dyn Orders>,
    /// Which keys stand for which orders.
    pub receipts: Arc<dyn Receipts>,
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
    user_id: Option<Member>,
    items: Option<Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing<'a> {
    orders: &'a [Order],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Clone, Copy)]
enum Operation {
    Place,
    List,
    Read,
}

const ROUTES: &[Route<Operation>] = &[
    (Method::POST, "/orders", Operation::Place),
    (Method::GET, "/users/{id}/orders", Operation::List),
    (Method::GET, "/users/{id}/orders/{orderId}", Operation::Read),
];

/// Answers one request.
///
/// # Errors
/// Fails with the problem to answer with.
pub async fn handle(api: &OrdersApi, request: Request) -> Result<Response, Problem> {
    let matched = request.matched(ROUTES)?;
    let user_id = matched.parameter("id");
    match matched.route {
        Operation::Place => post(api, &request).await,
        Operation::List => list(api, &request, user_id).await,
        Operation::Read => get(api, &request, user_id, matched.parameter("orderId")).await,
    }
}

async fn get(
    api: &OrdersApi,
    request: &Request,
    user_id: &str,
    order_id: &str,
) -> Result<Response, Problem> {
    let user_id = known_user(api, request, user_id).await?;
    let unknown = || Problem::not_found("the user has no order of this id");
    let order_id = order_id.parse().map_err(|_| unknown())?;
    let order = api.orders.find(OrderKey { user_id, order_id }).await?;
    json(StatusCode::OK, &order.ok_or_else(unknown)?)
}

async fn list(api: &OrdersApi, request: &Request, user_id: &str) -> Result<Response, Problem> {
    let (limit, after) = (page::limit(request)?, page::after(request)?);
    let user_id = known_user(api, request, user_id).await?;
    let found = api.orders.page(user_id, after, limit).await?;
    let last = found.entries.last().filter(|_| found.more);
    let listing = Listing {
        orders: &found.entries,
        next_cursor: last.map(|order| page::cursor(order.order_id.into())),
    };
    json(StatusCode::OK, &listing)
}

/// Returns the id, if it is of a user whom the caller registered.
async fn known_user(api: &OrdersApi, request: &Request, id: &str) -> Result<UserId, Problem> {
    let id = id.parse().map_err(|_| unknown_user())?;
    let user = user_of_caller(&*api.users, request, id, api.clock.now()).await?;
    user.map(|user| user.id).ok_or_else(unknown_user)
}

async fn post(api: &OrdersApi, request: &Request) -> Result<Response, Problem> {
    let new = validate(request)?;
    let user = user_of_caller(&*api.users, request, new.user_id, api.clock.now()).await?;
    if user.is_some()
        && let Some(order) = placed_before(api, &new).await?
    {
        return placed(&order);
    }
    let skus: Vec<Sku> = new.lines.iter().map(|line| line.sku.clone()).collect();
    let products = api.catalogue.find(&skus).await?;
    let (user, lines) = resolve(user, &new.lines, &products)?;
    placed(&place(api, &new, &user, &lines).await?)
}

fn placed(order: &Order) -> Result<Response, Problem> {
    let (user_id, order_id) = (order.user_id, order.order_id);
    created(order, format!("/users/{user_id}/orders/{order_id}"))
}

/// Returns the order that the request's key stands for, as it is by now.
async fn placed_before(api: &OrdersApi, new: &NewOrder) -> Result<Option<Order>, Problem> {
    let user_id = new.user_id;
    let Some(key) = &new.key else {
        return Ok(None);
    };
    let Some(Receipt { order_id, .. }) = api.receipts.find(user_id, key).await? else {
        return Ok(None);
    };
    let order = api.orders.find(OrderKey { user_id, order_id }).await?;
    match order {
        Some(order) if !order.is_of(&new.lines) => Err(Problem::new(
            ProblemType::KEY_REUSED,
            "the Idempotency-Key stands for another order; send a new key with a new order",
        )),
        order => Ok(order),
    }
}

async fn place(
    api: &OrdersApi,
    new: &NewOrder,
    user: &User,
    lines: &[Line],
) -> Result<Order, Problem> {
    for _ in 0..TRIES {
        let now = api.clock.now();
        let order = Order::place(user, lines.to_vec(), now);
        let write = match &new.key {
            None => api.orders.insert(&order).await?,
            Some(key) => {
                let receipt = Receipt::of(&order, key, now);
                api.receipts.place(&order, &receipt).await?
            }
        };
        if write == Write::Done {
            return Ok(order);
        }
        // The same request, sent twice at once, may have been faster.
        if let Some(order) = placed_before(api, new).await? {
            return Ok(order);
        }
    }
    Err(Problem::unavailable(
        "the user places several orders in each millisecond",
    ))
}

fn validate(request: &Request) -> Result<NewOrder, Problem> {
    request.claims.owner()?;
    let key = request.idempotency_key()?;
    let body: Body = request.json(MAX_BODY_BYTES)?;
    let mut mistakes = Mistakes::default();
    let user_id = mistakes.parse("/userId", body.user_id, |text| {
        text.parse().map_err(|_| "must be a user's id")
    });
    let lines = items(&mut mistakes, body.items.as_ref());
    match (user_id, lines) {
        (Some(user_id), Some(lines)) => mistakes.none().map(|()| NewOrder {
            user_id,
            lines,
            key,
        }),
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
            let detail = "is a duplicate; add the quantities";
            mistakes.note(format!("/items/{index}/sku"), detail);
        }
        lines.push(line);
    }
    Some(lines)
}

fn line(mistakes: &mut Mistakes, index: usize, item: &Value) -> Option<NewLine> {
    let sku = mistakes.parse(
        &format!("/items/{index}/sku"),
        item.get("sku").map(Member::from),
        |text| {
            // DynamoDB takes no empty key, and none of more than 2,048 bytes.
            let fits = (1..=100).contains(&text.len());
            fits.then_some(Sku(text)).ok_or("must have 1 to 100 bytes")
        },
    );
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

/// Returns what the body names, as it is in the tables.
fn resolve(
    user: Option<User>,
    lines: &[NewLine],
    products: &[Product],
) -> Result<(User, Vec<Line>), Problem> {
    let mut mistakes = Mistakes::default();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
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
