//! Stores: where records go, and who may work on which ticket.
//!
//! A store is four capabilities, a trait each: [`Append`] records, [`Claim`] tickets under a lease,
//! [`Query`] what is there, and [`Notify`] whoever waits for work. The runtime asks for all four
//! ([`Store`]), and never assumes that it is the only process that uses the store.
//!
//! # Invariants
//! - A ticket changes through a [`Record`](crate::ticket::Record) and through nothing else.
//! - A batch of records is stored whole or not at all.
//! - Of two claims of one ticket, the later has the larger token; a record under an older token is
//!   refused. A worker that was taken for dead cannot finish a ticket that somebody else holds.
//! - A claim costs O(log n) in the number of tickets and wakes at most one waiting agent.

mod append;
mod claim;
mod error;
#[cfg(feature = "files")]
mod held;
#[cfg(feature = "files")]
pub mod journal;
mod memory;
mod notify;
mod query;
mod ready;
#[cfg(feature = "files")]
mod replay;
mod shared;
#[cfg_attr(
    not(feature = "files"),
    expect(dead_code, reason = "the journal alone holds batches back")
)]
mod staging;
mod tickets;

pub use append::{Append, Batch, Commit};
pub use claim::{Claim, Claimed, Lease};
pub use error::StoreError;
#[cfg(feature = "files")]
pub use journal::{Durability, JournalError, JournalOptions, JournalStore};
pub use memory::MemoryStore;
pub use notify::{Ends, Notify, Waiters, Watch};
pub use query::{Backlog, Query};

use std::pin::Pin;

/// What a store answers with, later.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// All that the runtime needs of a store.
pub trait Store: Append + Claim + Query + Notify {}

impl<S: Append + Claim + Query + Notify> Store for S {}
