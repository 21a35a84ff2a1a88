//! Which IAM actions a deployer needs, by resource type.
//!
//! From the calls that the AWS provider 5.100 makes to create, read, change and delete each resource
//! (`internal/service/*` of its source), spelled as in the Service Authorization Reference.

/// What it takes to apply one type of resource.
#[derive(Debug, PartialEq, Eq)]
pub struct Needs {
    /// The resource type, or `data.<type>` of a data source.
    pub resource: &'static str,
    /// `<service>: <Action> <Action>; <service>: …`; empty where no permission is needed.
    pub actions: &'static str,
    /// What more it takes for certain arguments, in Markdown; empty where nothing does.
    pub note: &'static str,
}

/// Returns the entry of a resource type, if there is one.
pub fn of(resource: &str) -> Option<&'static Needs> {
    NEEDS.iter().find(|needs| needs.resource == resource)
}

impl Needs {
    /// Returns the actions with their services, such as `kms:Decrypt`, in alphabetical order.
    pub fn actions(&self) -> Vec<String> {
        let services = self.actions.split("; ").filter_map(|s| s.split_once(": "));
        let mut actions: Vec<_> = services
            .flat_map(|(service, names)| {
                names
                    .split_whitespace()
                    .map(move |name| format!("{service}:{name}"))
            })
            .collect();
        actions.sort();
        actions
    }
}

const fn needs(resource: &'static str, actions: &'static str, note: &'static str) -> Needs {
    Needs {
        resource,
        actions,
        note,
    }
}

// "Actions, resources, and condition keys for Amazon API Gateway Management": the methods of HTTP are the actions.
const API: &str = "apigateway: GET POST PUT PATCH DELETE";
const REST_API: &str = "On `arn:aws:apigateway:<region>::/restapis`, `/restapis/*` and `/tags/*`.";
const HTTP_API: &str = "On `arn:aws:apigateway:<region>::/apis`, `/apis/*` and `/tags/*`.";
const USAGE_PLAN: &str = "On `arn:aws:apigateway:<region>::/usageplans`, `/usageplans/*`, `/apikeys`, `/apikeys/*` and `/tags/*`.";

#[rustfmt::skip] // One entry a line.
const NEEDS: &[Needs] = &[
    needs("aws_acm_certificate", "acm: AddTagsToCertificate DeleteCertificate DescribeCertificate ListTagsForCertificate RemoveTagsFromCertificate RequestCertificate UpdateCertificateOptions", ""),
    needs("aws_acm_certificate_validation", "acm: DescribeCertificate", ""),
    needs("aws_api_gateway_api_key", API, USAGE_PLAN),
    needs("aws_api_gateway_authorizer", API, REST_API),
    needs("aws_api_gateway_deployment", API, REST_API),
    needs("aws_api_gateway_gateway_response", API, REST_API),
    needs("aws_api_gateway_integration", API, REST_API),
    needs("aws_api_gateway_integration_response", API, REST_API),
    needs("aws_api_gateway_method", API, REST_API),
    needs("aws_api_gateway_method_response", API, REST_API),
    needs("aws_api_gateway_method_settings", API, REST_API),
    needs("aws_api_gateway_resource", API, REST_API),
    needs("aws_api_gateway_rest_api", API, REST_API),
    needs("aws_api_gateway_stage", API, REST_API),
    needs("aws_api_gateway_usage_plan", API, USAGE_PLAN),
    needs("aws_api_gateway_usage_plan_key", API, USAGE_PLAN),
    needs("aws_apigatewayv2_api", API, HTTP_API),
    needs("aws_apigatewayv2_authorizer", API, HTTP_API),
    needs("aws_apigatewayv2_integration", API, HTTP_API),
    needs("aws_apigatewayv2_route", API, HTTP_API),
    // "Configure logging for HTTP APIs", API Gateway Developer Guide.
    needs("aws_apigatewayv2_stage", "apigateway: GET POST PUT PATCH DELETE; logs: CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery", HTTP_API),
    needs("aws_appautoscaling_policy", "application-autoscaling: DeleteScalingPolicy DescribeScalingPolicies PutScalingPolicy; cloudwatch: DeleteAlarms DescribeAlarms PutMetricAlarm", ""),
    needs("aws_appautoscaling_target", "application-autoscaling: DeregisterScalableTarget DescribeScalableTargets ListTagsForResource RegisterScalableTarget TagResource UntagResource", "The account's first one also needs `iam:CreateServiceLinkedRole` for `dynamodb.application-autoscaling.amazonaws.com`."),
    needs("aws_cloudfront_distribution", "cloudfront: CreateDistribution DeleteDistribution GetDistribution ListTagsForResource TagResource UntagResource UpdateDistribution", "With a web ACL, also `wafv2:AssociateWebACL` and `wafv2:GetWebACL`."),
    needs("aws_cloudfront_function", "cloudfront: CreateFunction DeleteFunction DescribeFunction GetFunction PublishFunction UpdateFunction", ""),
    needs("aws_cloudfront_origin_access_control", "cloudfront: CreateOriginAccessControl DeleteOriginAccessControl GetOriginAccessControl UpdateOriginAccessControl", ""),
    needs("aws_cloudfront_response_headers_policy", "cloudfront: CreateResponseHeadersPolicy DeleteResponseHeadersPolicy GetResponseHeadersPolicy UpdateResponseHeadersPolicy", ""),
    needs("aws_cloudwatch_dashboard", "cloudwatch: DeleteDashboards GetDashboard PutDashboard", ""),
    needs("aws_cloudwatch_event_bus", "events: CreateEventBus DeleteEventBus DescribeEventBus ListTagsForResource TagResource UntagResource UpdateEventBus", ""),
    needs("aws_cloudwatch_event_rule", "events: DeleteRule DescribeRule ListTagsForResource PutRule TagResource UntagResource", ""),
    needs("aws_cloudwatch_event_target", "events: ListTargetsByRule PutTargets RemoveTargets; iam: PassRole", ""),
    needs("aws_cloudwatch_log_delivery", "logs: CreateDelivery DeleteDelivery DescribeResourcePolicies GetDelivery ListTagsForResource PutResourcePolicy TagResource UntagResource UpdateDeliveryConfiguration", ""),
    needs("aws_cloudwatch_log_delivery_destination", "logs: DeleteDeliveryDestination GetDeliveryDestination ListTagsForResource PutDeliveryDestination TagResource UntagResource", ""),
    needs("aws_cloudwatch_log_delivery_source", "cloudfront: AllowVendedLogDeliveryForResource; logs: DeleteDeliverySource GetDeliverySource ListTagsForResource PutDeliverySource TagResource UntagResource", ""),
    needs("aws_cloudwatch_log_group", "logs: CreateLogGroup DeleteLogGroup DeleteRetentionPolicy DescribeLogGroups ListTagsForResource PutRetentionPolicy TagResource UntagResource", "With a KMS key, also `logs:AssociateKmsKey` and `logs:DisassociateKmsKey`."),
    needs("aws_cloudwatch_metric_alarm", "cloudwatch: DeleteAlarms DescribeAlarms ListTagsForResource PutMetricAlarm TagResource UntagResource", ""),
    needs("aws_cognito_resource_server", "cognito-idp: CreateResourceServer DeleteResourceServer DescribeResourceServer UpdateResourceServer", ""),
    needs("aws_cognito_user_pool", "cognito-idp: CreateUserPool DeleteUserPool DescribeUserPool GetUserPoolMfaConfig SetUserPoolMfaConfig TagResource UntagResource UpdateUserPool", "With `email`, also `iam:CreateServiceLinkedRole` for `email.cognito-idp.amazonaws.com`."),
    needs("aws_cognito_user_pool_client", "cognito-idp: CreateUserPoolClient DeleteUserPoolClient DescribeUserPoolClient UpdateUserPoolClient", ""),
    needs("aws_cognito_user_pool_domain", "cognito-idp: CreateUserPoolDomain DeleteUserPoolDomain DescribeUserPoolDomain UpdateUserPoolDomain", ""),
    needs("aws_dynamodb_table", "dynamodb: CreateTable DeleteTable DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource TagResource UntagResource UpdateContinuousBackups UpdateTable UpdateTimeToLive", "With a key of your own, also `kms:CreateGrant`, `kms:Decrypt` and `kms:DescribeKey`."),
    needs("aws_iam_role", "iam: CreateRole DeleteRole GetRole ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies PassRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription", "With a permissions boundary, also `iam:PutRolePermissionsBoundary` and `iam:DeleteRolePermissionsBoundary`."),
    needs("aws_iam_role_policy", "iam: DeleteRolePolicy GetRolePolicy PutRolePolicy", ""),
    needs("aws_iam_role_policy_attachment", "iam: AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies", ""),
    needs("aws_kinesis_stream", "kinesis: AddTagsToStream CreateStream DecreaseStreamRetentionPeriod DeleteStream DescribeStreamSummary DisableEnhancedMonitoring EnableEnhancedMonitoring IncreaseStreamRetentionPeriod ListShards ListTagsForStream RemoveTagsFromStream StartStreamEncryption StopStreamEncryption UpdateShardCount UpdateStreamMode", ""),
    needs("aws_lambda_alias", "lambda: CreateAlias DeleteAlias GetAlias UpdateAlias", ""),
    needs("aws_lambda_event_source_mapping", "lambda: CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping ListTags TagResource UntagResource UpdateEventSourceMapping", ""),
    needs("aws_lambda_function", "iam: PassRole; lambda: CreateFunction DeleteFunction DeleteFunctionConcurrency GetFunction GetFunctionCodeSigningConfig GetFunctionConfiguration ListTags ListVersionsByFunction PublishVersion PutFunctionConcurrency TagResource UntagResource UpdateFunctionCode UpdateFunctionConfiguration", "A zip in S3: `s3:GetObject` and `s3:GetObjectVersion`. A key of your own: `kms:CreateGrant`, `kms:Decrypt`, `kms:DescribeKey` and `kms:Encrypt`. A VPC: `ec2:DescribeSecurityGroups`, `ec2:DescribeSubnets`, `ec2:DescribeVpcs` and `ec2:GetSecurityGroupsForVpc`."),
    needs("aws_lambda_permission", "lambda: AddPermission GetPolicy RemovePermission", ""),
    needs("aws_route53_record", "route53: ChangeResourceRecordSets GetChange GetHostedZone ListResourceRecordSets", ""),
    needs("aws_s3_bucket", "s3: CreateBucket DeleteBucket GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration GetReplicationConfiguration ListBucket PutBucketTagging", "To destroy a bucket with what is in it, also `s3:DeleteObject`, `s3:DeleteObjectVersion` and `s3:ListBucketVersions`."),
    needs("aws_s3_bucket_cors_configuration", "s3: GetBucketCORS PutBucketCORS", ""),
    needs("aws_s3_bucket_lifecycle_configuration", "s3: GetLifecycleConfiguration PutLifecycleConfiguration", ""),
    needs("aws_s3_bucket_notification", "s3: GetBucketNotification PutBucketNotification", ""),
    needs("aws_s3_bucket_object_lock_configuration", "s3: GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration", ""),
    needs("aws_s3_bucket_ownership_controls", "s3: GetBucketOwnershipControls PutBucketOwnershipControls", ""),
    needs("aws_s3_bucket_policy", "s3: DeleteBucketPolicy GetBucketPolicy PutBucketPolicy", ""),
    needs("aws_s3_bucket_public_access_block", "s3: GetBucketPublicAccessBlock PutBucketPublicAccessBlock", ""),
    needs("aws_s3_bucket_server_side_encryption_configuration", "s3: GetEncryptionConfiguration PutEncryptionConfiguration", ""),
    needs("aws_s3_bucket_versioning", "s3: GetBucketVersioning PutBucketVersioning", ""),
    needs("aws_s3_object", "s3: DeleteObject DeleteObjectTagging GetObject GetObjectTagging ListBucket PutObject PutObjectTagging", "In a bucket with versions, also `s3:DeleteObjectVersion`, `s3:GetObjectVersion` and `s3:ListBucketVersions`."),
    needs("aws_scheduler_schedule", "iam: PassRole; scheduler: CreateSchedule DeleteSchedule GetSchedule UpdateSchedule", ""),
    needs("aws_scheduler_schedule_group", "scheduler: CreateScheduleGroup DeleteScheduleGroup GetScheduleGroup ListTagsForResource TagResource UntagResource", ""),
    // "Logging using CloudWatch Logs", Step Functions Developer Guide.
    needs("aws_sfn_state_machine", "iam: PassRole; logs: CreateLogDelivery DeleteLogDelivery DescribeLogGroups DescribeResourcePolicies GetLogDelivery ListLogDeliveries PutResourcePolicy UpdateLogDelivery; states: CreateStateMachine DeleteStateMachine DescribeStateMachine ListStateMachineVersions ListTagsForResource TagResource UntagResource UpdateStateMachine ValidateStateMachineDefinition", ""),
    needs("aws_sqs_queue", "sqs: CreateQueue DeleteQueue GetQueueAttributes ListQueueTags SetQueueAttributes TagQueue UntagQueue", ""),
    needs("aws_sqs_queue_policy", "sqs: GetQueueAttributes SetQueueAttributes", ""),
    needs("aws_wafv2_web_acl", "wafv2: CreateWebACL DeleteWebACL GetWebACL ListTagsForResource TagResource UntagResource UpdateWebACL", ""),
    needs("aws_wafv2_web_acl_association", "apigateway: SetWebACL; wafv2: AssociateWebACL DisassociateWebACL GetWebACL GetWebACLForResource", ""),
    needs("rustlambda_package", "lambda: GetFunctionConfiguration", "With `store`: `s3:ListBucket`, `s3:GetObject`, `s3:PutObject`, and in a bucket with versions `s3:GetObjectVersion`."),
    // The AWS provider asks for these without a permission of their own.
    needs("data.aws_caller_identity", "", ""),
    needs("data.aws_iam_policy_document", "", ""),
    needs("data.aws_partition", "", ""),
    needs("data.aws_region", "", ""),
    needs("data.rustlambda_release", "s3: GetObject ListBucket", "In a bucket with versions, also `s3:GetObjectVersion`."),
];
