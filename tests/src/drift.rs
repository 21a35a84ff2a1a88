//! The one list of what a second plan may still want to change, and why.
//!
//! Each entry is an infidelity of the embedded AWS, tried against it; on AWS
//! itself the attribute does not drift. Everything else in a second plan is a
//! defect of a module.

use sandbox::terraform::Change;

struct Excuse {
    resource_type: &'static str,
    attributes: &'static [&'static str],
    #[expect(dead_code, reason = "read by whoever wonders why the entry is there")]
    reason: &'static str,
}

const EXCUSED: &[Excuse] = &[
    Excuse {
        resource_type: "aws_apigatewayv2_authorizer",
        attributes: &["authorizer_payload_format_version"],
        reason: "the embedded API Gateway reports the default of Lambda authorizers for JWT ones too",
    },
    Excuse {
        resource_type: "aws_cloudwatch_metric_alarm",
        attributes: &[
            "actions_enabled",
            "alarm_description",
            "dimensions",
            "period",
            "statistic",
            "treat_missing_data",
        ],
        reason: "the embedded CloudWatch leaves them out of DescribeAlarms over the query protocol",
    },
    Excuse {
        resource_type: "aws_sfn_state_machine",
        attributes: &["tracing_configuration"],
        reason: "the embedded Step Functions does not store it",
    },
];

/// The changes that nothing excuses.
pub fn unexcused(changes: Vec<Change>) -> Vec<Change> {
    changes
        .into_iter()
        .filter(|change| !is_excused(change))
        .collect()
}

fn is_excused(change: &Change) -> bool {
    change.action == "update"
        && !change.attributes.is_empty()
        && change.attributes.iter().all(|attribute| {
            EXCUSED.iter().any(|excuse| {
                excuse.resource_type == change.resource_type
                    && excuse.attributes.contains(&attribute.as_str())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(action: &str, attributes: &[&str]) -> Change {
        Change {
            address: "module.api.aws_apigatewayv2_authorizer.jwt".to_owned(),
            resource_type: "aws_apigatewayv2_authorizer".to_owned(),
            action: action.to_owned(),
            attributes: attributes.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn only_the_listed_attribute_and_only_in_an_update_is_excused() {
        let format = "authorizer_payload_format_version";
        assert!(unexcused(vec![change("update", &[format])]).is_empty());
        for defect in [
            change("update", &[format, "name"]),
            change("delete+create", &[format]),
        ] {
            assert_eq!(unexcused(vec![defect.clone()]), [defect]);
        }
    }
}
