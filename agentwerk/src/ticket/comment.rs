use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::id::AgentName;

/// What somebody added to a ticket after its submission, for whoever works on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comment {
    /// The agent that wrote it; empty for the program itself.
    #[serde(default)]
    pub author: AgentName,
    /// When it was added.
    pub at: Timestamp,
    /// What it says.
    pub text: String,
}

impl Comment {
    /// A comment of an agent, or of the program.
    pub fn new(author: AgentName, at: Timestamp, text: impl Into<String>) -> Self {
        Self {
            author,
            at,
            text: text.into(),
        }
    }
}
