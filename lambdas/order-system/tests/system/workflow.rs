//! Executions of the state machine: with results, retries, catches and compensation.

use function_kit::testing::Fault;
use order_system::domain::{OrderKey, OrderStatus, PaymentStatus, Plan};
use order_system::workflow::TaskInput;
use serde_json::json;

use crate::machine::{Execution, definition, tasks};
use crate::world::World;

async fn execute(world: &World, order: OrderKey) -> Result<(), String> {
    Execution::of(order).run(world).await
}

fn shop() -> World {
    let world = World::default();
    world.add_product("keyboard", 4_900, 3);
    world
}

#[tokio::test]
async fn pays_takes_from_the_stock_and_notifies() {
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

/// As after 90 days, when Step Functions has forgotten the name of the first execution.
#[tokio::test]
async fn a_second_execution_changes_nothing() {
    for (plan, quantity) in [(Plan::Free, 2), (Plan::Free, 3), (Plan::Pro, 4)] {
        let world = shop();
        let key = world.add_order(plan, "keyboard", quantity);
        execute(&world, key).await.unwrap();
        let (order, effects) = (world.order(key), world.state().effects.clone());
        execute(&world, key).await.unwrap();
        assert_eq!(world.order(key), order);
        assert_eq!(world.state().effects, effects);
    }
}

/// An error would count in the function's metric, raise its alarm and be retried.
#[tokio::test]
async fn a_refused_payment_is_a_result_and_leaves_the_stock_alone() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 3);
    let mut execution = Execution::of(key);
    execution.run(&world).await.unwrap();
    assert_eq!(
        execution.entered,
        ["ProcessPayment", "PaymentResult", "PaymentRefused"]
    );
    let order = world.order(key);
    assert_eq!(order.status, OrderStatus::PaymentRefused);
    assert!(order.reason.unwrap().contains("14700"));
    assert_eq!(world.stock("keyboard"), 3);
    let state = world.state();
    assert_eq!(state.payments[&key.order_id].status, PaymentStatus::Refused);
    assert!(state.notifications.is_empty());
}

#[tokio::test]
async fn missing_stock_is_a_result_and_gives_the_payment_back() {
    let world = shop();
    let key = world.add_order(Plan::Pro, "keyboard", 4);
    let mut execution = Execution::of(key);
    execution.run(&world).await.unwrap();
    assert_eq!(
        execution.entered[2..],
        [
            "UpdateInventory",
            "InventoryResult",
            "RefundPayment",
            "RefundResult",
            "OutOfStock"
        ]
    );
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

/// Ten retries, from 2 s to a minute apart, are three minutes on average and six at most.
#[tokio::test]
async fn throttling_is_retried_for_minutes() {
    for error in [
        "Busy",
        "Lambda.TooManyRequestsException",
        "Lambda.ServiceException",
    ] {
        let world = shop();
        let key = world.add_order(Plan::Free, "keyboard", 1);
        let mut execution = Execution::of(key)
            .with_errors("ProcessPayment", error, 10)
            .with_errors("UpdateInventory", error, 10)
            .with_errors("SendNotification", error, 10);
        execution.run(&world).await.unwrap();
        assert_eq!(world.order(key).status, OrderStatus::Confirmed, "{error}");
    }
}

#[tokio::test]
async fn a_broken_task_is_retried_a_few_times_and_compensated() {
    // "Lambda.Unknown" is a function that ran out of memory or time.
    for error in ["Broken", "Lambda.Unknown", "States.Timeout"] {
        let world = shop();
        let key = world.add_order(Plan::Free, "keyboard", 1);
        let mut execution = Execution::of(key).with_errors("UpdateInventory", error, 3);
        execution.run(&world).await.unwrap();

        let key = world.add_order(Plan::Free, "keyboard", 1);
        world.state().effects.clear();
        let mut execution = Execution::of(key).with_errors("UpdateInventory", error, 4);
        let end = execution.run(&world).await;
        assert_eq!(end, Err("OrderNotProcessed".to_owned()));
        let order = world.order(key);
        assert_eq!(order.status, OrderStatus::Cancelled);
        assert_eq!(order.reason.unwrap(), "the order could not be processed");
        assert_eq!(world.state().effects, ["Charged 4900", "Refunded 4900"]);
        assert_eq!(world.stock("keyboard"), 2);
    }
}

/// The execution fails, which puts it into a queue; redriven from there, it ends as it should.
#[tokio::test]
async fn a_refund_that_fails_for_good_is_made_when_redriven() {
    let world = shop();
    let key = world.add_order(Plan::Pro, "keyboard", 4);
    let mut execution = Execution::of(key).with_errors("RefundPayment", "Broken", 4);
    assert_eq!(execution.run(&world).await, Err("Broken".to_owned()));
    assert_eq!(world.order(key).status, OrderStatus::Paid);

    execution.run(&world).await.unwrap();
    assert_eq!(world.order(key).status, OrderStatus::OutOfStock);
    assert_eq!(world.state().effects, ["Charged 19600", "Refunded 19600"]);
}

#[tokio::test]
async fn refunds_nothing_that_was_not_paid() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 1);
    let mut execution = Execution::of(key).with_errors("ProcessPayment", "Broken", 4);
    assert!(execution.run(&world).await.is_err());
    assert_eq!(world.order(key).status, OrderStatus::Cancelled);
    assert!(world.state().payments.is_empty() && world.state().effects.is_empty());
}

/// The stock is taken and each answer is lost, until the state machine gives the task up.
#[tokio::test]
async fn compensation_leaves_a_confirmed_order_alone() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 1);
    world.break_call(3, Fault::AnswerLost);
    for call in 4..14 {
        world.break_call(call, Fault::Refused);
    }
    let mut execution = Execution::of(key);
    execution.run(&world).await.unwrap();
    assert!(execution.entered.contains(&"RefundPayment".to_owned()));
    assert_eq!(
        world.state().effects,
        ["Charged 4900", "Took 1 keyboard", "Notified"]
    );
}

/// An order whose user was erased meanwhile: nothing is written anew, and nothing is retried.
#[tokio::test]
async fn an_order_without_a_row_fails_at_once() {
    let world = shop();
    let key = world.add_order(Plan::Free, "keyboard", 1);
    world.state().orders.clear();
    assert_eq!(execute(&world, key).await, Err("OrderUnknown".to_owned()));
    assert!(world.state().orders.is_empty() && world.state().effects.is_empty());
}

/// "Handle Lambda service exceptions" of the Step Functions developer guide names the first four
/// and, for throttling, the fifth.
#[test]
fn each_task_retries_every_transient_error_of_lambda() {
    for (name, task) in tasks() {
        let retriers = task["Retry"].as_array().unwrap();
        let transient = &retriers[1];
        for error in [
            "Lambda.ClientExecutionTimeoutException",
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.TooManyRequestsException",
        ] {
            let errors = transient["ErrorEquals"].as_array().unwrap();
            assert!(errors.contains(&json!(error)), "{name} lacks {error}");
        }
        assert_eq!(transient["JitterStrategy"], "FULL", "{name}");
        assert_eq!(transient["MaxDelaySeconds"], 60, "{name}");
        // "States.ALL" has to be alone, and last ("Amazon States Language", Retriers).
        assert_eq!(
            retriers.last().unwrap()["ErrorEquals"],
            json!(["States.ALL"])
        );
    }
}

/// An execution that times out is not compensated: its order would stay PAID until somebody
/// redrives it.
#[test]
fn no_execution_times_out_before_its_tasks_are_given_up() {
    let seconds: f64 = tasks().iter().map(|(_, task)| longest(task)).sum();
    let timeout = definition()["TimeoutSeconds"].as_f64().unwrap();
    assert!(seconds < timeout, "{seconds} s do not fit into {timeout} s");
}

/// Returns how long a task takes, in seconds, whose every try times out after every retrier has
/// done all that it may.
fn longest(task: &serde_json::Value) -> f64 {
    let try_seconds = task["TimeoutSeconds"].as_f64().unwrap();
    let mut total = try_seconds;
    for retrier in task["Retry"].as_array().unwrap() {
        let mut delay = retrier["IntervalSeconds"].as_f64().unwrap_or(1.0);
        let longest = retrier["MaxDelaySeconds"].as_f64().unwrap_or(f64::INFINITY);
        for _ in 0..retrier["MaxAttempts"].as_u64().unwrap() {
            total += try_seconds + delay.min(longest);
            delay *= retrier["BackoffRate"].as_f64().unwrap();
        }
    }
    total
}

#[test]
fn the_state_machine_s_input_is_understood() {
    let text = r#"{
        "userId": "01a1fd0e-a1a4-7583-bc03-e3ff0d3bb295",
        "orderId": "01a1fd0e-a2d3-701b-b048-17426bd77eaf",
        "error": {"Error": "States.Timeout", "Cause": ""},
        "result": {"status": "OUT_OF_STOCK", "reason": "too few"}
    }"#;
    let input: TaskInput = serde_json::from_str(text).unwrap();
    assert_eq!(input.result.unwrap().status, OrderStatus::OutOfStock);
}
