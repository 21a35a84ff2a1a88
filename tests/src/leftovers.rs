//! What an application of events and workflows may leave in an account.

use anyhow::Result;

use crate::clients::Clients;

/// Functions, event sources, event buses other than the account's own, rules, and state machines.
pub fn of_workflows(clients: &Clients) -> Result<Vec<String>> {
    clients.wait(async {
        let mut left = Vec::new();
        let mut note = |kind: &str, name: Option<&str>| {
            left.push(format!("{kind} {}", name.unwrap_or("without a name")));
        };
        let functions = clients.lambda.list_functions().send().await?;
        for function in functions.functions() {
            note("function", function.function_name());
        }
        let sources = clients.lambda.list_event_source_mappings().send().await?;
        for source in sources.event_source_mappings() {
            note("event source mapping", source.uuid());
        }
        let buses = clients.eventbridge.list_event_buses().send().await?;
        let own = |name: &Option<&str>| *name != Some("default");
        for name in buses.event_buses().iter().map(|bus| bus.name()).filter(own) {
            note("event bus", name);
        }
        let rules = clients.eventbridge.list_rules().send().await?;
        for rule in rules.rules() {
            note("rule", rule.name());
        }
        let machines = clients.sfn.list_state_machines().send().await?;
        for machine in machines.state_machines() {
            note("state machine", Some(machine.name()));
        }
        Ok(left)
    })
}
