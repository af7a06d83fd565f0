use serde::{Deserialize, Serialize};

use crate::chat::{ToolArguments, ToolCall};
use crate::id::{AgentName, CallId, TicketKey};

/// A tool call that needs somebody's leave.
///
/// It names the call and its arguments, so that no leave is ever used for another call, or for the
/// same one with other arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApprovalRequest {
    /// The ticket that the agent works on; `None` in a conversation without tickets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<TicketKey>,
    /// Which request of its ticket it is, counted from 1: some vendors name the calls of two turns
    /// alike. 0 in a conversation without tickets.
    #[serde(default)]
    pub number: u32,
    /// The agent whose model made the call.
    #[serde(default)]
    pub agent: AgentName,
    /// The call.
    pub call_id: CallId,
    /// The tool.
    pub tool: String,
    /// What the tool is to be called with, as the model wrote it.
    pub arguments: ToolArguments,
    /// The SHA-256 of the arguments' text, in hexadecimal.
    pub digest: String,
}

impl ApprovalRequest {
    /// The request for leave for one call.
    pub fn new(ticket: Option<TicketKey>, agent: AgentName, call: &ToolCall) -> Self {
        Self {
            ticket,
            number: 0,
            agent,
            call_id: call.id.clone(),
            tool: call.name.clone(),
            arguments: call.arguments.clone(),
            digest: call.arguments.digest(),
        }
    }

    /// The same request, as the one of this number in its ticket.
    #[must_use]
    pub fn numbered(mut self, number: u32) -> Self {
        self.number = number;
        self
    }

    /// Whether leave that is given to it is leave for this call: the same one, of the same tool, with
    /// the same arguments.
    pub fn is_for(&self, call: &ToolCall) -> bool {
        self.call_id == call.id && self.tool == call.name && self.digest == call.arguments.digest()
    }
}

/// The answer to an [`ApprovalRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalDecision {
    /// The call may run.
    Approve,
    /// The call may not run, for this reason, which the model is told.
    Deny(String),
}
