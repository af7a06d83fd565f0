use std::sync::Arc;

use serde_json::Value;

use super::record::{Change, Record, TicketBody};
use super::status::Status;
use crate::chat::{Message, Usage};
use crate::clock::Timestamp;
use crate::event::TicketFailure;
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
    pub(crate) transcript: Vec<Message>,
    pub(crate) usage: Usage,
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
            transcript: Vec::new(),
            usage: Usage::default(),
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

    /// The fencing token of the last claim; 0 before the first.
    pub fn token(&self) -> u64 {
        self.token
    }

    /// Whether the ticket can take a change, without taking it.
    ///
    /// # Errors
    /// The ticket's status rules the change out.
    pub fn check(&self, change: &Change) -> Result<(), TransitionError> {
        let (allowed, name) = match change {
            Change::Submitted(_) => (false, "submitted again"),
            Change::Claimed { .. } => (self.status.may_become(Status::InProgress), "claimed"),
            Change::Message { .. } => (self.status == Status::InProgress, "worked on"),
            Change::Released => (self.status == Status::InProgress, "released"),
            Change::Done { .. } => (self.status.may_become(Status::Done), "finished"),
            Change::Failed { .. } => (self.status.may_become(Status::Failed), "failed"),
            Change::Cancelled => (self.status.may_become(Status::Cancelled), "cancelled"),
        };
        if allowed {
            Ok(())
        } else {
            Err(TransitionError {
                key: self.key,
                status: self.status,
                change: name,
            })
        }
    }

    /// Takes a record that [`check`](Self::check) allowed.
    ///
    /// # Errors
    /// As `check`; the ticket is then as it was.
    pub fn apply(&mut self, record: &Record) -> Result<(), TransitionError> {
        self.check(&record.change)?;
        match &record.change {
            Change::Submitted(_) => {}
            Change::Claimed { agent, token } => {
                self.status = Status::InProgress;
                self.assignee = Some(agent.clone());
                self.token = *token;
                self.started_at.get_or_insert(record.at);
            }
            Change::Message { message, usage } => {
                self.transcript.push(message.clone());
                self.usage += usage.unwrap_or_default();
            }
            Change::Released => {
                self.status = Status::Todo;
                self.assignee = None;
            }
            Change::Done { result } => {
                self.result = Some(result.clone());
                self.finish(Status::Done, record.at);
            }
            Change::Failed { failure } => {
                self.failure = Some(failure.clone());
                self.finish(Status::Failed, record.at);
            }
            Change::Cancelled => self.finish(Status::Cancelled, record.at),
        }
        Ok(())
    }

    fn finish(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.finished_at = Some(at);
    }
}
