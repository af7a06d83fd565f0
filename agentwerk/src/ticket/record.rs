use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::comment::Comment;
use super::compaction::Compaction;
use crate::chat::{Message, Usage};
use crate::clock::Timestamp;
use crate::event::{ApprovalDecision, ApprovalRequest, TicketFailure};
use crate::id::{AgentName, TicketKey};
use crate::schemas::Schema;

/// One change of one ticket: what a store keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The ticket.
    pub key: TicketKey,
    /// When it changed.
    pub at: Timestamp,
    /// What changed.
    pub change: Change,
}

/// What can happen to a ticket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// It was submitted. Boxed, because it is by far the largest change.
    Submitted(Box<TicketBody>),
    /// Whoever reported it changed what is to be done, or by whom; nobody has begun.
    Edited(TicketEdit),
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
    /// Somebody added a comment; a ticket that waited for one is open again.
    Commented(Comment),
    /// The oldest comments that its agent had not read yet are in its transcript from here on.
    CommentsRead {
        /// How many. One that came while they were read is not among them.
        count: usize,
    },
    /// Its agent has said something, and goes on when somebody comments on it.
    CommentAwaited,
    /// A summary stands for the older part of its transcript from here on.
    Compacted(Compaction),
    /// A tool call waits for somebody's leave, and the ticket with it.
    ApprovalRequested(ApprovalRequest),
    /// Somebody answered a request for leave; a ticket that waited for no other answer is open again.
    ApprovalResolved {
        /// The request that is answered.
        request: ApprovalRequest,
        /// The answer.
        decision: ApprovalDecision,
    },
    /// Its agent goes on with the answers to its requests for leave. What is interrupted after that
    /// has an outcome that nobody knows, as of every call.
    ApprovalsUsed,
    /// It has a result.
    Done {
        /// The result.
        result: Value,
    },
    /// It has a result, and another ticket goes on from there. One change, so that no ticket is
    /// ever finished without the one that follows it.
    HandedOver {
        /// The result.
        result: Value,
        /// The key of the ticket that follows.
        child: TicketKey,
        /// The ticket that follows.
        body: Box<TicketBody>,
    },
    /// It failed for good.
    Failed {
        /// Why.
        failure: TicketFailure,
    },
    /// It was called off.
    Cancelled,
}

impl Change {
    /// Whether the ticket ends with it.
    pub const fn is_terminal(&self) -> bool {
        match self {
            Self::Done { .. } | Self::HandedOver { .. } | Self::Failed { .. } | Self::Cancelled => {
                true
            }
            Self::Submitted(_)
            | Self::Edited(_)
            | Self::Claimed { .. }
            | Self::Message { .. }
            | Self::Released
            | Self::Commented(_)
            | Self::CommentsRead { .. }
            | Self::CommentAwaited
            | Self::Compacted(_)
            | Self::ApprovalRequested(_)
            | Self::ApprovalResolved { .. }
            | Self::ApprovalsUsed => false,
        }
    }

    /// The ticket that the change opens beside its own, with its key.
    pub(crate) fn child(&self) -> Option<(TicketKey, &TicketBody)> {
        match self {
            Self::HandedOver { child, body, .. } => Some((*child, body)),
            _ => None,
        }
    }
}

/// A change of an open ticket. What is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TicketEdit {
    /// The work itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Value>,
    /// Who may work on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
}

/// What a ticket is made of when it is submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Tickets of a higher priority are claimed first.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: i32,
    /// How long after its submission it fails, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline_ms: Option<u64>,
}

impl TicketBody {
    /// A ticket for anyone, with nothing set beside its task.
    pub fn new(task: impl Into<Value>) -> Self {
        Self {
            task: task.into(),
            labels: Vec::new(),
            schema: None,
            parent: None,
            reporter: AgentName::default(),
            priority: 0,
            deadline_ms: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(priority: &i32) -> bool {
    *priority == 0
}
