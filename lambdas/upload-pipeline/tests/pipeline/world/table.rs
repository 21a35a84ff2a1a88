//! The table of the world: rows, receipts, and what each owner uses.

use async_trait::async_trait;
use jiff::Timestamp;
use upload_pipeline::domain::{Charge, IdempotencyKey, Owner, Receipt, Upload, UploadId};
use upload_pipeline::ports::*;

use super::{State, World};

#[async_trait]
impl UploadTable for World {
    async fn insert(
        &self,
        upload: &Upload,
        receipt: Option<&Receipt>,
    ) -> Result<Insert, PortError> {
        let now = self.now();
        self.call(|state| {
            let key = receipt.map(|receipt| (&receipt.owner, &receipt.key));
            if let Some(used) = key.and_then(|key| find_receipt(state, key, now)) {
                return Insert::KeyUsed(used);
            }
            if state.rows.contains_key(&upload.upload_id.to_string()) {
                return Insert::Taken;
            }
            let used = state.used.get(&upload.owner).copied().unwrap_or_default();
            if let Some(exceeded) = state.quota.exceeded_by(used, upload.charge()) {
                return Insert::QuotaExceeded(exceeded);
            }
            if let Some(receipt) = receipt {
                state
                    .receipts
                    .retain(|old| Some((&old.owner, &old.key)) != key);
                state.receipts.push(receipt.clone());
            }
            write(state, Charge::default(), upload);
            Insert::Done
        })
    }

    async fn find(&self, owner: &Owner, id: UploadId) -> Result<Option<Upload>, PortError> {
        self.call(|state| {
            let row = state.rows.get(&id.to_string());
            row.filter(|row| row.owner == *owner).cloned()
        })
    }

    async fn update(&self, before: &Upload, next: &Upload) -> Result<Write, PortError> {
        assert_eq!(before.revision + 1, next.revision);
        let hangs = self.state().hangs_at.take_if(|at| *at == next.revision);
        if hangs.is_some() {
            std::future::pending::<()>().await;
        }
        let now = self.now();
        self.call(|state| {
            let id = next.upload_id.to_string();
            if let Some(row) = state.rows.get_mut(&id)
                && std::mem::take(&mut state.is_overtaken)
            {
                *row = row.looked_after(now);
            }
            let row = state.rows.get(&id);
            if row.map(|row| row.revision) != Some(before.revision) {
                return Write::Conflict;
            }
            write(state, before.charge(), next);
            Write::Done
        })
    }

    async fn list(
        &self,
        owner: &Owner,
        status: Option<&str>,
        after: Option<UploadId>,
        limit: u8,
    ) -> Result<Listing, PortError> {
        self.call(|state| {
            let rows = state.rows.values().rev();
            let mut uploads: Vec<_> = rows
                .filter(|row| row.owner == *owner && !row.is_deleted())
                .filter(|row| status.is_none_or(|status| row.state.name() == status))
                .filter(|row| after.is_none_or(|after| row.upload_id < after))
                .cloned()
                .collect();
            let is_more = uploads.len() > usize::from(limit);
            uploads.truncate(limit.into());
            let next = uploads.last().filter(|_| is_more);
            let next = next.map(|row| row.upload_id);
            Listing { uploads, next }
        })
    }

    async fn due(
        &self,
        partition: u8,
        by: Timestamp,
        after: Option<&Due>,
        limit: u8,
    ) -> Result<Vec<Due>, PortError> {
        let schedule = self.schedule();
        self.call(|state| {
            let rows = state.rows.values();
            let mut due: Vec<_> = rows
                .filter_map(|row| {
                    Some(Due {
                        owner: row.owner.clone(),
                        upload_id: row.upload_id,
                        due_at: schedule.due(row)?,
                    })
                })
                .filter(|due| due.due_at <= by && partition_of(due.upload_id) == partition)
                .collect();
            due.sort_by_key(|due| (due.due_at, due.upload_id));
            let seen = |due: &Due| {
                after.is_some_and(|a| (due.due_at, due.upload_id) <= (a.due_at, a.upload_id))
            };
            let due = due.into_iter().filter(|due| !seen(due));
            due.take(limit.into()).collect()
        })
    }

    async fn receipt(
        &self,
        owner: &Owner,
        key: &IdempotencyKey,
    ) -> Result<Option<Receipt>, PortError> {
        let now = self.now();
        self.call(|state| find_receipt(state, (owner, key), now))
    }
}

fn partition_of(id: UploadId) -> u8 {
    u8::from_str_radix(&id.to_string()[35..], 16).unwrap()
}

fn find_receipt(state: &State, key: (&Owner, &IdempotencyKey), now: Timestamp) -> Option<Receipt> {
    let mut receipts = state.receipts.iter();
    let receipt = receipts.find(|receipt| (&receipt.owner, &receipt.key) == key);
    receipt.filter(|receipt| now < receipt.expires_at).cloned()
}

fn write(state: &mut State, before: Charge, next: &Upload) {
    let used = state.used.entry(next.owner.clone()).or_default();
    let charge = next.charge();
    used.bytes = used.bytes + charge.bytes - before.bytes;
    used.open = used.open + charge.open - before.open;
    let id = next.upload_id.to_string();
    let transition = format!("{id} {}", next.state.name());
    state.transitions.push(transition);
    state.rows.insert(id, next.clone());
}
