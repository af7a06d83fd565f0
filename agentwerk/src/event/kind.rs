use std::time::Duration;

use super::approval::{ApprovalDecision, ApprovalRequest};
use super::failure::TicketFailure;
use super::outcome::{PolicyKind, RunOutcome};
use crate::chat::{StopReason, Usage};
use crate::id::{CallId, TicketKey};
use crate::schemas::Violation;

/// What happened.
///
/// # The events of a ticket
/// Each ticket begins with [`TicketSubmitted`](Self::TicketSubmitted) and has exactly one
/// [last event](Self::is_terminal): `TicketDone`, `TicketFailed` or `TicketCancelled`, told when the end is
/// stored. Between them, an agent that begins to work on it tells
/// [`TicketStarted`](Self::TicketStarted), and for each turn:
/// 1. [`TurnStarted`](Self::TurnStarted);
/// 2. [`RequestStarted`](Self::RequestStarted), the [pieces of the reply](Self::TextChunkReceived), and
///    [`RequestFinished`](Self::RequestFinished). A request that fails tells
///    [`RequestRetried`](Self::RequestRetried) and starts again, or tells
///    [`RequestFailed`](Self::RequestFailed);
/// 3. for each tool call [`ToolCallStarted`](Self::ToolCallStarted) and either
///    [`ToolCallFinished`](Self::ToolCallFinished) or [`ToolCallFailed`](Self::ToolCallFailed). Calls that
///    run side by side end in any order.
///
/// What is under way when a run ends or a ticket is called off is dropped, and tells no end of its own.
///
/// # Examples
/// ```
/// use agentwerk::TicketKey;
/// use agentwerk::event::EventKind;
///
/// fn is_worth_a_look(kind: &EventKind) -> bool {
///     // More kinds may come, so there is always a last arm.
///     match kind {
///         EventKind::PolicyViolated { .. } | EventKind::ToolCallFailed { .. } => true,
///         kind => kind.is_terminal() && !matches!(kind, EventKind::TicketDone { .. }),
///     }
/// }
///
/// let key = TicketKey::from_number(1);
/// assert!(is_worth_a_look(&EventKind::TicketCancelled { key }));
/// assert!(!is_worth_a_look(&EventKind::TicketDone { key }));
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum EventKind {
    /// A run began: everything up to the next [`RunFinished`](Self::RunFinished) belongs to it.
    RunStarted,
    /// A run ended. It is the run's last event, told before `finish` returns.
    RunFinished {
        /// How.
        outcome: RunOutcome,
    },
    /// A limit was reached: of the run, which then stops, or of one ticket, which then fails. The event
    /// of a run names no ticket.
    PolicyViolated {
        /// Which limit.
        kind: PolicyKind,
    },

    /// A ticket was submitted: by the program, or by the agent that the event names.
    TicketSubmitted {
        /// The ticket.
        key: TicketKey,
    },
    /// The agent that reported a ticket changed it, before anybody had begun with it.
    TicketEdited {
        /// The ticket.
        key: TicketKey,
    },
    /// An agent claimed a ticket, for the first time or to go on with it.
    TicketStarted {
        /// The ticket.
        key: TicketKey,
    },
    /// The program added a comment to a ticket, or the agent that the event names.
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
    /// A ticket finished successfully: it has a result. The event names the agent that finished it; none,
    /// when the program answered it.
    TicketDone {
        /// The ticket.
        key: TicketKey,
    },
    /// A ticket was called off by the program.
    TicketCancelled {
        /// The ticket.
        key: TicketKey,
    },
    /// A ticket failed. The event names the agent that worked on it; none, when the program failed it, or
    /// nobody could have worked on it.
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
    /// The model replied. Each reply tells its tokens once, that of a summary as well.
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
        /// How long the agent waits before it is sent.
        delay: Duration,
        /// What failed.
        message: String,
    },
    /// A request failed for good, and with it the ticket.
    RequestFailed {
        /// What failed.
        message: String,
    },
    /// A piece of the reply's text arrived. The pieces of one request are its whole text; a request that
    /// is sent again begins anew.
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

    /// A tool call began: one that the model made, whether or not there is such a tool.
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
    /// A tool call succeeded, and the model is told its result.
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
