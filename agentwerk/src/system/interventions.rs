use std::pin::Pin;
use std::sync::Arc;

use futures_util::FutureExt;
use serde::Serialize;
use serde_json::Value;

use super::bus::Subject;
use super::completions::Completion;
use super::core::Core;
use super::stored::Stored;
use super::system::TicketSystem;
use crate::event::{EventKind, FailureReason, TicketFailure};
use crate::id::{AgentName, TicketKey};
use crate::schemas::Violation;
use crate::store::{Batch, Commit, StoreError};
use crate::ticket::{Change, Comment, Status, check_nesting};

/// Why a comment was not added.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommentError {
    /// There is no ticket of this key.
    #[error("there is no ticket {key}")]
    UnknownTicket {
        /// The key.
        key: TicketKey,
    },
    /// The comment has no visible character.
    #[error("the comment on {key} is blank")]
    Blank {
        /// The ticket.
        key: TicketKey,
    },
}

/// Why the program could not end a ticket.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EndTicketError {
    /// There is no ticket of this key.
    #[error("there is no ticket {key}")]
    UnknownTicket {
        /// The key.
        key: TicketKey,
    },
    /// The ticket has ended before. The first end is its end.
    #[error("{key} is `{status}` and cannot end again")]
    Ended {
        /// The ticket.
        key: TicketKey,
        /// Its status.
        status: Status,
    },
    /// The answer does not fit the ticket's schema. The ticket is as it was.
    #[error("the answer to {key} does not fit its schema: {}", list(violations))]
    Result {
        /// The ticket.
        key: TicketKey,
        /// What is wrong with it.
        violations: Vec<Violation>,
    },
    /// The answer cannot be kept as JSON.
    #[error("the answer to {key} cannot be kept: {what}")]
    Invalid {
        /// The ticket.
        key: TicketKey,
        /// Why not.
        what: String,
    },
    /// The end could not be stored. The run fails of it as well.
    #[error("store the end of {key}")]
    Store {
        /// The ticket.
        key: TicketKey,
        /// Why not.
        source: StoreError,
    },
}

/// Resolves when the end of a ticket is stored, or says why it is not to be.
pub type EndingTicket = Pin<Box<dyn Future<Output = Result<(), EndTicketError>> + Send>>;

fn list(violations: &[Violation]) -> String {
    let violations: Vec<_> = violations.iter().map(ToString::to_string).collect();
    violations.join("; ")
}

/// What the program says to a ticket that is under way, and how it ends one itself.
impl TicketSystem {
    /// Adds a comment to a ticket. The agent that works on it reads it before its next turn; an agent
    /// that claims the ticket later, before its first. A ticket that waits for a comment, as those of
    /// an [interactive](crate::Agent::interactive) agent do, goes on with it, in the live run or the
    /// next one. One that has ended keeps the comment, and stays ended.
    ///
    /// # Errors
    /// See [`CommentError`]. Nothing has changed then. An error of the store ends the run, and is its
    /// outcome.
    ///
    /// # Durability
    /// The record is written soon, and nobody waits for it; a
    /// [`Desk`](crate::ticket::Desk::comment) does.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::event::RunOutcome;
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::CommentError> {
    /// let tickets = TicketSystem::in_memory();
    /// let model = ScriptedModel::replies(["Which city?", "In Lyon it rains."]);
    /// tickets.agent(Agent::new().provider(model).model("scripted").interactive());
    ///
    /// let key = tickets.task("How is the weather?");
    /// assert!(matches!(tickets.finish().await, RunOutcome::Waiting(_)));
    /// tickets.comment(key, "Lyon.")?;
    /// assert!(matches!(tickets.finish().await, RunOutcome::Waiting(_)));
    /// assert_eq!(tickets.get(key).unwrap().comments()[0].text, "Lyon.");
    /// # Ok(())
    /// # }
    /// ```
    pub fn comment(
        &self,
        key: impl Into<TicketKey>,
        comment: impl Into<String>,
    ) -> Result<(), CommentError> {
        let by_the_program = AgentName::default();
        let _stored = self
            .core()
            .comment(key.into(), by_the_program, comment.into())?;
        Ok(())
    }

    /// Calls a ticket off. What is under way for it is dropped. The run goes on, and whoever awaits the
    /// ticket gets [`TicketError::Cancelled`](crate::TicketError::Cancelled).
    ///
    /// The cancel is taken at the call, whether or not the future is awaited.
    ///
    /// # Errors
    /// See [`EndTicketError`].
    ///
    /// # Cancel safety
    /// Dropping the future leaves the ticket cancelled.
    ///
    /// # Durability
    /// When it resolves, the end is as durable as the store makes it.
    pub fn cancel_ticket(&self, key: impl Into<TicketKey>) -> EndingTicket {
        let key = key.into();
        let by_the_program = AgentName::default();
        let told = EventKind::TicketCancelled { key };
        Box::pin(ended(
            key,
            self.core()
                .end_ticket(key, by_the_program, Change::Cancelled, told),
        ))
    }

    /// Fails a ticket, for a reason of the program's own. What is under way for it is dropped, and the
    /// run goes on.
    ///
    /// It is taken at the call, whether or not the future is awaited.
    ///
    /// # Errors
    /// See [`EndTicketError`].
    ///
    /// # Cancel safety
    /// Dropping the future leaves the ticket failed.
    ///
    /// # Durability
    /// When it resolves, the end is as durable as the store makes it.
    pub fn fail(&self, key: impl Into<TicketKey>, reason: impl Into<String>) -> EndingTicket {
        let key = key.into();
        let failure = TicketFailure::new(FailureReason::FailedByProgram, reason);
        let by_the_program = AgentName::default();
        let stored = self.core().fail_ticket(key, by_the_program, failure);
        Box::pin(ended(key, stored))
    }

    /// Finishes a ticket with an answer of a person, or of the program: one that no agent serves, that
    /// waits, or that an agent works on, whose work is then dropped.
    ///
    /// It is taken at the call, whether or not the future is awaited.
    ///
    /// # Errors
    /// See [`EndTicketError`].
    ///
    /// # Cancel safety
    /// Dropping the future leaves the ticket answered.
    ///
    /// # Durability
    /// When it resolves, the end is as durable as the store makes it.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::{Ticket, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::EndTicketError> {
    /// let tickets = TicketSystem::in_memory();
    /// let key = tickets.ticket(Ticket::new("May we publish?").label("editor").returns::<bool>());
    /// assert!(tickets.answer(key, "maybe").await.is_err());
    /// tickets.answer(key, true).await?;
    /// assert_eq!(tickets.last_result().as_deref(), Some("true"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn answer(&self, key: impl Into<TicketKey>, answer: impl Serialize) -> EndingTicket {
        let key = key.into();
        let taken = self.core().read_answer(key, serde_json::to_value(answer));
        let stored = taken.map(|result| {
            let told = EventKind::TicketDone { key };
            let by_the_program = AgentName::default();
            self.core()
                .end_ticket(key, by_the_program, Change::Done { result }, told)
        });
        Box::pin(async move { ended(key, stored?).await })
    }
}

/// Waits until the end of a ticket is stored.
async fn ended(key: TicketKey, stored: Stored) -> Result<(), EndTicketError> {
    stored.wait().await.map_err(|error| match error {
        StoreError::UnknownTicket { .. } => EndTicketError::UnknownTicket { key },
        StoreError::Transition(error) => EndTicketError::Ended {
            key,
            status: error.status,
        },
        source => EndTicketError::Store { key, source },
    })
}

impl Core {
    /// Adds a comment to a ticket, and tells the run of it. An error of the store ends the run.
    pub(super) fn comment(
        self: &Arc<Self>,
        key: TicketKey,
        author: AgentName,
        text: String,
    ) -> Result<Stored, CommentError> {
        if self.store().get(key).is_none() {
            return Err(CommentError::UnknownTicket { key });
        }
        if text.trim().is_empty() {
            return Err(CommentError::Blank { key });
        }
        let by = author.clone();
        let comment = Comment::new(author, self.ledger.clock.now(), text);
        let record = self.ledger.record(key, Change::Commented(comment));
        let counted = self.open_commits.count();
        let told = EventKind::TicketCommented { key };
        let commit = self.ledger.open(key, by, Batch::new(vec![record]), told);
        Ok(self.take_up(commit, counted))
    }

    /// Fails a ticket, as something that this agent did.
    pub(super) fn fail_ticket(
        self: &Arc<Self>,
        key: TicketKey,
        by: AgentName,
        failure: TicketFailure,
    ) -> Stored {
        let told = EventKind::TicketFailed {
            key,
            failure: failure.clone(),
        };
        self.end_ticket(key, by, Change::Failed { failure }, told)
    }

    /// Ends a ticket, whoever works on it.
    fn end_ticket(
        self: &Arc<Self>,
        key: TicketKey,
        by: AgentName,
        end: Change,
        told: EventKind,
    ) -> Stored {
        // Before the end is told, so that nothing of the work is told after it. What can be refused is
        // the end of a ticket that has ended, and nobody works on that.
        if let Some(run) = self.live() {
            run.leases.revoke(key);
        }
        let stored = self.decide(key, by, end, told, move |core| {
            core.completions.complete(key, &Completion::Ended);
        });
        // A run may have begun, and claimed it, in between.
        if let Some(run) = self.live() {
            run.leases.revoke(key);
            drop(run.paused.take(key));
        }
        stored
    }

    /// Records what somebody outside of the run has decided about a ticket, and tells of it. `then`
    /// runs when it is stored.
    pub(super) fn decide(
        self: &Arc<Self>,
        key: TicketKey,
        by: AgentName,
        change: Change,
        told: EventKind,
        then: impl FnOnce(&Self) + Send + 'static,
    ) -> Stored {
        let counted = self.open_commits.count();
        let batch = Batch::new(vec![self.ledger.record(key, change)]);
        let ticket = self.store().get(key);
        let subject = ticket.map(|ticket| Subject::ticket(&ticket).by(by));
        let told = subject.map(|subject| (subject, told)).into_iter().collect();
        let mut commit = self.ledger.append_and_tell(key, batch, told);
        let stored = match (&mut commit).now_or_never() {
            Some(stored) => {
                if stored.is_ok() {
                    then(self);
                }
                drop(counted);
                Stored::known(stored)
            }
            None => {
                let core = Arc::clone(self);
                let commit = Commit::pending(async move {
                    commit.await?;
                    then(&core);
                    Ok(())
                });
                self.follow(commit, counted)
            }
        };
        self.notify_run();
        stored
    }

    /// The answer to a ticket, if it can be its result.
    fn read_answer(
        &self,
        key: TicketKey,
        answer: Result<Value, serde_json::Error>,
    ) -> Result<Value, EndTicketError> {
        let invalid = |what| EndTicketError::Invalid { key, what };
        let answer = answer.map_err(|error| invalid(error.to_string()))?;
        check_nesting(&answer).map_err(invalid)?;
        let ticket = self.store().get(key);
        let ticket = ticket.ok_or(EndTicketError::UnknownTicket { key })?;
        if let Some(schema) = ticket.schema() {
            let checked = schema.validate(&answer);
            checked.map_err(|violations| EndTicketError::Result { key, violations })?;
        }
        Ok(answer)
    }
}
