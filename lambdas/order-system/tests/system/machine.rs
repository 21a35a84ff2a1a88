//! Executions of the example's own definition, `examples/order-system/order.asl.json`, over the
//! tasks: what these tests say of an execution, Step Functions does with that file.

use std::collections::HashMap;
use std::sync::Arc;

use order_system::domain::OrderKey;
use order_system::workflow::{
    ProcessPayment, RefundPayment, SendNotification, Task, TaskInput, UpdateInventory,
};
use serde_json::{Value, json};

use crate::world::World;

/// Returns the definition, with a function's handler in the place of its ARN.
pub fn definition() -> Value {
    let text = include_str!("../../../../examples/order-system/order.asl.json");
    serde_json::from_str(text).unwrap()
}

/// Returns the definition's tasks, by their states.
pub fn tasks() -> Vec<(String, Value)> {
    let definition = definition();
    let states = definition["States"].as_object().unwrap().clone();
    states
        .into_iter()
        .filter(|(_, state)| state["Type"] == "Task")
        .collect()
}

/// An execution of the state machine.
pub struct Execution {
    state: String,
    data: Value,
    /// States that were entered, in order.
    pub entered: Vec<String>,
    /// Errors that Lambda answers instead of running a function: how many are left, by state.
    pub errors: HashMap<&'static str, (&'static str, usize)>,
}

impl Execution {
    /// Starts the order's execution.
    pub fn of(order: OrderKey) -> Self {
        Self {
            state: definition()["StartAt"].as_str().unwrap().to_owned(),
            data: json!({"userId": order.user_id, "orderId": order.order_id}),
            entered: Vec::new(),
            errors: HashMap::new(),
        }
    }

    /// Lets the function of that state fail with this error for a number of tries.
    pub fn with_errors(mut self, state: &'static str, error: &'static str, tries: usize) -> Self {
        self.errors.insert(state, (error, tries));
        self
    }

    /// Runs to an end. Fails with the error with which the execution fails. Run again, it goes on
    /// from the state that failed, as a redriven execution does.
    pub async fn run(&mut self, world: &World) -> Result<(), String> {
        let definition = definition();
        loop {
            let state = &definition["States"][&self.state];
            self.entered.push(self.state.clone());
            let next = match state["Type"].as_str().unwrap() {
                "Succeed" => return Ok(()),
                "Fail" => return Err(state["Error"].as_str().unwrap().to_owned()),
                "Choice" => self.choose(state),
                "Task" => self.task(world, state).await?,
                other => panic!("the tests know no state of type {other}"),
            };
            next.as_str().unwrap().clone_into(&mut self.state);
        }
    }

    fn choose<'a>(&self, state: &'a Value) -> &'a Value {
        let mut choices = state["Choices"].as_array().unwrap().iter();
        let holding =
            choices.find(|rule| pointed(&self.data, &rule["Variable"]) == &rule["StringEquals"]);
        holding.map_or(&state["Default"], |rule| &rule["Next"])
    }

    async fn task<'a>(&mut self, world: &World, state: &'a Value) -> Result<&'a Value, String> {
        let mut retries = HashMap::new();
        loop {
            let error = match self.invoke(world, state).await {
                Ok(payload) => {
                    self.keep(state, &json!({"Payload": payload}));
                    return Ok(&state["Next"]);
                }
                Err(error) => error,
            };
            let retriers = state["Retry"].as_array().into_iter().flatten();
            let retrier = retriers.enumerate().find(|(_, rule)| matches(rule, &error));
            if let Some((index, retrier)) = retrier {
                let made: &mut u64 = retries.entry(index).or_default();
                *made += 1;
                if *made <= retrier["MaxAttempts"].as_u64().unwrap() {
                    continue;
                }
            }
            let mut catchers = state["Catch"].as_array().into_iter().flatten();
            let Some(catcher) = catchers.find(|rule| matches(rule, &error)) else {
                return Err(error);
            };
            assert_eq!(catcher["ResultPath"], "$.error");
            self.data["error"] = json!({"Error": error, "Cause": "{}"});
            return Ok(&catcher["Next"]);
        }
    }

    fn keep(&mut self, state: &Value, result: &Value) {
        assert_eq!(state["ResultPath"], "$.result");
        let selected = state["ResultSelector"].as_object().unwrap().iter();
        let selected = selected.map(|(name, path)| {
            let name = name.strip_suffix(".$").unwrap().to_owned();
            (name, pointed(result, path).clone())
        });
        self.data["result"] = selected.collect();
    }

    async fn invoke(&mut self, world: &World, state: &Value) -> Result<Value, String> {
        if let Some((error, left)) = self.errors.get_mut(self.state.as_str())
            && *left > 0
        {
            *left -= 1;
            return Err((*error).to_owned());
        }
        assert_eq!(state["Parameters"]["Payload.$"], "$");
        let input: TaskInput = serde_json::from_value(self.data.clone()).unwrap();
        let function = state["Parameters"]["FunctionName"].as_str().unwrap();
        match task(world, function).run(&input).await {
            Ok(result) => Ok(serde_json::to_value(result).unwrap()),
            Err(error) => Err(error.name().to_owned()),
        }
    }
}

/// Whether a Retry or a Catch is for the error.
fn matches(rule: &Value, error: &str) -> bool {
    let names = rule["ErrorEquals"].as_array().unwrap();
    names
        .iter()
        .any(|name| name == "States.ALL" || name == error)
}

/// Returns what a reference path such as `$.result.status` refers to. Fails the test at a path that does not exist, as Step Functions fails the execution.
fn pointed<'a>(data: &'a Value, path: &Value) -> &'a Value {
    let pointer = path.as_str().unwrap().replace('.', "/");
    let found = data.pointer(pointer.strip_prefix('$').unwrap());
    found.unwrap_or_else(|| panic!("{path} is not in {data}"))
}

fn task(world: &World, function: &str) -> Box<dyn Task> {
    let world = Arc::new(world.clone());
    match function {
        "${process_payment}" => Box::new(ProcessPayment {
            orders: world.clone(),
            payments: world.clone(),
            clock: world,
        }),
        "${update_inventory}" => Box::new(UpdateInventory {
            orders: world.clone(),
            inventory: world.clone(),
            clock: world,
        }),
        "${refund_payment}" => Box::new(RefundPayment {
            orders: world.clone(),
            payments: world.clone(),
            clock: world,
        }),
        "${send_notification}" => Box::new(SendNotification {
            orders: world.clone(),
            users: world.clone(),
            notifications: world.clone(),
            clock: world,
        }),
        other => panic!("the definition invokes {other}, which is no task"),
    }
}
