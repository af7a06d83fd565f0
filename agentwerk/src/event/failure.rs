use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a ticket failed, for programs and for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketFailure {
    /// The reason, for a program.
    pub reason: FailureReason,
    /// What happened, for a person.
    pub message: String,
}

impl TicketFailure {
    /// Names a reason and says what happened.
    pub fn new(reason: FailureReason, message: impl Into<String>) -> Self {
        Self {
            reason,
            message: message.into(),
        }
    }
}

impl fmt::Display for TicketFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The reasons for which a ticket can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureReason {
    /// A request to the model failed for good.
    RequestFailed,
    /// The model's reply ran into its cap twice.
    Truncated,
    /// The model or its vendor refused.
    Refused,
    /// The model had nothing to say, although it was asked again.
    Empty,
    /// The model gave no valid result within the allowed corrections.
    SchemaRetriesExhausted,
    /// A tool said that going on makes no sense.
    ToolAborted,
    /// It was not finished by its deadline, or its agent held it for too long.
    DeadlineExceeded,
    /// The model made the same calls again and again, with the same results.
    Looping,
    /// A request would have had more input tokens than `max_request_tokens` allows.
    RequestTooLarge,
    /// The program failed it.
    FailedByProgram,
    /// The task cannot be sent to a model.
    InvalidTask,
    /// The agent's knowledge store cannot be read.
    KnowledgeUnreadable,
    /// Code of the program panicked while it worked on the ticket.
    Panicked,
}
