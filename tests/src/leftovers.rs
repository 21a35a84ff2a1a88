//! What an account still holds, by name. It is small enough for one page of each listing.

use anyhow::Result;
use sandbox::{
    embedded_aws::{Address, REGION, ROOT_KEY},
    http::{Client, Request},
};

use crate::clients::Clients;

/// Everything that the examples create, where it can be listed.
pub fn of_account(aws: &Address, clients: &Clients) -> Result<Vec<String>> {
    let mut left = Left::default();
    left.distributions(aws)?;
    clients.wait(async {
        left.data(clients).await?;
        left.access(clients).await?;
        left.workflows(clients).await
    })?;
    Ok(left.0)
}

#[derive(Default)]
struct Left(Vec<String>);

impl Left {
    fn note<N: AsRef<str>>(&mut self, kind: &str, names: impl IntoIterator<Item = N>) {
        let names = names.into_iter();
        self.0
            .extend(names.map(|name| format!("{kind} {}", name.as_ref())));
    }

    /// Distributions, by ListDistributions2020_05_31. The embedded AWS asks its root key for no signature.
    fn distributions(&mut self, aws: &Address) -> Result<()> {
        let scope = format!("{ROOT_KEY}/20260101/{REGION}/cloudfront/aws4_request");
        let request = Request::get(format!("{}/2020-05-31/distribution", aws.endpoint()))
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"),
            )
            .body(Vec::new())?;
        let answer = Client::of(aws)?.send(request)?;
        let list = answer.success("ListDistributions")?.body;
        self.note("distribution", arns(&list));
        Ok(())
    }

    /// Buckets, tables, streams, queues and logs.
    async fn data(&mut self, clients: &Clients) -> Result<()> {
        let buckets = clients.s3.list_buckets().send().await?;
        let buckets = buckets.buckets().iter();
        self.note("bucket", buckets.filter_map(|bucket| bucket.name()));
        let tables = clients.dynamodb.list_tables().send().await?;
        self.note("table", tables.table_names());
        let streams = clients.kinesis.list_streams().send().await?;
        self.note("stream", streams.stream_names());
        let queues = clients.sqs.list_queues().send().await?;
        self.note("queue", queues.queue_urls());
        let groups = clients.logs.describe_log_groups().send().await?;
        let groups = groups.log_groups().iter();
        self.note(
            "log group",
            groups.filter_map(|group| group.log_group_name()),
        );
        Ok(())
    }

    /// Roles, user pools and APIs.
    async fn access(&mut self, clients: &Clients) -> Result<()> {
        let roles = clients.iam.list_roles().send().await?;
        self.note("role", roles.roles().iter().map(|role| role.role_name()));
        let request = clients.cognito.list_user_pools().max_results(10);
        let pools = request.send().await?;
        let pools = pools.user_pools().iter();
        self.note("user pool", pools.filter_map(|pool| pool.name()));
        let apis = clients.apigateway.get_rest_apis().send().await?;
        let apis = apis.items().iter();
        self.note("REST API", apis.filter_map(|api| api.name()));
        let plans = clients.apigateway.get_usage_plans().send().await?;
        let plans = plans.items().iter();
        self.note("usage plan", plans.filter_map(|plan| plan.name()));
        Ok(())
    }

    /// Functions, their event sources, event buses besides the account's own, rules and state
    /// machines.
    async fn workflows(&mut self, clients: &Clients) -> Result<()> {
        let functions = clients.lambda.list_functions().send().await?;
        let functions = functions.functions().iter();
        self.note("function", functions.filter_map(|it| it.function_name()));
        let sources = clients.lambda.list_event_source_mappings().send().await?;
        let sources = sources.event_source_mappings().iter();
        self.note("event source mapping", sources.filter_map(|it| it.uuid()));
        let buses = clients.eventbridge.list_event_buses().send().await?;
        let buses = buses.event_buses().iter().filter_map(|bus| bus.name());
        self.note("event bus", buses.filter(|&name| name != "default"));
        let rules = clients.eventbridge.list_rules().send().await?;
        let rules = rules.rules().iter();
        self.note("rule", rules.filter_map(|rule| rule.name()));
        let machines = clients.sfn.list_state_machines().send().await?;
        let machines = machines.state_machines().iter();
        self.note("state machine", machines.map(|machine| machine.name()));
        Ok(())
    }
}

/// The ARNs that an XML answer of CloudFront names.
fn arns(list: &str) -> impl Iterator<Item = &str> {
    let after = list.split("<ARN>").skip(1);
    after.filter_map(|text| text.split("</ARN>").next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_read_from_their_list() {
        let one =
            "<DistributionSummary><Id>E1</Id><ARN>arn:aws:cloudfront::0:distribution/E1</ARN>";
        let list = format!("<DistributionList><Items>{one}</DistributionSummary></Items>");
        let found: Vec<_> = arns(&list).collect();
        assert_eq!(found, ["arn:aws:cloudfront::0:distribution/E1"]);
        assert_eq!(arns("<DistributionList><Quantity>0</Quantity>").count(), 0);
    }
}
