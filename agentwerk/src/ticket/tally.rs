use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::chat::{Message, Usage};

/// What the work on a ticket took, so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// How often an agent claimed it.
    pub claims: u64,
    /// Replies of a model.
    pub replies: u64,
    /// Tool calls that a model asked for.
    pub tool_calls: u64,
    /// Summaries that took the place of a part of its conversation.
    #[serde(skip_serializing_if = "is_zero")]
    pub compactions: u64,
    /// Tokens, those of summaries included.
    pub usage: Usage,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Tally {
    /// What one message took.
    pub fn of_message(message: &Message, usage: Option<Usage>) -> Self {
        Self {
            claims: 0,
            replies: u64::from(usage.is_some()),
            tool_calls: message.tool_calls().count() as u64,
            compactions: 0,
            usage: usage.unwrap_or_default(),
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.claims += other.claims;
        self.replies += other.replies;
        self.tool_calls += other.tool_calls;
        self.compactions += other.compactions;
        self.usage += other.usage;
    }
}
