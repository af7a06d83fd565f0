use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::agent::Counted;
use crate::id::{AgentName, TicketKey};

/// What the work on tickets goes on with that wait for leave or for a comment: within a run, it is as if they had not
/// waited. After a restart a ticket begins anew with what is on record.
#[derive(Debug, Default)]
pub(super) struct PausedTickets(Mutex<HashMap<TicketKey, Paused>>);

#[derive(Debug)]
pub(super) struct Paused {
    pub(super) agent: AgentName,
    pub(super) counted: Counted,
    /// What stood above the conversation with that agent.
    pub(super) system: Option<Arc<str>>,
}

impl PausedTickets {
    pub(super) fn put(&self, key: TicketKey, paused: Paused) {
        self.lock().insert(key, paused);
    }

    pub(super) fn take(&self, key: TicketKey) -> Option<Paused> {
        self.lock().remove(&key)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TicketKey, Paused>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
