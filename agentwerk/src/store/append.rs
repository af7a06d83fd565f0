use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::claim::Lease;
use super::error::StoreError;
use crate::id::TicketKey;
use crate::ticket::Record;

/// Records that belong together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The claim in whose name the records are written; none for the program itself.
    pub lease: Option<Lease>,
    /// The records, in the order in which they hold.
    pub records: Vec<Record>,
}

impl Batch {
    /// Records of the program itself.
    pub fn new(records: Vec<Record>) -> Self {
        Self {
            lease: None,
            records,
        }
    }

    /// Whether a ticket ends with it.
    pub fn ends_a_ticket(&self) -> bool {
        self.records
            .iter()
            .any(|record| record.change.is_terminal())
    }

    /// Records of whoever holds a claim.
    pub fn leased(lease: &Lease, records: Vec<Record>) -> Self {
        Self {
            lease: Some(lease.clone()),
            records,
        }
    }
}

/// Takes records.
pub trait Append: Send + Sync + 'static {
    /// A key that no ticket has had and none will get again.
    fn reserve_key(&self) -> TicketKey;

    /// Stores a batch, whole or not at all.
    ///
    /// The call itself does not wait; the [`Commit`] resolves when the records are as durable as the
    /// store makes them. A store of one process shows the change to queries when the call returns,
    /// unless a ticket ends with it: nobody sees an end that is not stored, nor anything else of its
    /// batch, nor what changes the same tickets after it.
    ///
    /// A batch under a lease may change its ticket, submit others, and change those that nobody has
    /// claimed. A claim is no record to append; see [`Claim`](super::Claim).
    ///
    /// # Errors
    /// Through the commit: the lease is stale, or does not reach to one of the tickets; a ticket's
    /// status rules a change out; a ticket is not there, or there already.
    fn append(&self, batch: Batch) -> Commit;

    /// Whether the store still takes records. One that has failed tells of it as of an
    /// [end](super::Notify::ends), so that nobody waits for what will not come.
    ///
    /// # Errors
    /// It takes nothing more, for this reason.
    fn health(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Resolves when a batch is stored.
///
/// Nobody needs to wait for a commit. A store may take the first look at it as the wish that the
/// batch be durable soon, and do without the cost of that for one that is [let go](Self::let_go).
///
/// # Cancel safety
/// Dropping it does not take the batch back.
#[must_use = "a batch may have been refused"]
pub struct Commit(State);

enum State {
    Ready(Option<Result<(), StoreError>>),
    Pending(Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>>),
}

impl Commit {
    /// A batch that is decided already.
    pub fn ready(result: Result<(), StoreError>) -> Self {
        Self(State::Ready(Some(result)))
    }

    /// A batch that is decided later.
    pub fn pending(result: impl Future<Output = Result<(), StoreError>> + Send + 'static) -> Self {
        Self(State::Pending(Box::pin(result)))
    }

    /// Goes on without waiting.
    ///
    /// # Errors
    /// The batch is known already not to be stored.
    pub fn let_go(self) -> Result<(), StoreError> {
        match self.0 {
            State::Ready(Some(result)) => result,
            State::Ready(None) | State::Pending(_) => Ok(()),
        }
    }
}

impl Future for Commit {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Ready(result) => Poll::Ready(result.take().unwrap_or(Ok(()))),
            State::Pending(result) => result.as_mut().poll(cx),
        }
    }
}

impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Commit").finish_non_exhaustive()
    }
}
