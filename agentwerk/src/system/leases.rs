use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::ledger::LEASE;
use crate::id::TicketKey;
use crate::store::{Lease, Store};

/// The leases that the workers of a run hold.
///
/// The supervisor extends them, not the worker itself: a tool that blocks its thread would keep the
/// worker from it, and somebody else would do the same work again.
#[derive(Debug, Default)]
pub(super) struct HeldLeases(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    /// Each lease, and what tells its worker that it is lost.
    leases: HashMap<TicketKey, (Lease, CancellationToken)>,
    /// The tickets that somebody else ended while no worker held them. One may have claimed such a
    /// ticket the moment before.
    revoked: HashSet<TicketKey>,
    next_extension: Option<Instant>,
}

/// A lease that is extended for as long as this value lives.
#[derive(Debug)]
pub(super) struct HeldLease<'a> {
    all: &'a HeldLeases,
    lease: Lease,
    lost: CancellationToken,
}

impl HeldLeases {
    /// Has a lease extended from now on. `lost` is cancelled when that is not possible any more.
    pub(super) fn hold(&self, lease: &Lease, lost: CancellationToken) -> HeldLease<'_> {
        let mut held = self.lock();
        if held.revoked.remove(&lease.key) {
            lost.cancel();
        }
        held.leases.insert(lease.key, (lease.clone(), lost.clone()));
        held.next_extension
            .get_or_insert(Instant::now() + LEASE / 3);
        HeldLease {
            all: self,
            lease: lease.clone(),
            lost,
        }
    }

    /// Whether a worker of this run has the ticket, up to the telling of its end.
    pub(super) fn holds(&self, key: TicketKey) -> bool {
        self.lock().leases.contains_key(&key)
    }

    /// Tells the worker of a ticket that somebody else ends it; one that has claimed it and does not
    /// hold it yet, when it does.
    pub(super) fn revoke(&self, key: TicketKey) {
        let mut held = self.lock();
        match held.leases.get(&key) {
            Some((_, lost)) => lost.cancel(),
            None => drop(held.revoked.insert(key)),
        }
    }

    /// When the leases have to be extended; `None` while there are none.
    pub(super) fn next_extension(&self) -> Option<Instant> {
        self.lock().next_extension
    }

    /// Extends all leases. The workers of those that cannot be extended are told.
    pub(super) async fn extend(&self, store: &dyn Store) {
        let leases: Vec<_> = {
            let mut held = self.lock();
            let is_idle = held.leases.is_empty();
            held.next_extension = (!is_idle).then(|| Instant::now() + LEASE / 3);
            held.leases.values().cloned().collect()
        };
        for (lease, lost) in leases {
            if store.extend(&lease, LEASE).await.is_err() {
                lost.cancel();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HeldLease<'_> {
    /// Waits until the lease is lost.
    pub(super) async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

impl Drop for HeldLease<'_> {
    fn drop(&mut self) {
        let mut held = self.all.lock();
        let key = self.lease.key;
        // Another worker may have claimed the ticket meanwhile.
        if held
            .leases
            .get(&key)
            .is_some_and(|(lease, _)| *lease == self.lease)
        {
            held.leases.remove(&key);
        }
    }
}
