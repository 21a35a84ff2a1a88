//! The functions' roles hold what they use, and IAM is really enforced.

use acceptance_tests::{answers::ensure_problem, deployment::Deployment, permissions::without};
use anyhow::{Result, ensure};

use crate::observe::{Stored, file_key, processed, upload_body};

/// Takes `s3:PutObject` from upload-api's role: uploads fail and store no object; given
/// back, they work again.
pub fn without_put_object_the_upload_fails(deployment: &Deployment) -> Result<()> {
    let (api, token) = (deployment.api()?, &deployment.user()?.access);
    let body = upload_body("permitted.txt", "is it permitted?");
    let before = Stored::count(deployment)?.objects;
    let refused = without(deployment, "upload-api", "s3:PutObject", || {
        api.post("/uploads", Some(token), &body)
    })?;
    ensure_problem(&refused, 500)?;
    ensure!(
        Stored::count(deployment)?.objects == before,
        "the failed upload left an object"
    );

    let accepted = api.post("/uploads", Some(token), &body)?;
    let text = processed(deployment, &file_key(&accepted)?)?;
    ensure!(text == "IS IT PERMITTED?", "processed to {text:?}");
    Ok(())
}
