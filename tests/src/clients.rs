//! AWS SDK clients of the embedded AWS, as root, called without `async`.

use std::future::Future;

use anyhow::{Context, Result};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use sandbox::{
    embedded_aws::{Address, REGION, ROOT_KEY},
    sdk,
};
use tokio::runtime::Runtime;

/// One client for each service that a test looks into.
#[derive(Debug)]
pub struct Clients {
    runtime: Runtime,
    /// Amazon API Gateway: REST APIs.
    pub apigateway: aws_sdk_apigateway::Client,
    /// Amazon CloudWatch Logs.
    pub logs: aws_sdk_cloudwatchlogs::Client,
    /// Amazon Cognito user pools.
    pub cognito: aws_sdk_cognitoidentityprovider::Client,
    /// Amazon DynamoDB.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// Amazon EventBridge.
    pub eventbridge: aws_sdk_eventbridge::Client,
    /// AWS IAM.
    pub iam: aws_sdk_iam::Client,
    /// Amazon Kinesis Data Streams.
    pub kinesis: aws_sdk_kinesis::Client,
    /// AWS Lambda.
    pub lambda: aws_sdk_lambda::Client,
    /// Amazon S3, with the bucket in the path.
    pub s3: aws_sdk_s3::Client,
    /// AWS Step Functions.
    pub sfn: aws_sdk_sfn::Client,
    /// Amazon SQS.
    pub sqs: aws_sdk_sqs::Client,
}

impl Clients {
    /// Clients of the AWS at `address`.
    pub fn new(address: &Address) -> Result<Self> {
        let root = Credentials::new(ROOT_KEY, ROOT_KEY, None, None, "embedded AWS");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .endpoint_url(address.endpoint())
            .http_client(sdk::http_client(address)?)
            .credentials_provider(SharedCredentialsProvider::new(root))
            .build();
        let s3 = aws_sdk_s3::config::Builder::from(&config)
            .force_path_style(true)
            .build();
        Ok(Self {
            runtime: Runtime::new()?,
            apigateway: aws_sdk_apigateway::Client::new(&config),
            logs: aws_sdk_cloudwatchlogs::Client::new(&config),
            cognito: aws_sdk_cognitoidentityprovider::Client::new(&config),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            eventbridge: aws_sdk_eventbridge::Client::new(&config),
            iam: aws_sdk_iam::Client::new(&config),
            kinesis: aws_sdk_kinesis::Client::new(&config),
            lambda: aws_sdk_lambda::Client::new(&config),
            s3: aws_sdk_s3::Client::from_conf(s3),
            sfn: aws_sdk_sfn::Client::new(&config),
            sqs: aws_sdk_sqs::Client::new(&config),
        })
    }

    /// Creates a user of a pool with a password that has to be replaced, and mails nobody.
    pub fn invite(&self, pool: &str, email: &str, password: &str) -> Result<()> {
        let request = self.cognito.admin_create_user();
        let request = request
            .user_pool_id(pool)
            .username(email)
            .temporary_password(password)
            .message_action("SUPPRESS".into());
        self.wait(request.send()).context("cannot invite a user")?;
        Ok(())
    }

    /// Waits for a request.
    pub fn wait<T>(&self, request: impl Future<Output = T>) -> T {
        self.runtime.block_on(request)
    }
}
