//! A user of the order system.

use std::time::Duration;

use function_kit::{Id, Owner};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::time;

/// Which user.
pub type UserId = Id<User>;

/// A user, as its row and as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Which user.
    pub id: UserId,
    /// Who registered it. Nobody else sees it or orders for it.
    pub owner: Owner,
    /// What the user is called.
    pub name: PersonName,
    /// Where notifications go.
    pub email: Email,
    /// What the user may spend.
    pub plan: Plan,
    /// When it was registered.
    #[serde(with = "time")]
    pub created_at: Timestamp,
    /// When the row was written last. The first rows lack it.
    #[serde(
        default,
        with = "time::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// When DynamoDB may delete the row, if it may: seconds since 1970, as its time to live wants
    /// them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// A user to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// See [`User::owner`].
    pub owner: Owner,
    /// See [`User::name`].
    pub name: PersonName,
    /// See [`User::email`].
    pub email: Email,
    /// See [`User::plan`].
    pub plan: Plan,
}

/// Plan that a user is on, which limits what an order may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// Costs nothing.
    Free,
    /// Costs something.
    Pro,
}

/// A name of 1 to 100 characters, without control characters and white space at either end.
///
/// `TryFrom` checks new input. Rows are read as they are: a later rule must not make them unreadable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonName(String);

/// An e-mail address, by its shape: only a message that arrives could prove more. `TryFrom` checks
/// new input only, as a [`PersonName`]'s does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Email(String);

/// Input that a user cannot be registered with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUser {
    /// See [`PersonName`].
    #[error("must have 1 to 100 characters, none of them a control character")]
    Name,
    /// See [`Email`].
    #[error("must be an e-mail address, such as ann@example.com")]
    Email,
}

impl User {
    /// Returns a new user, whose row is kept for `retention`, or for good.
    pub fn register(new: NewUser, now: Timestamp, retention: Option<Duration>) -> Self {
        let kept = |time: Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        Self {
            id: UserId::generate(),
            owner: new.owner,
            name: new.name,
            email: new.email,
            plan: new.plan,
            created_at: now,
            updated_at: Some(now),
            expires_at: retention.map(|time| now.as_second().saturating_add(kept(time))),
        }
    }

    /// Whether the row only waits for its deletion, for which DynamoDB takes up to days
    /// ("Using time to live (TTL) in DynamoDB").
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|time| time <= now.as_second())
    }
}

impl Plan {
    /// Returns the most that an order may cost, in cents.
    pub fn order_limit_cents(self) -> u64 {
        match self {
            Self::Free => 10_000,
            Self::Pro => 1_000_000,
        }
    }
}

impl TryFrom<String> for PersonName {
    type Error = InvalidUser;

    fn try_from(text: String) -> Result<Self, InvalidUser> {
        let name = text.trim();
        let fits = (1..=100).contains(&name.chars().count());
        if fits && !name.chars().any(char::is_control) {
            Ok(Self(name.to_owned()))
        } else {
            Err(InvalidUser::Name)
        }
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> Self {
        name.0
    }
}

impl TryFrom<String> for Email {
    type Error = InvalidUser;

    /// 254 bytes are the longest address that SMTP carries (RFC 5321, section 4.5.3.1.3).
    fn try_from(text: String) -> Result<Self, InvalidUser> {
        let plain =
            text.len() <= 254 && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        match text.split_once('@') {
            Some((local, domain))
                if plain && !local.is_empty() && !domain.is_empty() && !domain.contains('@') =>
            {
                Ok(Self(text))
            }
            _ => Err(InvalidUser::Email),
        }
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_sides_and_no_gaps() {
        for (text, good) in [
            ("ann@example.com", true),
            ("ann", false),
            ("@example.com", false),
            ("ann@", false),
            ("a@b@c", false),
            ("ann @example.com", false),
            ("ann@example.com\nbcc: all", false),
        ] {
            assert_eq!(Email::try_from(text.to_owned()).is_ok(), good, "{text:?}");
        }
        assert!(Email::try_from(format!("a@{}", "b".repeat(253))).is_err());
    }

    #[test]
    fn a_row_is_read_whatever_new_input_must_be() {
        let row = r#"{"id":"01a1fd0e-a1a4-7583-bc03-e3ff0d3bb295","owner":"ann","name":" ",
            "email":"ann","plan":"pro","createdAt":"2025-11-21T10:00:00.000Z","expiresAt":1}"#;
        let user: User = serde_json::from_str(row).unwrap();
        assert_eq!((user.email.0.as_str(), user.updated_at), ("ann", None));
    }

    #[test]
    fn a_name_is_something_to_read() {
        let name = PersonName::try_from("  Ann Ω  ".to_owned()).unwrap();
        assert_eq!(String::from(name), "Ann Ω");
        for bad in ["", "   ", "a\0b", &"a".repeat(101)] {
            assert!(PersonName::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
