//! Users and orders over HTTP.

use std::sync::Arc;
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use function_kit::testing::Fault;
use function_kit::{Problem, Request};
use order_system::api::orders::{self, OrdersApi};
use order_system::api::users::{self, UsersApi};
use order_system::domain::Plan;
use serde_json::{Value, json};

use crate::world::World;

/// The claims of the id token of `subject`, as an HTTP API hands them over: every value is text
/// ("Create an API for HTTP APIs with JWT authorizers"). A subject may have a group behind a slash.
fn claims(subject: &str) -> Value {
    let (name, group) = subject.split_once('/').unwrap_or((subject, "none"));
    json!({
        "sub": name,
        "email": format!("{name}@example.com"),
        "email_verified": "true",
        "cognito:groups": format!("[staff {group}]"),
    })
}

fn query(path: &str) -> Value {
    let (_, query) = path.split_once('?').unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The event of a request by `subject`.
pub fn event(subject: &str, method: &str, path: &str, headers: Value, body: &Value) -> Value {
    json!({
        "rawPath": path.split('?').next(),
        "queryStringParameters": query(path),
        "requestContext": {
            "stage": "$default", "requestId": "id", "timeEpoch": 1,
            "http": {"method": method},
            "authorizer": {"jwt": {"claims": claims(subject)}},
        },
        "headers": headers,
        "body": body.to_string(),
        "isBase64Encoded": false,
    })
}

fn request(subject: &str, method: &str, path: &str, headers: Value, body: &Value) -> Request {
    let event = event(subject, method, path, headers, body);
    let event: ApiGatewayV2httpRequest = serde_json::from_value(event).unwrap();
    event.into()
}

/// What `subject` is answered: status and body.
async fn call(
    world: &World,
    subject: &str,
    (method, path): (&str, &str),
    body: Value,
) -> (u16, Value) {
    send(world, request(subject, method, path, json!({}), &body)).await
}

/// What ann is answered who orders under that key.
async fn order_under(world: &World, key: &str, body: Value) -> (u16, Value) {
    let headers = json!({"idempotency-key": key});
    send(world, request("ann", "POST", "/orders", headers, &body)).await
}

pub async fn send(world: &World, request: Request) -> (u16, Value) {
    let answer = if request.path.contains("orders") {
        let api = OrdersApi {
            orders: Arc::new(world.clone()),
            receipts: Arc::new(world.clone()),
            users: Arc::new(world.clone()),
            catalogue: Arc::new(world.clone()),
            clock: Arc::new(world.clone()),
        };
        orders::handle(&api, request).await
    } else {
        let api = UsersApi {
            users: Arc::new(world.clone()),
            clock: Arc::new(world.clone()),
            retention: Some(Duration::from_secs(3600)),
        };
        users::handle(&api, request).await
    };
    let response = answer.unwrap_or_else(|problem: Problem| problem.into_response("id"));
    let body = serde_json::from_str(response.body()).unwrap();
    (response.status().as_u16(), body)
}

fn places(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().into_iter().flatten();
    errors
        .map(|error| error["pointer"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_user_is_registered_and_seen_by_who_did_it() {
    let world = World::default();
    let body = json!({"name": "Ann", "email": "ann@example.com"});
    let (status, user) = call(&world, "ann", ("POST", "/users"), body).await;
    assert_eq!(status, 201, "{user}");
    assert_eq!(user["plan"], "free");
    assert_eq!(user["updatedAt"], user["createdAt"]);
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    assert_eq!(
        call(&world, "ann", ("GET", &path), Value::Null).await,
        (200, user)
    );
    assert_eq!(
        call(&world, "eve", ("GET", &path), Value::Null).await.0,
        404
    );

    // Expired, and not yet deleted.
    world.pass(Duration::from_secs(3600));
    assert_eq!(
        call(&world, "ann", ("GET", &path), Value::Null).await.0,
        404
    );
}

/// The plan limits what an order may cost, and notifications go to the address.
#[tokio::test]
async fn a_caller_chooses_neither_plan_nor_address() {
    let world = World::default();
    let body = json!({"name": "Eve", "email": "victim@example.com", "plan": "pro"});
    for (subject, plan) in [
        ("eve", "free"),
        ("eve/pro", "pro"),
        ("eve/professor", "free"),
    ] {
        let (status, user) = call(&world, subject, ("POST", "/users"), body.clone()).await;
        assert_eq!(status, 201, "{user}");
        assert_eq!(
            (&user["plan"], &user["email"]),
            (&json!(plan), &json!("eve@example.com"))
        );
    }
    for verified in [json!("false"), Value::Null] {
        let mut event = event("eve", "POST", "/users", json!({}), &body);
        let claims = &mut event["requestContext"]["authorizer"]["jwt"]["claims"];
        claims.as_object_mut().unwrap().remove("email_verified");
        if verified.is_string() {
            claims["email_verified"] = verified;
        }
        let event: ApiGatewayV2httpRequest = serde_json::from_value(event).unwrap();
        assert_eq!(send(&world, event.into()).await.0, 403);
    }
    assert_eq!(world.state().users.len(), 3);
}

#[tokio::test]
async fn a_user_s_orders_are_listed_in_pages_the_youngest_first() {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    let user = world.add_user(Plan::Free);
    let mut expected = Vec::new();
    for _ in 0..3 {
        world.pass(Duration::from_secs(1));
        let body = json!({"userId": user.id, "items": [{"sku": "keyboard", "quantity": 1}]});
        let (_, order) = call(&world, "ann", ("POST", "/orders"), body).await;
        expected.insert(0, order["orderId"].clone());
    }
    let base = format!("/users/{}/orders?limit=2", user.id);
    let (status, first) = call(&world, "ann", ("GET", &base), Value::Null).await;
    assert_eq!(status, 200, "{first}");
    let next = format!("{base}&cursor={}", first["nextCursor"].as_str().unwrap());
    let (_, second) = call(&world, "ann", ("GET", &next), Value::Null).await;
    let ids = [&first, &second]
        .into_iter()
        .flat_map(|page| page["orders"].as_array().unwrap());
    let ids: Vec<Value> = ids.map(|order| order["orderId"].clone()).collect();
    assert_eq!(ids, expected);
    assert_eq!(second["nextCursor"], Value::Null);
    for bad in ["limit=0", "limit=101", "cursor=x"] {
        let path = format!("/users/{}/orders?{bad}", user.id);
        assert_eq!(
            call(&world, "ann", ("GET", &path), Value::Null).await.0,
            400,
            "{bad}"
        );
    }
    assert_eq!(
        call(&world, "eve", ("GET", &base), Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn every_mistake_of_a_user_is_told() {
    let world = World::default();
    for body in [json!({}), json!({"name": " "}), json!({"name": 7})] {
        let (status, problem) = call(&world, "ann", ("POST", "/users"), body).await;
        assert_eq!(status, 400);
        assert_eq!(places(&problem), ["/name"]);
    }
    assert!(world.state().users.is_empty());
}

#[tokio::test]
async fn an_order_has_the_prices_of_the_catalogue_and_is_seen_by_its_owner() {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    world.add_product("mouse", 1_900, 3);
    let user = world.add_user(Plan::Free);
    let items = json!([
        {"sku": "mouse", "quantity": 2, "priceCents": 1},
        {"sku": "keyboard", "quantity": 1},
    ]);
    let body = json!({"userId": user.id, "items": items});
    let (status, order) = call(&world, "ann", ("POST", "/orders"), body).await;
    assert_eq!(status, 201, "{order}");
    assert_eq!(order["totalCents"], 8_700);
    assert_eq!(order["status"], "PENDING");

    let id = order["orderId"].as_str().unwrap();
    let path = format!("/users/{}/orders/{id}", user.id);
    assert_eq!(
        call(&world, "ann", ("GET", &path), Value::Null).await,
        (200, order)
    );
    assert_eq!(
        call(&world, "eve", ("GET", &path), Value::Null).await.0,
        404
    );
}

#[tokio::test]
async fn an_order_is_refused_with_every_mistake() {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    let user = world.add_user(Plan::Free);
    let line = json!({"sku": "keyboard", "quantity": 1});
    for (subject, body, expected) in [
        ("ann", json!({}), vec!["/userId", "/items"]),
        (
            "ann",
            json!({"userId": user.id, "items": []}),
            vec!["/items"],
        ),
        (
            "ann",
            json!({"userId": user.id, "items": vec![&line; 21]}),
            vec!["/items"],
        ),
        (
            "ann",
            json!({"userId": user.id, "items": [line, line]}),
            vec!["/items/1/sku"],
        ),
        (
            "ann",
            json!({"userId": "ann", "items": [{"sku": "", "quantity": 0}, 7]}),
            vec![
                "/userId",
                "/items/0/sku",
                "/items/0/quantity",
                "/items/1/sku",
                "/items/1/quantity",
            ],
        ),
        (
            "ann",
            json!({"userId": user.id, "items": [{"sku": "anvil", "quantity": 1}]}),
            vec!["/items/0/sku"],
        ),
        (
            "eve",
            json!({"userId": user.id, "items": [line]}),
            vec!["/userId"],
        ),
    ] {
        let (status, problem) = call(&world, subject, ("POST", "/orders"), body).await;
        assert_eq!((status, places(&problem)), (400, expected), "{problem}");
    }
    assert!(world.state().orders.is_empty());
}

/// The clock stands still here, so that a second order cannot have a time of its own.
#[tokio::test]
async fn two_orders_of_one_millisecond_do_not_overwrite_each_other() {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    let user = world.add_user(Plan::Free);
    let body = json!({"userId": user.id, "items": [{"sku": "keyboard", "quantity": 1}]});
    assert_eq!(
        call(&world, "ann", ("POST", "/orders"), body.clone())
            .await
            .0,
        201
    );
    assert_eq!(call(&world, "ann", ("POST", "/orders"), body).await.0, 503);
    assert_eq!(world.state().orders.len(), 1);
}

#[tokio::test]
async fn an_order_that_is_asked_for_again_is_placed_once() {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    let user = world.add_user(Plan::Free);
    let body = |quantity: u32| json!({"userId": user.id, "items": [{"sku": "keyboard", "quantity": quantity}]});

    let (status, first) = order_under(&world, "\"a\"", body(1)).await;
    assert_eq!(status, 201, "{first}");
    world.pass(Duration::from_secs(60));
    // The catalogue may be another by now.
    world.state().products.clear();
    assert_eq!(order_under(&world, "a", body(1)).await, (201, first));
    assert_eq!(order_under(&world, "a", body(2)).await.0, 422);
    assert_eq!(order_under(&world, "a b", body(1)).await.0, 400);
    assert_eq!(world.state().orders.len(), 1);

    world.add_product("keyboard", 4_900, 3);
    assert_eq!(order_under(&world, "b", body(1)).await.0, 201);
    assert_eq!(world.state().orders.len(), 2);
}

/// Whatever fails, and whether or not it was done: the client asks again and has one order.
#[tokio::test]
async fn an_order_whose_answer_is_lost_is_placed_once() {
    for fault in [Fault::Refused, Fault::AnswerLost] {
        for number in 0.. {
            let world = World::default();
            world.add_product("keyboard", 4_900, 3);
            let user = world.add_user(Plan::Free);
            let body = json!({"userId": user.id, "items": [{"sku": "keyboard", "quantity": 1}]});
            world.break_call(number, fault);
            let (status, _) = order_under(&world, "a", body.clone()).await;
            if world.heal() {
                assert_eq!(number, 4, "user, receipt, product, order with receipt");
                break;
            }
            assert_eq!(status, 503, "{fault:?} {number}");
            world.pass(Duration::from_secs(1));
            assert_eq!(order_under(&world, "a", body).await.0, 201);
            assert_eq!(world.state().orders.len(), 1, "{fault:?} {number}");
        }
    }
}

#[tokio::test]
async fn other_methods_and_paths_are_refused() {
    let world = World::default();
    for (target, expected) in [
        (("PUT", "/users"), 405),
        (("POST", "/users/1"), 405),
        (("GET", "/orders"), 405),
        (("GET", "/users/not-an-id"), 404),
        (("GET", "/orders/1"), 404),
        (("GET", "/"), 404),
    ] {
        let (status, problem) = call(&world, "ann", target, Value::Null).await;
        assert_eq!(status, expected, "{target:?} {problem}");
    }
}
