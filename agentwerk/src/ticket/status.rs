use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a ticket stands. A closed set: there will be no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Open, for any agent that serves it.
    Todo,
    /// An agent works on it.
    InProgress,
    /// It waits for a person or a comment.
    Waiting,
    /// It has a result.
    Done,
    /// It failed for good.
    Failed,
    /// It was called off.
    Cancelled,
}

impl Status {
    /// Whether nothing can happen to the ticket any more.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Cancelled)
    }

    /// The statuses that may come next. The first end of a ticket is its end.
    pub(crate) const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Todo => !matches!(next, Self::Todo | Self::Waiting),
            Self::InProgress => !matches!(next, Self::InProgress),
            Self::Waiting => !matches!(next, Self::Waiting),
            Self::Done | Self::Failed | Self::Cancelled => false,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Todo => "todo",
            Self::InProgress => "in_progress",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        })
    }
}
