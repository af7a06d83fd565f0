//! Identifiers: what a ticket, an agent and a tool call are called.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

const KEY_PREFIX: &str = "TICKET-";

/// The name of one ticket: `TICKET-<n>`, counted from 1 and never used again.
///
/// # Examples
/// ```
/// use agentwerk::TicketKey;
///
/// let key: TicketKey = "TICKET-7".parse()?;
/// assert_eq!(key.to_string(), "TICKET-7");
/// assert_eq!(key.number(), 7);
/// # Ok::<(), agentwerk::ParseTicketKeyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TicketKey(u64);

impl TicketKey {
    /// Makes the key of the ticket with this number.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// The number behind `TICKET-`; a larger one was given out later.
    pub const fn number(self) -> u64 {
        self.0
    }
}

/// So that what takes a key takes it by value and by reference.
impl From<&Self> for TicketKey {
    fn from(key: &Self) -> Self {
        *key
    }
}

impl fmt::Display for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{KEY_PREFIX}{}", self.0)
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no ticket key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a ticket key: expected `TICKET-` and a number, as in `TICKET-7`")]
pub struct ParseTicketKeyError {
    text: String,
}

impl FromStr for TicketKey {
    type Err = ParseTicketKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.strip_prefix(KEY_PREFIX)
            .filter(|digits| digits.starts_with(|first: char| first.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .map(Self)
            .ok_or_else(|| ParseTicketKeyError {
                text: text.to_owned(),
            })
    }
}

impl Serialize for TicketKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TicketKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Whether the text is empty.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self(Arc::from(""))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Arc::from(text))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Arc::from(text))
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }
    };
}

text_id! {
    /// The name of an agent; empty in events that belong to no agent.
    AgentName
}

impl AgentName {
    /// Whether both are the name of one agent, and not of two that are called the same.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

text_id! {
    /// The name that a provider gave to one tool call.
    CallId
}
