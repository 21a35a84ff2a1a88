//! The argument `store`, of packages, releases and the provider.

use packaging::{Place, normal_prefix};
use tf_provider::schema::{non_empty, optional, required};
use tf_provider::{Attr, Result, model};

model! {
    /// Where artifacts lie for every machine.
    pub struct StoreModel {
        /// The S3 bucket.
        pub bucket: Attr<String> = required().validate(non_empty()),
        /// What the keys begin with; a slash and the function's name follow. Slashes at its ends do
        /// not count.
        pub prefix: Attr<String> = optional(),
        /// The bucket's region, by default the provider's.
        pub region: Attr<String> = optional().validate(non_empty()),
        /// The KMS key that encrypts what is written, by default the bucket's.
        pub kms_key_id: Attr<String> = optional().validate(non_empty()),
        /// The account that has to own the bucket. S3 refuses every request otherwise, so that
        /// nobody else's bucket of the same name is read or written.
        pub expected_bucket_owner: Attr<String> = optional().validate(non_empty()),
        /// Whether nothing may be written or deleted there.
        pub read_only: Attr<bool> = optional(),
        /// Whether a zip there counts only after the sources were compiled here to the same bytes.
        /// Releases cannot be verified so, because their consumers have no sources: see
        /// `public_key` and `sha256` of the data source.
        pub verify: Attr<bool> = optional(),
    }
}

impl StoreModel {
    /// Whether an argument is unknown.
    pub fn has_unknown(&self) -> bool {
        let Self {
            bucket,
            prefix,
            region,
            kms_key_id,
            expected_bucket_owner,
            read_only,
            verify,
        } = self;
        let texts = [bucket, prefix, region, kms_key_id, expected_bucket_owner];
        texts.into_iter().any(Attr::is_unknown) || read_only.is_unknown() || verify.is_unknown()
    }

    /// Where it is, and on which terms.
    pub fn place(&self) -> Result<Place> {
        Ok(Place {
            bucket: self.bucket.get()?.clone(),
            prefix: self.normal_prefix(),
            region: self.region.known().cloned(),
            kms_key_id: self.kms_key_id.known().cloned(),
            expected_bucket_owner: self.expected_bucket_owner.known().cloned(),
            read_only: self.read_only.known().copied().unwrap_or_default(),
        })
    }

    fn normal_prefix(&self) -> String {
        normal_prefix(self.prefix.as_str().unwrap_or_default())
    }

    /// Whether two name one place, however they write its prefix and reach it.
    pub fn is_at(&self, other: &Self) -> bool {
        !self.prefix.is_unknown()
            && self.bucket == other.bucket
            && self.normal_prefix() == other.normal_prefix()
    }

    /// Keeps the prefix as an earlier apply wrote it, where the two are one.
    pub fn keep_prefix(&mut self, prior: &Self) {
        if self.is_at(prior) && self.prefix.known().is_some() && prior.prefix.known().is_some() {
            self.prefix = prior.prefix.clone();
        }
    }
}

/// Whether two name one place, or none.
pub(crate) fn is_same_place(a: &Attr<StoreModel>, b: &Attr<StoreModel>) -> bool {
    match (a.known(), b.known()) {
        (Some(a), Some(b)) => a.is_at(b),
        _ => a == b,
    }
}
