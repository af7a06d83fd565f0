use std::sync::Arc;

use serde_json::Value;

use super::approval::TicketApproval;
use super::archive::{Archived, TranscriptError, TranscriptState};
use super::comment::Comment;
use super::compaction::Compaction;
use super::record::{Change, Record, TicketBody};
use super::status::Status;
use super::tally::Tally;
use super::transcript::Transcript;
use crate::clock::Timestamp;
use crate::event::{ApprovalRequest, TicketFailure};
use crate::id::{AgentName, TicketKey};
use crate::schemas::Schema;

/// A ticket as the fold of its records; for stores.
#[derive(Clone, Debug)]
pub struct TicketState {
    pub(crate) key: TicketKey,
    pub(crate) task: Value,
    pub(crate) labels: Arc<[String]>,
    pub(crate) schema: Option<Schema>,
    pub(crate) parent: Option<TicketKey>,
    pub(crate) reporter: AgentName,
    pub(crate) status: Status,
    pub(crate) assignee: Option<AgentName>,
    pub(crate) token: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) result: Option<Value>,
    pub(crate) failure: Option<TicketFailure>,
    pub(crate) successor: Option<TicketKey>,
    pub(crate) approvals: Vec<TicketApproval>,
    pub(crate) priority: i32,
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) comments: Vec<Comment>,
    /// How many of the comments, from the first on, are in the transcript.
    pub(crate) comments_read: usize,
    pub(crate) awaits_comment: bool,
    pub(crate) compaction: Option<Compaction>,
    pub(crate) transcript: TranscriptState,
    pub(crate) tally: Tally,
}

impl Change {
    /// Where this change leads a ticket that stands here.
    ///
    /// # Errors
    /// The status rules the change out.
    pub fn lead_on(&self, key: TicketKey, from: Standing) -> Result<Standing, TransitionError> {
        let open_requests = match self {
            Self::ApprovalRequested(_) => from.open_requests + 1,
            Self::ApprovalResolved { .. } => from.open_requests.saturating_sub(1),
            _ => from.open_requests,
        };
        let unread_comments = match self {
            Self::Commented(_) => from.unread_comments + 1,
            Self::CommentsRead { count } => from.unread_comments.saturating_sub(*count),
            _ => from.unread_comments,
        };
        let to = Standing {
            open_requests,
            unread_comments,
            is_begun: from.is_begun || matches!(self, Self::Claimed { .. }),
            ..from
        };
        let status = self.next_status(key, to)?;
        let is_awaited = from.awaits_comment || matches!(self, Self::CommentAwaited);
        Ok(Standing {
            status,
            awaits_comment: is_awaited && status == Status::Waiting,
            ..to
        })
    }

    /// The status that follows. All else of `standing` is as it is behind this change.
    fn next_status(&self, key: TicketKey, standing: Standing) -> Result<Status, TransitionError> {
        let Standing {
            status,
            open_requests,
            unread_comments,
            is_begun,
            awaits_comment,
        } = standing;
        let (next, change) = match self {
            Self::Submitted(_) => (None, "submitted again"),
            // What an agent has begun is in its conversation, and would not change there.
            Self::Edited(_) if status == Status::Todo && !is_begun => return Ok(status),
            Self::Edited(_) => (None, "edited"),
            Self::Claimed { .. } => (Some(Status::InProgress), "claimed"),
            Self::Released => (Some(Status::Todo), "released"),
            Self::Done { .. } => (Some(Status::Done), "finished"),
            Self::HandedOver { .. } => (Some(Status::Done), "handed over"),
            Self::Failed { .. } => (Some(Status::Failed), "failed"),
            Self::Cancelled => (Some(Status::Cancelled), "cancelled"),
            Self::Message { .. } if status == Status::InProgress => return Ok(status),
            Self::Message { .. } => (None, "worked on"),
            // A comment on a ticket that has ended is kept, and opens nothing.
            Self::Commented(_) if awaits_comment => (Some(Status::Todo), "commented on"),
            Self::Commented(_) => return Ok(status),
            Self::CommentsRead { .. } | Self::Compacted(_) if status == Status::InProgress => {
                return Ok(status);
            }
            Self::CommentsRead { .. } | Self::Compacted(_) => (None, "worked on"),
            // A comment that came meanwhile is what it would wait for.
            Self::CommentAwaited if unread_comments > 0 => (Some(Status::Todo), "kept waiting"),
            Self::CommentAwaited => (Some(Status::Waiting), "kept waiting"),
            // Several calls of one turn may ask, the first of which has the ticket wait.
            Self::ApprovalRequested(_) if status == Status::Waiting => return Ok(status),
            Self::ApprovalRequested(_) => (Some(Status::Waiting), "kept waiting"),
            Self::ApprovalResolved { .. } if status == Status::Waiting && open_requests == 0 => {
                (Some(Status::Todo), "answered")
            }
            // Another request is open, or the ticket waits no more.
            Self::ApprovalResolved { .. } if !status.is_terminal() => return Ok(status),
            Self::ApprovalResolved { .. } => (None, "answered"),
            Self::ApprovalsUsed if status == Status::InProgress => return Ok(status),
            Self::ApprovalsUsed => (None, "gone on with"),
        };
        next.filter(|next| status.may_become(*next))
            .ok_or(TransitionError {
                key,
                status,
                change,
            })
    }
}

/// What of a ticket decides about the changes that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its status.
    pub status: Status,
    /// Its requests for leave that have no answer.
    pub open_requests: usize,
    /// Its comments that no agent has read.
    pub unread_comments: usize,
    /// Whether an agent has begun it.
    pub is_begun: bool,
    /// Whether it waits for a comment.
    pub awaits_comment: bool,
}

impl Standing {
    /// Where a ticket stands that was submitted.
    pub const SUBMITTED: Self = Self {
        status: Status::Todo,
        open_requests: 0,
        unread_comments: 0,
        is_begun: false,
        awaits_comment: false,
    };
}

/// A change that a ticket in this status cannot take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} is `{status}` and cannot be {change}")]
pub struct TransitionError {
    /// The ticket.
    pub key: TicketKey,
    /// Its status.
    pub status: Status,
    /// The change, as a past participle.
    pub change: &'static str,
}

impl TicketState {
    /// The ticket that a submission makes.
    pub fn submitted(key: TicketKey, at: Timestamp, body: TicketBody) -> Self {
        Self {
            key,
            task: body.task,
            labels: body.labels.into(),
            schema: body.schema,
            parent: body.parent,
            reporter: body.reporter,
            status: Status::Todo,
            assignee: None,
            token: 0,
            created_at: at,
            started_at: None,
            finished_at: None,
            result: None,
            failure: None,
            successor: None,
            approvals: Vec::new(),
            priority: body.priority,
            due_at: body
                .deadline_ms
                .map(|ms| Timestamp::from_millis(at.as_millis().saturating_add(ms))),
            comments: Vec::new(),
            comments_read: 0,
            awaits_comment: false,
            compaction: None,
            transcript: TranscriptState::default(),
            tally: Tally::default(),
        }
    }

    /// The ticket's key.
    pub fn key(&self) -> TicketKey {
        self.key
    }

    /// The ticket's status.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The ticket's labels.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The ticket's priority.
    pub fn priority(&self) -> i32 {
        self.priority
    }

    /// The fencing token of the last claim; 0 before the first.
    pub fn token(&self) -> u64 {
        self.token
    }

    /// The conversation so far.
    ///
    /// # Errors
    /// A part that is kept elsewhere cannot be read.
    pub fn transcript(&self) -> Result<Transcript, TranscriptError> {
        self.transcript.read(self.key)
    }

    /// Has the conversation so far be read from where the store keeps it, and drops it here.
    pub fn archive(&mut self, archived: Archived) {
        self.transcript = TranscriptState::archived(archived);
    }

    /// Counts messages that are in no memory any more.
    pub fn count(&mut self, tally: Tally) {
        self.tally += tally;
    }

    /// What decides about the changes that it takes.
    pub fn standing(&self) -> Standing {
        let open = self.approvals.iter().filter(|approval| approval.is_open());
        Standing {
            status: self.status,
            open_requests: open.count(),
            unread_comments: self.comments.len() - self.comments_read,
            is_begun: self.token > 0,
            awaits_comment: self.awaits_comment,
        }
    }

    /// Whether somebody can still answer this request.
    pub fn awaits(&self, request: &ApprovalRequest) -> bool {
        self.approvals
            .iter()
            .any(|approval| approval.request == *request && approval.is_open())
    }

    fn open_approval(&mut self, request: &ApprovalRequest) -> Option<&mut TicketApproval> {
        self.approvals
            .iter_mut()
            .find(|approval| approval.request == *request && approval.is_open())
    }

    /// The status that a change leads to, without taking it.
    ///
    /// # Errors
    /// The ticket's status rules the change out.
    pub fn check(&self, change: &Change) -> Result<Status, TransitionError> {
        Ok(self.lead_on(change)?.status)
    }

    fn lead_on(&self, change: &Change) -> Result<Standing, TransitionError> {
        change.lead_on(self.key, self.standing())
    }

    /// Takes a record that [`check`](Self::check) allowed.
    ///
    /// # Errors
    /// As `check`; the ticket is then as it was.
    pub fn apply(&mut self, record: &Record) -> Result<(), TransitionError> {
        let next = self.lead_on(&record.change)?;
        self.status = next.status;
        self.awaits_comment = next.awaits_comment;
        match &record.change {
            Change::Submitted(_) | Change::CommentAwaited => {}
            Change::Commented(comment) => self.comments.push(comment.clone()),
            Change::CommentsRead { count } => {
                let read = self.comments_read.saturating_add(*count);
                self.comments_read = read.min(self.comments.len());
            }
            Change::Compacted(compaction) => {
                self.tally.compactions += 1;
                self.tally.usage += compaction.usage;
                self.compaction = Some(compaction.clone());
            }
            Change::Edited(edit) => {
                if let Some(task) = &edit.task {
                    self.task = task.clone();
                }
                if let Some(labels) = &edit.labels {
                    self.labels = labels.as_slice().into();
                }
            }
            Change::Claimed { agent, token } => {
                self.assignee = Some(agent.clone());
                self.token = *token;
                self.started_at.get_or_insert(record.at);
                self.tally.claims += 1;
            }
            Change::Message { message, usage } => {
                self.transcript.push(message.clone());
                self.tally += Tally::of_message(message, *usage);
            }
            Change::ApprovalRequested(request) => {
                self.approvals
                    .push(TicketApproval::requested(request.clone()));
            }
            Change::ApprovalResolved { request, decision } => {
                if let Some(approval) = self.open_approval(request) {
                    approval.decision = Some(decision.clone());
                }
            }
            Change::ApprovalsUsed => {
                for approval in &mut self.approvals {
                    approval.is_used = true;
                }
            }
            Change::Released => self.assignee = None,
            Change::Done { result } => {
                self.result = Some(result.clone());
                self.finished_at = Some(record.at);
            }
            Change::HandedOver { result, child, .. } => {
                self.result = Some(result.clone());
                self.successor = Some(*child);
                self.finished_at = Some(record.at);
            }
            Change::Failed { failure } => {
                self.failure = Some(failure.clone());
                self.finished_at = Some(record.at);
            }
            Change::Cancelled => self.finished_at = Some(record.at),
        }
        Ok(())
    }
}
