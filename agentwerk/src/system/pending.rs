use std::fmt;
use std::future::IntoFuture;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use super::completions::Completion;
use super::stored::Stored;
use super::system::TicketSystem;
use crate::event::{RunOutcome, TicketFailure};
use crate::id::TicketKey;
use crate::schemas::TicketResult;
use crate::store::StoreError;
use crate::ticket::{Status, TicketSnapshot};

/// A submitted ticket. Await it, by value or by reference, for its result.
///
/// Awaiting starts the run if there is none, and resolves when the ticket has ended. When nobody
/// will work on the ticket (the run ends first, or no agent serves it) it resolves to an error that
/// says so: it never hangs. So it is when the ticket waits for leave and no handler is being asked; await
/// a reference, and again when somebody has [answered](TicketSystem::resolve_approval). After a run that was cancelled, failed or ran into a limit, it starts
/// no other one.
///
/// It is a handle of its system, too: the session stays open for as long as it lives.
///
/// # Cancel safety
/// Dropping it, or the future that comes of it, changes nothing: the ticket stays submitted.
#[must_use = "the ticket is submitted; await it for its result, or use `TicketSystem::ticket`"]
pub struct Pending<R> {
    key: TicketKey,
    system: TicketSystem,
    stored: Stored,
    result: PhantomData<fn() -> R>,
}

/// Why an awaited ticket gave no result.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TicketError {
    /// The ticket failed.
    #[error("{key} failed: {failure}")]
    Failed {
        /// The ticket.
        key: TicketKey,
        /// Why.
        failure: TicketFailure,
    },
    /// The ticket was called off.
    #[error("{key} was cancelled")]
    Cancelled {
        /// The ticket.
        key: TicketKey,
    },
    /// Nobody works on the ticket any more. It stays open.
    #[error("{key} ({}) is not finished: {outcome}", labels_text(labels))]
    Unfinished {
        /// The ticket.
        key: TicketKey,
        /// Its labels, of which an agent has to serve one.
        labels: Vec<String>,
        /// How the run ended.
        outcome: RunOutcome,
    },
    /// The result is not of the type that was asked for.
    #[error("read the result of {key}")]
    Result {
        /// The ticket.
        key: TicketKey,
        /// What is wrong with it.
        source: Arc<serde_json::Error>,
    },
    /// The submission could not be stored.
    #[error("store {key}")]
    Store {
        /// The ticket.
        key: TicketKey,
        /// Why not.
        source: StoreError,
    },
}

/// The labels of a ticket, for an error.
fn labels_text(labels: &[String]) -> String {
    match labels {
        [] => "without labels".to_owned(),
        [label] => format!("label `{label}`"),
        labels => format!("labels `{}`", labels.join("`, `")),
    }
}

impl<R> Pending<R> {
    pub(super) fn new(system: TicketSystem, key: TicketKey, stored: Stored) -> Self {
        Self {
            key,
            system,
            stored,
            result: PhantomData,
        }
    }

    /// The ticket's key.
    pub fn key(&self) -> &TicketKey {
        &self.key
    }

    /// Waits until the submission is stored.
    ///
    /// # Errors
    /// It could not be stored.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    ///
    /// # Durability
    /// On `Ok`, the ticket survives what `store::Durability` says: in a session
    /// the end of the process and a loss of power, in memory nothing.
    pub async fn durable(&self) -> Result<&TicketKey, TicketError> {
        submitted(&self.system, self.key, self.stored.clone()).await?;
        Ok(&self.key)
    }
}

/// Waits until a submission is stored.
async fn submitted(
    system: &TicketSystem,
    key: TicketKey,
    stored: Stored,
) -> Result<(), TicketError> {
    // Of a submission outside of a runtime nobody would tell before a run, which may never come.
    system.core().follow_early_commits();
    let stored = stored.wait().await;
    stored.map_err(|source| TicketError::Store { key, source })
}

impl<R: TicketResult> IntoFuture for Pending<R> {
    type Output = Result<R, TicketError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(result(self.system, self.key, self.stored))
    }
}

impl<R: TicketResult> IntoFuture for &Pending<R> {
    type Output = Result<R, TicketError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let (system, stored) = (self.system.clone(), self.stored.clone());
        Box::pin(result(system, self.key, stored))
    }
}

async fn result<R: TicketResult>(
    system: TicketSystem,
    key: TicketKey,
    stored: Stored,
) -> Result<R, TicketError> {
    submitted(&system, key, stored).await?;
    let ticket = ended(&system, key).await?;
    let failed = |failure| TicketError::Failed { key, failure };
    match ticket.status() {
        Status::Failed => Err(ticket
            .failure()
            .cloned()
            .map_or(TicketError::Cancelled { key }, failed)),
        Status::Done => match ticket.result_as::<R>() {
            Ok(Some(result)) => Ok(result),
            Ok(None) => Err(TicketError::Cancelled { key }),
            Err(source) => Err(TicketError::Result {
                key,
                source: Arc::new(source),
            }),
        },
        Status::Todo | Status::InProgress | Status::Waiting | Status::Cancelled => {
            Err(TicketError::Cancelled { key })
        }
    }
}

/// Waits for the end of a ticket.
async fn ended(system: &TicketSystem, key: TicketKey) -> Result<TicketSnapshot, TicketError> {
    let core = system.core();
    let read = || {
        core.store()
            .get(key)
            .filter(|ticket| ticket.status().is_terminal())
    };
    let unfinished = |outcome| {
        let ticket = core.store().get(key);
        let labels = ticket.map_or_else(Vec::new, |ticket| ticket.labels().to_vec());
        TicketError::Unfinished {
            key,
            labels,
            outcome,
        }
    };
    loop {
        if let Some(ticket) = read() {
            return Ok(ticket);
        }
        let ending = core.wait_for(key).map_err(unfinished)?;
        // An end before the wait began was told to nobody.
        if let Some(ticket) = read() {
            return Ok(ticket);
        }
        let completion = ending.await;
        match (read(), completion) {
            (Some(ticket), _) => return Ok(ticket),
            // The run was ending when the ticket came: it is for another one.
            (None, Ok(Completion::GivenUp(outcome))) if is_too_early(&outcome, key) => {}
            (None, Ok(Completion::GivenUp(outcome))) => return Err(unfinished(outcome)),
            (None, Ok(Completion::Ended) | Err(_)) => {
                return Err(unfinished(RunOutcome::Cancelled));
            }
        }
    }
}

/// Whether a run that ended by itself did not know of an open ticket.
fn is_too_early(outcome: &RunOutcome, key: TicketKey) -> bool {
    match outcome {
        RunOutcome::Drained => true,
        RunOutcome::Waiting(keys) | RunOutcome::Stalled(keys) => !keys.contains(&key),
        _ => false,
    }
}

impl<R> fmt::Debug for Pending<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
