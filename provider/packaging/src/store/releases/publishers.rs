//! Who has published a release, so that nobody deletes what another still names.
//!
//! Beside the zip, each publisher leaves a mark, `<version>/<its id>.publisher`. A release with the
//! mark of another publisher is never deleted.

use semver::Version;

use super::Releases;
use crate::error::Result;
use crate::store::s3::Upload;
use crate::store::version::superseded;

/// A new publisher's id, which is no other's.
pub fn new_publisher() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Who has published a release.
struct Marks {
    /// The key of the mark of the publisher that asks.
    own: Option<String>,
    of_others: bool,
}

impl Releases {
    /// Leaves a publisher's mark.
    pub(super) async fn mark(&self, version: &Version, publisher: &str) -> Result<()> {
        let mark = Upload::Bytes(b"{}".to_vec());
        let key = self.key(&format!("{version}/{publisher}.publisher"));
        self.objects
            .write_new(&key, &mark, "application/json")
            .await?;
        Ok(())
    }

    /// Deletes what the newest `count` stable releases supersede, but for `current`, and for what
    /// others have published.
    pub async fn retain(&self, count: usize, current: &Version, publisher: &str) -> Result<()> {
        for version in superseded(&self.versions().await?, count) {
            if version != current && !self.marks(version, publisher).await?.of_others {
                self.delete(version).await?;
            }
        }
        Ok(())
    }

    /// Deletes the releases that a publisher has published. Where another one's mark is, nothing
    /// but the marks go: the other may be this publisher's replacement.
    pub async fn withdraw(&self, publisher: &str) -> Result<()> {
        let mut own = Vec::new();
        let mut shared = false;
        for version in self.versions().await? {
            let marks = self.marks(&version, publisher).await?;
            shared |= marks.of_others;
            own.extend(marks.own.map(|mark| (version, mark)));
        }
        for (version, mark) in own {
            if shared {
                self.objects.delete(&mark).await?;
            } else {
                self.delete(&version).await?;
            }
        }
        Ok(())
    }

    async fn marks(&self, version: &Version, publisher: &str) -> Result<Marks> {
        let keys = self.objects.list(&self.key(&format!("{version}/"))).await?;
        let own = format!("/{publisher}.publisher");
        let marks = keys.into_iter().filter(|key| key.ends_with(".publisher"));
        let (own, others): (Vec<_>, Vec<_>) = marks.partition(|key| key.ends_with(&own));
        Ok(Marks {
            own: own.into_iter().next(),
            of_others: !others.is_empty(),
        })
    }

    /// Deletes a release. One that is gone already is no error.
    async fn delete(&self, version: &Version) -> Result<()> {
        tracing::info!(
            "deleting {}",
            self.objects.address(&self.record_key(version))
        );
        self.objects.delete(&self.record_key(version)).await?;
        for key in self.objects.list(&self.key(&format!("{version}/"))).await? {
            self.objects.delete(&key).await?;
        }
        Ok(())
    }
}
