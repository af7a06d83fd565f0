use std::sync::Arc;

use serde::de::Error as _;
use serde_json::Value;

use super::approval::TicketApproval;
use super::archive::TranscriptError;
use super::comment::Comment;
use super::compaction::Compaction;
use super::state::TicketState;
use super::status::Status;
use super::tally::Tally;
use super::transcript::Transcript;
use crate::chat::Usage;
use crate::clock::Timestamp;
use crate::event::TicketFailure;
use crate::id::{AgentName, TicketKey};
use crate::schemas::{Schema, TicketResult};

/// What a system knew of a ticket at one moment; it does not change, and is cheap to clone.
#[derive(Clone, Debug)]
pub struct TicketSnapshot(Arc<TicketState>);

impl TicketSnapshot {
    /// Shows the state of a ticket; for stores.
    pub fn new(state: Arc<TicketState>) -> Self {
        Self(state)
    }

    /// Its name.
    pub fn key(&self) -> TicketKey {
        self.0.key
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// The work itself.
    pub fn task(&self) -> &Value {
        &self.0.task
    }

    /// The work as the model reads it: text as it is, anything else as JSON.
    pub fn task_string(&self) -> String {
        value_as_text(&self.0.task)
    }

    /// The agent that submitted it; empty for the program itself.
    pub fn reporter(&self) -> &AgentName {
        &self.0.reporter
    }

    /// The agent that works on it, or that worked on it last.
    pub fn assignee(&self) -> Option<&AgentName> {
        self.0.assignee.as_ref()
    }

    /// When it was submitted.
    pub fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it was first claimed.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.0.started_at
    }

    /// When it ended.
    pub fn finished_at(&self) -> Option<Timestamp> {
        self.0.finished_at
    }

    /// Its result, once it is done.
    pub fn result(&self) -> Option<&Value> {
        self.0.result.as_ref()
    }

    /// Its result as text: text as it is, anything else as JSON.
    pub fn result_string(&self) -> Option<String> {
        self.0.result.as_ref().map(value_as_text)
    }

    /// Its result as the type that it was asked for; `None` before it is done.
    ///
    /// # Errors
    /// The result does not have the form of `R`, or `R` does not accept it.
    pub fn result_as<R: TicketResult>(&self) -> Result<Option<R>, serde_json::Error> {
        let Some(result) = &self.0.result else {
            return Ok(None);
        };
        let typed = R::deserialize(result)?;
        typed.check().map_err(serde_json::Error::custom)?;
        Ok(Some(typed))
    }

    /// Its labels.
    pub fn labels(&self) -> &[String] {
        &self.0.labels
    }

    /// Whether it carries this label.
    pub fn has_label(&self, label: &str) -> bool {
        self.0.labels.iter().any(|own| own == label)
    }

    /// What its result must look like.
    pub fn schema(&self) -> Option<&Schema> {
        self.0.schema.as_ref()
    }

    /// The ticket that led to it.
    pub fn parent_key(&self) -> Option<TicketKey> {
        self.0.parent
    }

    /// The conversation about it, so far.
    ///
    /// A store on a disk keeps the conversations of finished tickets there alone; then this reads
    /// files.
    ///
    /// # Errors
    /// It is kept in a file that cannot be read.
    pub fn transcript(&self) -> Result<Transcript, TranscriptError> {
        self.0.transcript()
    }

    /// Whether reading the transcript means to read files.
    pub(crate) fn is_archived(&self) -> bool {
        self.0.transcript.is_archived()
    }

    /// The tokens that it took, so far.
    pub fn usage(&self) -> Usage {
        self.0.tally.usage
    }

    /// What the work on it took, so far.
    pub fn tally(&self) -> Tally {
        self.0.tally
    }

    /// The ticket that it was handed over to.
    pub fn successor_key(&self) -> Option<TicketKey> {
        self.0.successor
    }

    /// The tool calls that needed somebody's leave, with the answers so far.
    pub fn approvals(&self) -> &[TicketApproval] {
        &self.0.approvals
    }

    /// What was added to it after its submission, the oldest first.
    pub fn comments(&self) -> &[Comment] {
        &self.0.comments
    }

    /// The comments that no agent has read yet.
    pub(crate) fn unread_comments(&self) -> &[Comment] {
        self.0
            .comments
            .get(self.0.comments_read..)
            .unwrap_or_default()
    }

    /// Whether its agent waits for a comment.
    pub fn awaits_comment(&self) -> bool {
        self.0.awaits_comment
    }

    /// Its priority; 0 unless it was given one.
    pub fn priority(&self) -> i32 {
        self.0.priority
    }

    /// When it fails, unless it has ended by then.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.0.due_at
    }

    /// The summary that stands for the older part of its transcript.
    pub fn compaction(&self) -> Option<&Compaction> {
        self.0.compaction.as_ref()
    }

    /// Why it failed.
    pub fn failure(&self) -> Option<&TicketFailure> {
        self.0.failure.as_ref()
    }

    /// The fencing token of its last claim; 0 before the first. For stores.
    pub fn token(&self) -> u64 {
        self.0.token
    }

    pub(crate) fn shared_labels(&self) -> Arc<[String]> {
        Arc::clone(&self.0.labels)
    }
}

/// Text stays as it is; anything else becomes JSON.
fn value_as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
