use std::time::Duration;

use super::approval::{ApprovalDecision, ApprovalRequest};
use super::failure::TicketFailure;
use super::outcome::{PolicyKind, RunOutcome};
use crate::chat::{StopReason, Usage};
use crate::id::{CallId, TicketKey};
use crate::schemas::Violation;

/// What happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EventKind {
    /// A run began.
    RunStarted,
    /// A run ended.
    RunFinished {
        /// How.
        outcome: RunOutcome,
    },
    /// A limit was reached: of the run, which then stops, or of one ticket, which then fails.
    PolicyViolated {
        /// Which limit.
        kind: PolicyKind,
    },

    /// A ticket was submitted.
    TicketSubmitted {
        /// The ticket.
        key: TicketKey,
    },
    /// Whoever reported an open ticket changed it.
    TicketEdited {
        /// The ticket.
        key: TicketKey,
    },
    /// An agent claimed a ticket.
    TicketStarted {
        /// The ticket.
        key: TicketKey,
    },
    /// Somebody added a comment to a ticket.
    TicketCommented {
        /// The ticket.
        key: TicketKey,
    },
    /// An agent has said something, and its ticket waits for a comment on it.
    CommentAwaited {
        /// The ticket.
        key: TicketKey,
    },
    /// An agent gave a ticket back unfinished; another one may claim it.
    TicketReleased {
        /// The ticket.
        key: TicketKey,
    },
    /// A ticket finished, and another one goes on from there; [`TicketDone`](Self::TicketDone)
    /// follows.
    TicketHandedOver {
        /// The ticket.
        key: TicketKey,
        /// The ticket that goes on.
        child: TicketKey,
    },
    /// A ticket finished successfully.
    TicketDone {
        /// The ticket.
        key: TicketKey,
    },
    /// A ticket was called off.
    TicketCancelled {
        /// The ticket.
        key: TicketKey,
    },
    /// A ticket failed.
    TicketFailed {
        /// The ticket.
        key: TicketKey,
        /// Why.
        failure: TicketFailure,
    },

    /// A turn began: one request with the tool calls that it leads to.
    TurnStarted {
        /// The turn's number within the agent's work on the ticket, counted from 1.
        turn: u32,
    },
    /// A request was sent to the model.
    RequestStarted {
        /// The model.
        model: String,
    },
    /// The model replied.
    RequestFinished {
        /// The tokens that it took.
        usage: Usage,
        /// Why the model stopped.
        stop_reason: StopReason,
    },
    /// A request failed and will be sent again.
    RequestRetried {
        /// The number of the retry, counted from 1.
        attempt: u32,
        /// How long the agent waits before.
        delay: Duration,
        /// What failed.
        message: String,
    },
    /// A request failed for good, and with it the ticket.
    RequestFailed {
        /// What failed.
        message: String,
    },
    /// A piece of the reply's text arrived.
    TextChunkReceived {
        /// The piece.
        text: String,
    },
    /// The conversation has grown too large, and its older part is about to be summarised.
    CompactionStarted {
        /// What called for it.
        trigger: CompactionTrigger,
        /// The input tokens of the next request, as they are estimated.
        input_tokens: u64,
    },
    /// A summary has taken the place of the older part.
    CompactionFinished {
        /// The tokens that the summary took.
        usage: Usage,
        /// The input tokens of the next request, as they are estimated.
        input_tokens: u64,
    },
    /// No summary came about, and the ticket is about to fail.
    CompactionFailed {
        /// Why not.
        message: String,
    },
    /// A reply was no valid result; the model is told what is wrong.
    SchemaRetried {
        /// The number of the correction, counted from 1.
        attempt: u32,
        /// What is wrong with the result; empty when there was none.
        violations: Vec<Violation>,
    },

    /// A tool call began.
    ToolCallStarted {
        /// The call.
        call_id: CallId,
        /// The tool.
        tool: String,
    },
    /// A tool told how far it is; the model does not see this.
    ToolProgress {
        /// The call.
        call_id: CallId,
        /// What it said.
        text: String,
    },
    /// A tool call succeeded.
    ToolCallFinished {
        /// The call.
        call_id: CallId,
        /// The tool.
        tool: String,
        /// How long it took.
        duration: Duration,
    },
    /// A tool call failed; the model is told, and the ticket continues.
    ToolCallFailed {
        /// The call.
        call_id: CallId,
        /// The tool.
        tool: String,
        /// How long it took.
        duration: Duration,
        /// What the model is told.
        message: String,
    },

    /// A tool call waits for somebody's leave, and the ticket with it.
    ApprovalRequested {
        /// The request.
        request: ApprovalRequest,
    },
    /// Somebody answered a request for leave.
    ApprovalResolved {
        /// The request.
        request: ApprovalRequest,
        /// The answer.
        decision: ApprovalDecision,
    },

    /// A reader of a bounded stream of events was too slow.
    EventsSkipped {
        /// How many events it missed here.
        count: u64,
    },
}

impl EventKind {
    /// Whether this is the last event of a ticket.
    pub const fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::TicketDone { .. } | Self::TicketFailed { .. } | Self::TicketCancelled { .. }
        )
    }
}

/// What calls for a compaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CompactionTrigger {
    /// The next request would come too close to the model's context window, or to `max_request_tokens`.
    Proactive,
    /// The vendor refused a request, or ended a reply, because the window was full.
    Reactive,
}
