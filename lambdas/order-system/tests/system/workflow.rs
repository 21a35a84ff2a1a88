//! The tasks as the state machine runs them: with retries, catches and compensation.

use std::sync::Arc;

use order_system::domain::{OrderKey, OrderStatus, PaymentStatus, Plan};
use order_system::workflow::{
    Caught, ProcessPayment, RefundPayment, SendNotification, Task, TaskError, TaskInput,
    UpdateInventory,
};

use crate::world::{Fault, World};

/// Tries of a task, as in the definition.
const TRIES: usize = 5;

/// Errors that are answers, and are not tried again.
const FINAL: [&str; 3] = ["PaymentRefused", "OutOfStock", "OrderClosed"];

fn payment(world: &World) -> ProcessPayment {
    ProcessPayment {
        orders: Arc::new(world.clone()),
        payments: Arc::new(world.clone()),
        clock: Arc::new(world.clone()),
    }
}

fn inventory(world: &World) -> UpdateInventory {
    UpdateInventory {
        orders: Arc::new(world.clone()),
        inventory: Arc::new(world.clone()),
        clock: Arc::new(world.clone()),
    }
}

fn refund(world: &World) -> RefundPayment {
    RefundPayment {
        orders: Arc::new(world.clone()),
        payments: Arc::new(world.clone()),
        clock: Arc::new(world.clone()),
    }
}

fn notification(world: &World) -> SendNotification {
    SendNotification {
        orders: Arc::new(world.clone()),
        notifications: Arc::new(world.clone()),
        clock: Arc::new(world.clone()),
    }
}

fn input(order: OrderKey, error: Option<&TaskError>) -> TaskInput {
    TaskInput {
        order,
        error: error.map(|error| Caught {
            error: error.name().to_owned(),
            cause: format!(
                r#"{{"errorType":"{}","errorMessage":"{error}"}}"#,
                error.name()
            ),
        }),
    }
}

async fn attempt(task: &dyn Task, input: &TaskInput) -> Result<OrderStatus, TaskError> {
    for _ in 1..TRIES {
        match task.run(input).await {
            Ok(output) => return Ok(output.status),
            Err(error) if FINAL.contains(&error.name()) => return Err(error),
            Err(_) => {}
        }
    }
    task.run(input).await.map(|output| output.status)
}

/// One execution of the state machine. Fails as the execution does.
async fn execute(world: &World, order: OrderKey) -> Result<(), TaskError> {
    let plain = input(order, None);
    let mut failure = attempt(&payment(world), &plain).await.err();
    if matches!(failure, Some(TaskError::PaymentRefused(_))) {
        return Ok(());
    }
    if failure.is_none() {
        failure = attempt(&inventory(world), &plain).await.err();
    }
    if let Some(error) = failure {
        match attempt(&refund(world), &input(order, Some(&error))).await? {
            OrderStatus::Confirmed => {}
            OrderStatus::OutOfStock => return Ok(()),
            _ => return Err(error),
        }
    }
    attempt(&notification(world), &plain).await.map(drop)
}

fn shop() -> World {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    world
}

#[tokio::test]
async fn an_order_is_paid_taken_from_the_stock_and_announced_to_its_user() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 2);
    execute(&world, key).await.unwrap();
    assert_eq!(world.order(key).status, OrderStatus::Confirmed);
    assert_eq!(world.stock("keyboard"), 1);
    assert_eq!(
        world.state().effects,
        ["Charged 9800", "Took 2 keyboard", "Notified"]
    );
}

#[tokio::test]
async fn an_execution_that_comes_again_changes_nothing() {
    for (plan, quantity) in [(Plan::Free, 2), (Plan::Free, 3), (Plan::Pro, 4)] {
        let world = shop();
        let key = world.add_order(plan, "keyboard", quantity);
        let first = execute(&world, key).await;
        let (order, effects) = (world.order(key), world.state().effects.clone());
        assert!(first.is_ok());
        // An order that was ended is closed to a second execution, which fails before it does
        // anything.
        let _ = execute(&world, key).await;
        assert_eq!(world.order(key), order);
        assert_eq!(world.state().effects, effects);
    }
}

#[tokio::test]
async fn a_refused_payment_ends_the_order_and_leaves_the_stock_alone() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 3);
    execute(&world, key).await.unwrap();
    let order = world.order(key);
    assert_eq!(order.status, OrderStatus::PaymentRefused);
    assert!(order.reason.unwrap().contains("14700"));
    assert_eq!(world.stock("keyboard"), 3);
    let state = world.state();
    assert_eq!(state.payments[&key.order_id].status, PaymentStatus::Refused);
    assert!(state.notifications.is_empty());
}

#[tokio::test]
async fn an_empty_stock_gives_the_payment_back() {
    let world = shop();
    let key = world.add_order(Plan::Pro, "keyboard", 4);
    execute(&world, key).await.unwrap();
    let order = world.order(key);
    assert_eq!(order.status, OrderStatus::OutOfStock);
    assert_eq!(
        order.reason.as_deref(),
        Some("there are too few of keyboard in stock")
    );
    assert_eq!(world.stock("keyboard"), 3);
    assert_eq!(world.state().effects, ["Charged 19600", "Refunded 19600"]);
}

#[tokio::test]
async fn any_one_call_may_fail_in_any_way() {
    for fault in [Fault::Refused, Fault::AnswerLost] {
        for number in 0.. {
            let world = shop();
            let key = world.add_order(Plan::Free, "keyboard", 1);
            world.break_call(number, fault);
            execute(&world, key).await.unwrap();
            if world.heal() {
                break;
            }
            assert_eq!(world.order(key).status, OrderStatus::Confirmed);
            assert_eq!(
                world.state().effects,
                ["Charged 4900", "Took 1 keyboard", "Notified"],
                "call {number}, {fault:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_task_that_fails_for_good_is_compensated() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 1);
    attempt(&payment(&world), &input(key, None)).await.unwrap();
    for number in 0..TRIES {
        world.break_call(number, Fault::Refused);
    }
    let error = attempt(&inventory(&world), &input(key, None))
        .await
        .unwrap_err();
    assert_eq!(error.name(), "Busy");
    let refunded = attempt(&refund(&world), &input(key, Some(&error))).await;
    assert_eq!(refunded.unwrap(), OrderStatus::Cancelled);
    let reason = world.order(key).reason.unwrap();
    assert!(!reason.contains("secret"), "{reason}");

    // What comes late finds the order closed.
    for late in [&payment(&world) as &dyn Task, &inventory(&world)] {
        let error = late.run(&input(key, None)).await.unwrap_err();
        assert_eq!(error.name(), "OrderClosed");
    }
    assert_eq!(world.state().effects, ["Charged 4900", "Refunded 4900"]);
    assert_eq!(world.stock("keyboard"), 3);
}

/// The execution fails, which puts it into a queue; redriven from there, it ends as it should.
#[tokio::test]
async fn a_refund_that_fails_for_good_can_be_made_later() {
    let world = shop();
    let key = world.add_order(Plan::Pro, "keyboard", 4);
    attempt(&payment(&world), &input(key, None)).await.unwrap();
    let empty = inventory(&world).run(&input(key, None)).await.unwrap_err();
    for number in 0..2 * TRIES {
        world.break_call(number, Fault::Refused);
    }
    let input = input(key, Some(&empty));
    assert!(attempt(&refund(&world), &input).await.is_err());
    assert_eq!(world.order(key).status, OrderStatus::Paid);

    world.heal();
    let ended = attempt(&refund(&world), &input).await;
    assert_eq!(ended.unwrap(), OrderStatus::OutOfStock);
    assert_eq!(world.state().effects, ["Charged 19600", "Refunded 19600"]);
}

#[tokio::test]
async fn nothing_is_refunded_that_was_not_paid() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 1);
    let error = TaskError::Overtaken;
    let ended = attempt(&refund(&world), &input(key, Some(&error))).await;
    assert_eq!(ended.unwrap(), OrderStatus::Cancelled);
    assert!(world.state().payments.is_empty() && world.state().effects.is_empty());
}

/// All answers of update-inventory were lost, and its work was done: it is not undone.
#[tokio::test]
async fn compensation_leaves_a_confirmed_order_alone() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 1);
    attempt(&payment(&world), &input(key, None)).await.unwrap();
    attempt(&inventory(&world), &input(key, None))
        .await
        .unwrap();
    let error = TaskError::Overtaken;
    let status = attempt(&refund(&world), &input(key, Some(&error))).await;
    assert_eq!(status.unwrap(), OrderStatus::Confirmed);
    assert_eq!(world.state().effects, ["Charged 4900", "Took 1 keyboard"]);
}

#[test]
fn the_state_machine_s_input_is_understood() {
    let text = r#"{
        "userId": "01a1fd0e-a1a4-7583-bc03-e3ff0d3bb295",
        "orderId": "01a1fd0e-a2d3-701b-b048-17426bd77eaf",
        "error": {"Error": "States.Timeout"},
        "order": {"status": "CONFIRMED"}
    }"#;
    let input: TaskInput = serde_json::from_str(text).unwrap();
    assert_eq!(input.error.unwrap().error, "States.Timeout");
}
