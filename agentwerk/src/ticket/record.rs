use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chat::{Message, Usage};
use crate::clock::Timestamp;
use crate::event::TicketFailure;
use crate::id::{AgentName, TicketKey};
use crate::schemas::Schema;

/// One change of one ticket: what a store keeps.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// The ticket.
    pub key: TicketKey,
    /// When it changed.
    pub at: Timestamp,
    /// What changed.
    pub change: Change,
}

/// What can happen to a ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// It was submitted. Boxed, because it is by far the largest change.
    Submitted(Box<TicketBody>),
    /// An agent claimed it.
    Claimed {
        /// The agent.
        agent: AgentName,
        /// The fencing token of the claim: larger than that of any claim of this ticket before.
        token: u64,
    },
    /// A message was added to its transcript.
    Message {
        /// The message.
        message: Message,
        /// The tokens of the reply, where the message is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        usage: Option<Usage>,
    },
    /// Its agent gave it back.
    Released,
    /// It has a result.
    Done {
        /// The result.
        result: Value,
    },
    /// It failed for good.
    Failed {
        /// Why.
        failure: TicketFailure,
    },
    /// It was called off.
    Cancelled,
}

/// What a ticket is made of when it is submitted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TicketBody {
    /// The work itself.
    pub task: Value,
    /// Who may work on it.
    pub labels: Vec<String>,
    /// What its result must look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
    /// The ticket that led to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TicketKey>,
    /// The agent that submitted it; empty for the program itself.
    #[serde(default)]
    pub reporter: AgentName,
}
