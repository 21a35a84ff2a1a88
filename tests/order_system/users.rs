//! Users, and who is let in.

use acceptance_tests::{
    answers::{ensure_problem, ensure_status},
    deployment::Deployment,
};
use anyhow::{Context, Result, ensure};
use aws_sdk_lambda::primitives::Blob;
use serde_json::{Value, json};

use crate::{
    delivery::end_of,
    events::Listener,
    shop::Shop,
    tables::{attribute, notification, orders_of, payment, row, table_name},
};

/// Without a token every route answers 401, and no function is started.
pub fn no_token_invokes_nothing(deployment: &Deployment) -> Result<()> {
    let api = deployment.api()?;
    let user = json!({"name": "Ann", "email": "ann@example.com", "plan": "pro"});
    for path in ["/users", "/orders"] {
        let answer = api.post(path, None, user.to_string().as_bytes())?;
        ensure_status(&answer, 401)?;
        let answer = api.post(path, Some("not-a-token"), user.to_string().as_bytes())?;
        ensure_status(&answer, 401)?;
    }
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    for path in [format!("/users/{id}"), format!("/users/{id}/orders/{id}")] {
        ensure_status(&api.get(&path, None)?, 401)?;
    }
    for function in ["users", "orders"] {
        ensure!(
            deployment.log_lines(function)? == 0,
            "a request without a token invoked {function}"
        );
    }
    Ok(())
}

/// The answer is the row, which is kept; the bus tells of it, without name and address.
pub fn a_user_is_registered_and_announced(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let listener = Listener::start(deployment)?;
    let user = shop.register("free")?;
    let id = user["id"].as_str().context("a user has an id")?;
    let row = row(deployment, "users", "id", id)?.context("the user has no row")?;
    ensure!(user["email"] == "ada@example.com", "{user}");
    for name in [
        "id",
        "owner",
        "name",
        "email",
        "plan",
        "createdAt",
        "updatedAt",
    ] {
        ensure!(
            attribute(&row, name) == user[name].as_str(),
            "{name} differs: {row:?} {user}"
        );
    }
    ensure!(attribute(&row, "expiresAt").is_none(), "{row:?}");
    let clients = deployment.clients();
    let table = table_name(deployment, "users")?;
    let request = clients.dynamodb.describe_time_to_live().table_name(table);
    let ttl = clients.wait(request.send())?.time_to_live_description;
    let ttl = ttl.and_then(|ttl| ttl.attribute_name);
    ensure!(
        ttl.as_deref() == Some("expiresAt"),
        "rows expire by {ttl:?}"
    );

    let event = listener.wait_for("UserCreated", |detail| detail["userId"] == id)?;
    ensure!(event["detail"]["plan"] == "free", "{event}");
    ensure!(!event.to_string().contains("example.com"), "{event}");
    listener.stop()?;

    let path = format!("/users/{id}");
    let seen = shop.get(&path)?;
    ensure_status(&seen, 200)?;
    ensure!(seen.json()? == user, "{} {user}", seen.body);
    let stranger = deployment.new_user("bob@example.com")?;
    ensure_problem(&shop.api.get(&path, Some(&stranger.access))?, 404)?;
    // Nor can the stranger order for that user.
    let order = json!({"userId": id, "items": [{"sku": "keyboard", "quantity": 1}]});
    let body = order.to_string();
    let answer = shop
        .api
        .post("/orders", Some(&stranger.access), body.as_bytes())?;
    ensure_problem(&answer, 400)?;
    Ok(())
}

/// Each mistake is told with its place, and no row is written.
pub fn refused_bodies_leave_nothing(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let user = shop.register("free")?;
    let rows = |table: &str| -> Result<usize> {
        let clients = deployment.clients();
        let name = table_name(deployment, table)?;
        let scanned = clients.wait(clients.dynamodb.scan().table_name(name).send())?;
        Ok(scanned.items().len())
    };
    let before = (rows("users")?, rows("orders")?);
    let line = json!({"sku": "keyboard", "quantity": 1});
    for (path, body, pointer) in [
        ("/users", json!({}), "/name"),
        ("/orders", json!({"userId": user["id"]}), "/items"),
        (
            "/orders",
            json!({"userId": user["id"], "items": [line, {"sku": "anvil", "quantity": 1}]}),
            "/items/1/sku",
        ),
        (
            "/orders",
            json!({"userId": user["id"], "items": [{"sku": "keyboard", "quantity": -1}]}),
            "/items/0/quantity",
        ),
    ] {
        let problem = ensure_problem(&shop.post(path, &body)?, 400)?;
        let mut errors = problem["errors"].as_array().into_iter().flatten();
        ensure!(
            errors.any(|error| error["pointer"] == pointer),
            "{pointer} is not among the mistakes: {problem}"
        );
    }
    ensure!(
        (rows("users")?, rows("orders")?) == before,
        "a refused body left a row"
    );
    Ok(())
}

/// The command of the README: rows and copies of the address go, another's stay, and the books are
/// kept.
pub fn a_user_is_erased_as_the_readme_says(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?.under_key("\"4f1f9c0e\"");
    let placed = shop.place("free", &[("keyboard", 1)])?;
    let other = shop.place("free", &[("keyboard", 1)])?;
    for order in [&placed, &other] {
        shop.wait_for(order, "CONFIRMED")?;
        end_of(deployment, &order.order_id)?;
        ensure!(notification(deployment, order)?.is_some());
    }
    let erased = erase(deployment, &placed.user_id)?;
    let expected = json!({"receipts": 1, "orders": 1, "openOrders": 0, "complete": true});
    ensure!(erased == expected, "{erased}");

    ensure!(row(deployment, "users", "id", &placed.user_id)?.is_none());
    ensure!(notification(deployment, &placed)?.is_none());
    ensure!(orders_of(deployment, &placed.user_id)? == 0);
    ensure_problem(&shop.get(&placed.path())?, 404)?;
    let paid = payment(deployment, &placed)?;
    ensure!(paid == Some(("CHARGED".to_owned(), 4_900)), "{paid:?}");
    ensure!(notification(deployment, &other)?.is_some());
    ensure!(shop.order(&other)?["status"] == "CONFIRMED");

    let again = erase(deployment, &placed.user_id)?;
    let nothing = json!({"receipts": 0, "orders": 0, "openOrders": 0, "complete": true});
    ensure!(again == nothing, "{again}");
    Ok(())
}

fn erase(deployment: &Deployment, user_id: &str) -> Result<Value> {
    let clients = deployment.clients();
    let payload = json!({"userId": user_id}).to_string();
    let request = clients
        .lambda
        .invoke()
        .function_name(deployment.function("erase-user", "function_name")?)
        .payload(Blob::new(payload));
    let answer = clients.wait(request.send())?;
    ensure!(answer.function_error().is_none(), "{answer:?}");
    let payload = answer.payload.context("the function answered nothing")?;
    Ok(serde_json::from_slice(payload.as_ref())?)
}
