//! The port on DynamoDB. Region, credentials, endpoint and retries are those that the SDK finds
//! in the environment.

mod attribute;
mod row;
mod table;

use function_kit::aws::sdk_config;
use function_kit::{Environment, EnvironmentError};

pub use table::DynamoTable;

/// The table that `ITEMS_TABLE` names.
///
/// # Errors
/// When `ITEMS_TABLE` is not set.
pub async fn table(environment: &Environment) -> Result<DynamoTable, EnvironmentError> {
    let name = environment.required("ITEMS_TABLE")?;
    Ok(DynamoTable::new(&sdk_config().await, name))
}
