use serde::{Deserialize, Serialize};

use crate::id::CallId;

/// A tool call that needs somebody's leave.
///
/// It names the call and its arguments, so that no leave is ever used for another call, or for the
/// same one with other arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApprovalRequest {
    /// The call.
    pub call_id: CallId,
    /// The tool.
    pub tool: String,
    /// A digest of the call's arguments.
    pub digest: String,
}

/// The answer to an [`ApprovalRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalDecision {
    /// The call may run.
    Approved,
    /// The call may not run.
    Denied {
        /// Why not; the model is told.
        reason: String,
    },
}

/// A request as a ticket keeps it, with its answer once there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Approval {
    /// The request.
    pub request: ApprovalRequest,
    /// The answer. The first one counts.
    pub decision: Option<ApprovalDecision>,
}

impl Approval {
    pub(super) fn requested(request: ApprovalRequest) -> Self {
        Self {
            request,
            decision: None,
        }
    }
}
