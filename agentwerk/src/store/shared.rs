//! A store in an `Arc` is a store, so that several systems of one process can share it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::StoreFuture;
use super::append::{Append, Batch, Commit};
use super::claim::{Claim, Claimed, Lease};
use super::error::StoreError;
use super::notify::{Ends, Notify, Watch};
use super::query::{Backlog, Query};
use crate::clock::Timestamp;
use crate::id::{AgentName, TicketKey};
use crate::ticket::{Routing, TicketSnapshot};

impl<S: Append + ?Sized> Append for Arc<S> {
    fn reserve_key(&self) -> TicketKey {
        (**self).reserve_key()
    }

    fn append(&self, batch: Batch) -> Commit {
        (**self).append(batch)
    }

    fn health(&self) -> Result<(), StoreError> {
        (**self).health()
    }
}

impl<S: Claim + ?Sized> Claim for Arc<S> {
    fn claim<'a>(
        &'a self,
        routing: &'a Routing,
        agent: &'a AgentName,
        length: Duration,
    ) -> StoreFuture<'a, Option<Claimed>> {
        (**self).claim(routing, agent, length)
    }

    fn extend<'a>(&'a self, lease: &'a Lease, length: Duration) -> StoreFuture<'a, ()> {
        (**self).extend(lease, length)
    }

    fn expire(&self) -> StoreFuture<'_, Vec<TicketKey>> {
        (**self).expire()
    }

    fn next_expiry(&self) -> Option<Instant> {
        (**self).next_expiry()
    }
}

impl<S: Query + ?Sized> Query for Arc<S> {
    fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        (**self).get(key)
    }

    fn tickets(&self) -> Vec<TicketSnapshot> {
        (**self).tickets()
    }

    fn done(&self) -> Vec<TicketSnapshot> {
        (**self).done()
    }

    fn last_done(&self) -> Option<TicketSnapshot> {
        (**self).last_done()
    }

    fn due_by(&self, moment: Timestamp) -> Vec<TicketKey> {
        (**self).due_by(moment)
    }

    fn next_due(&self, after: Timestamp) -> Option<(Timestamp, TicketKey)> {
        (**self).next_due(after)
    }

    fn backlog(&self, routing: &Routing) -> Backlog {
        (**self).backlog(routing)
    }
}

impl<S: Notify + ?Sized> Notify for Arc<S> {
    fn watch(&self, routing: &Routing) -> Watch {
        (**self).watch(routing)
    }

    fn ends(&self) -> Ends {
        (**self).ends()
    }
}
