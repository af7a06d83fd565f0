use agentwerk::event::TicketFailure;
use agentwerk::ticket::{
    Comment, Compaction, Tally, TicketApproval, TicketSnapshot, Transcript, TranscriptError,
};
use agentwerk::{AgentName, Status, TicketKey, Timestamp};
use serde_json::{Value, json};

/// All that a ticket shows, its transcript read.
#[derive(Debug, PartialEq)]
pub(super) struct View {
    pub(super) key: TicketKey,
    status: Status,
    task: Value,
    labels: Vec<String>,
    schema: Value,
    parent: Option<TicketKey>,
    reporter: AgentName,
    assignee: Option<AgentName>,
    token: u64,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    result: Option<Value>,
    failure: Option<TicketFailure>,
    successor: Option<TicketKey>,
    approvals: Vec<TicketApproval>,
    priority: i32,
    due_at: Option<Timestamp>,
    comments: Vec<Comment>,
    awaits_comment: bool,
    compaction: Option<Compaction>,
    tally: Tally,
    transcript: Transcript,
}

impl View {
    pub(super) fn of(ticket: &TicketSnapshot) -> Result<Self, TranscriptError> {
        Ok(Self {
            key: ticket.key(),
            status: ticket.status(),
            task: ticket.task().clone(),
            labels: ticket.labels().to_vec(),
            schema: json!(ticket.schema()),
            parent: ticket.parent_key(),
            reporter: ticket.reporter().clone(),
            assignee: ticket.assignee().cloned(),
            token: ticket.token(),
            created_at: ticket.created_at(),
            finished_at: ticket.finished_at(),
            result: ticket.result().cloned(),
            failure: ticket.failure().cloned(),
            successor: ticket.successor_key(),
            approvals: ticket.approvals().to_vec(),
            priority: ticket.priority(),
            due_at: ticket.due_at(),
            comments: ticket.comments().to_vec(),
            awaits_comment: ticket.awaits_comment(),
            compaction: ticket.compaction().cloned(),
            tally: ticket.tally(),
            transcript: ticket.transcript()?,
        })
    }

    /// The ticket in a few words, for the account of a violation.
    pub(super) fn summary(&self) -> String {
        let Self { key, status, .. } = self;
        let (token, messages) = (self.token, self.transcript.len());
        format!("{key} {status} token {token} messages {messages}")
    }

    /// The line of `results.jsonl`, for a ticket that is done.
    pub(super) fn result_line(&self) -> Value {
        let agent = self.assignee.as_ref().map_or("", AgentName::as_str);
        json!({ "ticket": self.key, "agent": agent, "result": self.result })
    }
}
