use std::fmt;
use std::sync::Arc;

use super::core::Core;
use crate::id::{AgentName, TicketKey};
use crate::ticket::{Desk, DeskError, DeskFuture, Ticket, TicketSnapshot};

/// The system, as the tools of one agent see it.
pub(super) struct SystemDesk {
    core: Arc<Core>,
    agent: AgentName,
}

impl SystemDesk {
    pub(super) fn new(core: Arc<Core>, agent: AgentName) -> Self {
        Self { core, agent }
    }
}

impl Desk for SystemDesk {
    fn read(&self, key: &TicketKey) -> Option<TicketSnapshot> {
        self.core.store().get(*key)
    }

    fn submit(&self, ticket: Ticket) -> DeskFuture<'_, TicketKey> {
        let mut draft = ticket.into_draft();
        draft.body.reporter = self.agent.clone();
        let (key, stored) = self.core.submit(draft);
        Box::pin(async move {
            stored.wait().await.map_err(|error| DeskError::Store {
                source: Box::new(error),
            })?;
            Ok(key)
        })
    }
}

impl fmt::Debug for SystemDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemDesk")
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}
