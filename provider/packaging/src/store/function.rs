//! Whether a Lambda function exists that needs a zip.

use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{Builder, Region};

use crate::store::s3::S3;

impl S3 {
    /// Whether Lambda says that there is no function of this ARN.
    ///
    /// Asks in the ARN's region, with the provider's credentials. Any
    /// answer but ResourceNotFoundException counts as no: AWS answers 403 for a function of another
    /// account, so that the wrong credentials never make a function look deleted
    /// (<https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html>).
    pub async fn lacks_function(&self, arn: &str) -> bool {
        let Some(region) = arn.split(':').nth(3).filter(|region| !region.is_empty()) else {
            return false;
        };
        let Ok(config) = self.config().await else {
            return false;
        };
        let region = Region::new(region.to_owned());
        let config = Builder::from(config).region(region).build();
        let ask = Client::from_conf(config).get_function_configuration();
        match ask.function_name(arn).send().await {
            Ok(_) => false,
            Err(error) => {
                let missing = error
                    .as_service_error()
                    .is_some_and(|error| error.is_resource_not_found_exception());
                if !missing {
                    let error = aws_sdk_lambda::error::DisplayErrorContext(&error);
                    tracing::debug!(arn, %error, "cannot ask Lambda for the function");
                }
                missing
            }
        }
    }
}
