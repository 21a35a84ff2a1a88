//! Where objects lie in S3.

/// Where objects lie, and on which terms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The bucket.
    pub bucket: String,
    /// What the keys begin with; slashes around it do not count.
    pub prefix: String,
    /// The bucket's region, by default that of the configuration.
    pub region: Option<String>,
    /// The KMS key that encrypts what is written, by default the bucket's.
    pub kms_key_id: Option<String>,
    /// The account that has to own the bucket. S3 refuses each request otherwise.
    pub expected_bucket_owner: Option<String>,
    /// Whether nothing may be written or deleted.
    pub read_only: bool,
}

/// Brings a prefix into its normal form: no slash at its ends, none twice.
pub fn normal_prefix(prefix: &str) -> String {
    let parts: Vec<_> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_that_name_one_place_have_one_form() {
        for prefix in ["team/api", "team/api/", "/team//api", "team/api//"] {
            assert_eq!(normal_prefix(prefix), "team/api");
        }
        assert_eq!(normal_prefix("/"), "");
    }
}
