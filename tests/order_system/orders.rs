//! How an order ends when everything works.

use std::thread;

use acceptance_tests::{answers::ensure_problem, deployment::Deployment};
use anyhow::{Context, Result, anyhow, ensure};
use serde_json::{Value, json};

use crate::{
    delivery::{end_of, entered, failed_tries},
    shop::{Placed, Shop},
    tables::{attribute, ensure_nothing_waits, notification, orders_of, payment, stock},
};

/// Payment, goods, notification, each once; the execution bears the order's id.
pub fn an_order_is_confirmed(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let before = stock(deployment, "keyboard")?;
    let placed = shop.place("free", &[("keyboard", 2)])?;
    let order = shop.wait_for(&placed, "CONFIRMED")?;
    ensure!(order["totalCents"] == 9_800, "{order}");
    ensure_executed(deployment, &placed)?;

    let paid = payment(deployment, &placed)?;
    ensure!(paid == Some(("CHARGED".to_owned(), 9_800)), "{paid:?}");
    ensure!(stock(deployment, "keyboard")? == before - 2);
    let notification = notification(deployment, &placed)?.context("nobody was notified")?;
    ensure!(
        attribute(&notification, "email") == Some("ada@example.com"),
        "{notification:?}"
    );
    let steps = entered(deployment, &placed.order_id)?;
    ensure!(
        steps
            == [
                "ProcessPayment",
                "PaymentResult",
                "UpdateInventory",
                "InventoryResult",
                "SendNotification",
                "Confirmed"
            ],
        "{steps:?}"
    );

    let stranger = deployment.new_user("carol@example.com")?;
    let seen = shop.api.get(&placed.path(), Some(&stranger.access))?;
    ensure_problem(&seen, 404)?;
    ensure_nothing_waits(deployment)
}

/// The same request four times at once, and once more when the order has gone on: one order, one
/// payment. Another request under the same key is refused.
pub fn an_order_asked_for_twice_is_placed_once(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?.under_key("\"8e03978e-40d5-43e8-bc93-6894a57f9324\"");
    let before = stock(deployment, "keyboard")?;
    let user = shop.register("free")?;
    let order = |quantity: u32| json!({"userId": user["id"], "items": [{"sku": "keyboard", "quantity": quantity}]});
    let place = || Placed::of(&shop.post("/orders", &order(1))?);
    let placed = thread::scope(|scope| {
        let requests: Vec<_> = (0..4).map(|_| scope.spawn(place)).collect();
        let answers = requests.into_iter().map(|request| request.join());
        answers
            .map(|answer| answer.map_err(|_| anyhow!("a request panicked"))?)
            .collect::<Result<Vec<_>>>()
    })?;
    let first = placed.first().context("no request was made")?;
    ensure!(placed.iter().all(|other| other == first), "{placed:?}");
    shop.wait_for(first, "CONFIRMED")?;
    ensure!(place()? == *first);
    ensure_problem(&shop.post("/orders", &order(2))?, 422)?;

    let rows = orders_of(deployment, &first.user_id)?;
    ensure!(rows == 1, "the user has {rows} orders");
    ensure!(stock(deployment, "keyboard")? == before - 1);
    ensure_nothing_waits(deployment)
}

/// More than the plan allows: the order ends, the stock is as it was, nothing is left in flight.
pub fn a_payment_is_refused(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let before = stock(deployment, "laptop")?;
    let placed = shop.place("free", &[("laptop", 1)])?;
    let order = shop.wait_for(&placed, "PAYMENT_REFUSED")?;
    ensure_turned_down(deployment, &order, &placed, "149900")?;
    let refused = payment(deployment, &placed)?;
    ensure!(
        refused == Some(("REFUSED".to_owned(), 149_900)),
        "{refused:?}"
    );
    ensure!(stock(deployment, "laptop")? == before);
    let steps = entered(deployment, &placed.order_id)?;
    ensure!(
        steps == ["ProcessPayment", "PaymentResult", "PaymentRefused"],
        "{steps:?}"
    );
    let failed = failed_tries(deployment, &placed.order_id)?;
    ensure!(failed == 0, "a refused payment failed its task");
    ensure_nothing_waits(deployment)?;

    // The same order on a plan that allows it.
    let placed = shop.place("pro", &[("laptop", 1)])?;
    shop.wait_for(&placed, "CONFIRMED")?;
    ensure!(stock(deployment, "laptop")? == before - 1);
    Ok(())
}

/// Of two products one is sold out: the payment is given back, and the other stays in stock.
pub fn an_empty_stock_gives_the_payment_back(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let before = stock(deployment, "keyboard")?;
    let placed = shop.place("free", &[("keyboard", 1), ("poster", 1)])?;
    let order = shop.wait_for(&placed, "OUT_OF_STOCK")?;
    ensure_turned_down(deployment, &order, &placed, "poster")?;
    let refunded = payment(deployment, &placed)?;
    ensure!(
        refunded == Some(("REFUNDED".to_owned(), 5_800)),
        "{refunded:?}"
    );
    ensure!(stock(deployment, "keyboard")? == before);
    ensure!(stock(deployment, "poster")? == 0);
    let steps = entered(deployment, &placed.order_id)?;
    ensure!(
        steps
            == [
                "ProcessPayment",
                "PaymentResult",
                "UpdateInventory",
                "InventoryResult",
                "RefundPayment",
                "RefundResult",
                "OutOfStock"
            ],
        "{steps:?}"
    );
    let failed = failed_tries(deployment, &placed.order_id)?;
    ensure!(failed == 0, "missing stock failed its task");
    ensure_nothing_waits(deployment)
}

/// Three orders at once of what suffices for two: one is turned down, and gets its money back.
pub fn the_stock_is_not_sold_twice(deployment: &Deployment) -> Result<()> {
    let shop = Shop::new(deployment)?;
    let before = stock(deployment, "laptop")?;
    let quantity = before / 2;
    ensure!(
        3 * quantity > before,
        "{before} laptops suffice for three orders"
    );
    let mut placed = Vec::new();
    for _ in 0..3 {
        placed.push(shop.place("pro", &[("laptop", quantity)])?);
    }
    let mut ends = Vec::new();
    for order in &placed {
        let order = shop.wait_for_any(order, &["CONFIRMED", "OUT_OF_STOCK"])?;
        ends.push(order["status"].as_str().unwrap_or_default().to_owned());
    }
    ends.sort();
    ensure!(
        ends == ["CONFIRMED", "CONFIRMED", "OUT_OF_STOCK"],
        "{ends:?}"
    );
    ensure!(stock(deployment, "laptop")? == before - 2 * quantity);
    let mut payments = Vec::new();
    for order in &placed {
        let payment = payment(deployment, order)?.context("an order without a payment")?;
        payments.push(payment.0);
    }
    payments.sort();
    ensure!(
        payments == ["CHARGED", "CHARGED", "REFUNDED"],
        "{payments:?}"
    );
    ensure_nothing_waits(deployment)
}

/// The order says why it was turned down, its execution came to its end, and nobody was notified.
fn ensure_turned_down(
    deployment: &Deployment,
    order: &Value,
    placed: &Placed,
    reason: &str,
) -> Result<()> {
    let said = order["reason"].as_str().unwrap_or_default();
    ensure!(said.contains(reason), "{order}");
    ensure_executed(deployment, placed)?;
    ensure!(notification(deployment, placed)?.is_none());
    Ok(())
}

fn ensure_executed(deployment: &Deployment, placed: &Placed) -> Result<()> {
    let (status, error) = end_of(deployment, &placed.order_id)?;
    ensure!(status == "SUCCEEDED", "{status} {error:?}");
    Ok(())
}
