use crate::chat::ToolCall;
use crate::event::{ApprovalDecision, ApprovalRequest};

/// A request for leave as a ticket keeps it, with its answer once there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TicketApproval {
    /// The request.
    pub request: ApprovalRequest,
    /// The answer. The first one counts.
    pub decision: Option<ApprovalDecision>,
    /// Whether the turn went on with the answer: it counts for nothing after that.
    pub is_used: bool,
}

impl TicketApproval {
    pub(super) fn requested(request: ApprovalRequest) -> Self {
        Self {
            request,
            decision: None,
            is_used: false,
        }
    }

    /// Whether somebody can still answer.
    pub fn is_open(&self) -> bool {
        self.decision.is_none()
    }

    /// Whether its answer is still to be used for this call.
    pub(crate) fn is_for(&self, call: &ToolCall) -> bool {
        !self.is_used && self.request.is_for(call)
    }
}
