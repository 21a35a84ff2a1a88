//! The users of a soak, each of whom uploads one file after another.

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use sandbox::cancel;

use super::{Rows, Soak, locked};
use crate::uploader::{Arrival, Ticket, Uploader, Way, sha256};

/// How an upload is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Within the request.
    Inline,
    /// By a presigned PUT, after which the client says nothing more.
    Put,
    /// By parts.
    Parts,
    /// By parts, and deleted before the last one.
    Abandoned,
    /// Within the request, and deleted at once.
    Deleted,
}

/// Kinds, each with how many of a hundred uploads are of it.
const KINDS: [(Kind, u32); 5] = [
    (Kind::Inline, 55),
    (Kind::Put, 30),
    (Kind::Parts, 9),
    (Kind::Abandoned, 3),
    (Kind::Deleted, 3),
];

/// Of a hundred uploads whose event S3 sends, so many lose it.
const WITHHELD: u32 = 5;

/// More than the stack's limit for a PUT, in bytes; up to [`SPREAD`] more makes two parts of some.
const LARGE: u64 = (5 << 20) + 1;
const SPREAD: u64 = 5 << 20;

/// Most bytes of the others.
const SMALL: u64 = 64 << 10;

/// An upload that was acknowledged.
#[derive(Debug, Clone)]
pub struct Sent {
    /// How.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its key in the uploads bucket.
    pub file_key: String,
    /// SHA-256 of what has to come out.
    pub expected: String,
}

impl Sent {
    /// Whether its owner has deleted it.
    pub fn is_deleted(&self) -> bool {
        matches!(self.kind, Kind::Abandoned | Kind::Deleted)
    }

    /// Whether its row says that nothing more happens to it.
    pub fn has_ended(&self, rows: &Rows) -> bool {
        let status = rows.uploads.get(&self.id).map(|row| row.status.as_str());
        // One that is gone does not come back.
        !matches!(status, Some("PENDING" | "RECEIVED" | "PROCESSING"))
    }
}

/// Makes this user's share of the uploads.
pub fn user(soak: &Soak, number: usize, user: &Uploader) -> Result<()> {
    let mut random = Rng::with_seed(soak.plan.seed.wrapping_mul(1_000_003) + number as u64);
    let uploads = (number..soak.plan.uploads).step_by(soak.plan.users);
    for turn in uploads {
        cancel::check()?;
        // Every soak has some of each kind, and one whose event is lost.
        let kind = KINDS
            .get(turn)
            .map_or_else(|| draw(&mut random), |(kind, _)| *kind);
        let lost = turn < KINDS.len() || random.u32(0..100) < WITHHELD;
        match upload(soak, user, turn, kind, lost, &mut random) {
            Ok(sent) => locked(&soak.sent).push(sent),
            Err(error) if error.is::<cancel::Cancelled>() => return Err(error),
            Err(error) => {
                locked(&soak.unacknowledged).push(format!("{turn} ({kind:?}): {error:#}"));
            }
        }
    }
    Ok(())
}

fn draw(random: &mut Rng) -> Kind {
    let mut dice = random.u32(0..KINDS.iter().map(|(_, share)| share).sum());
    for (kind, share) in KINDS {
        match dice.checked_sub(share) {
            Some(left) => dice = left,
            None => return kind,
        }
    }
    Kind::Inline
}

fn upload(
    soak: &Soak,
    user: &Uploader,
    turn: usize,
    kind: Kind,
    lost: bool,
    random: &mut Rng,
) -> Result<Sent> {
    let key = format!("soak-{}-{turn}", soak.plan.seed);
    let name = format!("file-{turn}.txt");
    let size = match kind {
        Kind::Parts | Kind::Abandoned => LARGE + random.u64(0..SPREAD),
        _ => random.u64(1..SMALL),
    };
    let content = content(random, size);
    let sent = |id: String, file_key: String| Sent {
        kind,
        id,
        file_key,
        expected: sha256(content.to_uppercase().as_bytes()),
    };
    if matches!(kind, Kind::Inline | Kind::Deleted) {
        let (id, file_key) = user.inline(&key, &name, &content)?;
        if kind == Kind::Deleted {
            user.delete(&id)?;
        }
        return Ok(sent(id, file_key));
    }
    let digest = (kind == Kind::Put).then(|| sha256(content.as_bytes()));
    let ticket = user.announce(&key, &name, size, digest.as_deref())?;
    let announced = sent(ticket.id.clone(), ticket.file_key.clone());
    match kind {
        Kind::Put => {
            let again = || user.announce(&key, &name, size, digest.as_deref());
            soak.gate
                .pass(lost, || put(user, &ticket, content.as_bytes(), again))?;
        }
        Kind::Abandoned => {
            parts(user, &ticket, content.as_bytes(), 1)?;
            user.delete(&ticket.id)?;
        }
        _ => {
            parts(user, &ticket, content.as_bytes(), usize::MAX)?;
            soak.gate.pass(lost, || user.complete(&ticket.id))?;
        }
    }
    Ok(announced)
}

fn put(
    user: &Uploader,
    ticket: &Ticket,
    bytes: &[u8],
    again: impl Fn() -> Result<Ticket>,
) -> Result<()> {
    let mut ticket = ticket.clone();
    for _ in 0..3 {
        let Way::Put(signed) = &ticket.way else {
            bail!("not a PUT: {ticket:?}")
        };
        if user.put(signed, bytes)? == Arrival::Arrived {
            return Ok(());
        }
        ticket = again().context("after S3 refused the URL")?;
    }
    bail!("S3 refuses every URL of {}", ticket.id)
}

/// Sends the first `most` parts.
fn parts(user: &Uploader, ticket: &Ticket, bytes: &[u8], most: usize) -> Result<()> {
    let Way::Parts { part_size, parts } = ticket.way else {
        bail!("not a multipart upload: {ticket:?}")
    };
    let pieces = bytes.chunks(usize::try_from(part_size)?);
    for (number, piece) in (1..=parts).zip(pieces).take(most) {
        user.send_part(&ticket.id, number, piece)?;
    }
    Ok(())
}

/// Returns a text of lower case letters, which differs from all others.
fn content(random: &mut Rng, size: u64) -> String {
    let block: String = (0..4099).map(|_| random.lowercase()).collect();
    let mut text = block.repeat(size as usize / block.len() + 1);
    text.truncate(size as usize);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uploads_are_of_all_kinds_in_their_shares() {
        let mut random = Rng::with_seed(1);
        let drawn: Vec<_> = (0..10_000).map(|_| draw(&mut random)).collect();
        for (kind, share) in KINDS {
            let count = drawn.iter().filter(|&&it| it == kind).count() as u32;
            assert!(count.abs_diff(share * 100) < 200, "{kind:?}: {count}");
        }
    }

    #[test]
    fn contents_have_their_size_and_differ() {
        let mut random = Rng::with_seed(1);
        let (first, second) = (content(&mut random, 9000), content(&mut random, 9000));
        assert_eq!((first.len(), second.len()), (9000, 9000));
        assert_ne!(first, second);
    }
}
