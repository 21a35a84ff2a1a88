//! Addresses at which an owner fetches what an upload has.

use serde::Serialize;

use super::{Direct, Refusal};
use crate::domain::{Upload, UploadState};

/// Addresses that are good for some minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Downloads {
    /// Of the bytes that arrived.
    pub original: String,
    /// Of the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

impl Direct {
    /// Returns addresses of the upload's bytes and of its result, if its bytes have arrived.
    ///
    /// # Errors
    /// When they cannot be signed.
    pub async fn downloads(&self, upload: &Upload) -> Result<Option<Downloads>, Refusal> {
        let Some(object) = upload.state.object() else {
            return Ok(None);
        };
        let name = &upload.file_name;
        let original = self.store.sign_get(&upload.location, object, name).await?;
        let result = match &upload.state {
            UploadState::Processed { result, .. } => {
                let signed = self.store.sign_get(&result.location, &result.object, name);
                Some(signed.await?)
            }
            _ => None,
        };
        Ok(Some(Downloads { original, result }))
    }
}
