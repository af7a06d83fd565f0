use std::fmt;
use std::future::ready;
use std::sync::Arc;

use serde_json::Value;

use super::bus::Subject;
use super::completions::Completion;
use super::core::Core;
use super::ledger::Step;
use super::openings::Openings;
use super::stored::Stored;
use crate::id::{AgentName, TicketKey};
use crate::store::{Commit, Lease};
use crate::ticket::{
    Desk, DeskError, DeskFuture, Draft, Status, Ticket, TicketEdit, TicketSnapshot, check_nesting,
};

/// The system, as the tools of one agent see it that works on one ticket.
pub(super) struct SystemDesk {
    pub(super) core: Arc<Core>,
    pub(super) agent: AgentName,
    pub(super) ticket: TicketSnapshot,
    pub(super) lease: Lease,
    pub(super) subject: Subject,
    pub(super) openings: Openings,
}

impl SystemDesk {
    /// A ticket in the name of the agent.
    fn draft(&self, ticket: Ticket) -> Draft {
        let mut draft = ticket.into_draft();
        draft.body.reporter = self.agent.clone();
        draft.body.parent.get_or_insert(self.lease.key);
        draft
    }

    /// Whether this agent may change a ticket now, or why not.
    fn check_edit(&self, key: TicketKey) -> Result<(), DeskError> {
        let invalid = |what: String| Err(DeskError::Invalid { what });
        let Some(ticket) = self.read(&key) else {
            return invalid(format!("there is no ticket {key}"));
        };
        if ticket.reporter() != &self.agent {
            return invalid(format!(
                "{key} was not reported by `{}`, and only its reporter may change it",
                self.agent
            ));
        }
        if ticket.status() != Status::Todo || ticket.started_at().is_some() {
            return invalid(format!(
                "{key} is `{}`, and only a ticket that nobody has begun can be changed",
                ticket.status()
            ));
        }
        Ok(())
    }

    /// Ends the ticket and opens the one that goes on, or says why neither can be.
    fn step(&self, result: Value, next: Ticket) -> Result<(TicketKey, Commit), DeskError> {
        if let Some(schema) = self.ticket.schema() {
            let checked = schema.validate(&result);
            checked.map_err(|violations| DeskError::Result { violations })?;
        }
        check_nesting(&result).map_err(|what| DeskError::Invalid {
            what: format!("the result cannot be kept: {what}"),
        })?;
        let mut draft = self.draft(next);
        if let Some(what) = draft.invalid {
            return Err(DeskError::Invalid { what });
        }
        self.check_hand_over()?;
        draft.body.parent = Some(self.lease.key);
        let step = Step {
            closing: Vec::new(),
            result,
            next: draft.body,
        };
        let ledger = &self.core.ledger;
        Ok(ledger.hand_over(&self.lease, &self.subject, step))
    }
}

impl Desk for SystemDesk {
    fn read(&self, key: &TicketKey) -> Option<TicketSnapshot> {
        self.core.store().get(*key)
    }

    fn tickets(&self) -> Vec<TicketSnapshot> {
        self.core.store().tickets()
    }

    fn check_hand_over(&self) -> Result<(), DeskError> {
        self.openings.check_hop(self.core.store(), &self.ticket)?;
        self.openings.check(self.core.store(), self.lease.key)
    }

    fn edit(&self, key: &TicketKey, edit: TicketEdit) -> DeskFuture<'_, ()> {
        if let Err(error) = self.check_edit(*key) {
            return Box::pin(ready(Err(error)));
        }
        let counted = self.core.open_commits.count();
        let by = self.agent.clone();
        let commit = match self.core.ledger.edit(&self.lease, by, *key, edit) {
            Ok(commit) => commit,
            // Somebody began the ticket, or ended it, in this moment.
            Err(error) => {
                let what = error.to_string();
                return Box::pin(ready(Err(DeskError::Invalid { what })));
            }
        };
        let stored = self.core.follow(commit, counted);
        let key = *key;
        Box::pin(async move { kept(key, stored).await.map(drop) })
    }

    fn comment(&self, key: &TicketKey, text: String) -> DeskFuture<'_, ()> {
        let key = *key;
        match self.core.comment(key, self.agent.clone(), text) {
            Ok(stored) => Box::pin(async move { kept(key, stored).await.map(drop) }),
            Err(error) => {
                let what = error.to_string();
                Box::pin(ready(Err(DeskError::Invalid { what })))
            }
        }
    }

    fn submit(&self, ticket: Ticket) -> DeskFuture<'_, TicketKey> {
        if let Err(error) = self.openings.take(self.core.store(), self.lease.key) {
            return Box::pin(ready(Err(error)));
        }
        let (key, stored) = self.core.submit(self.draft(ticket));
        Box::pin(kept(key, stored))
    }

    fn hand_over(&self, result: Value, next: Ticket) -> DeskFuture<'_, TicketKey> {
        let counted = self.core.open_commits.count();
        let (child, commit) = match self.step(result, next) {
            Ok(step) => step,
            Err(error) => return Box::pin(ready(Err(error))),
        };
        let (core, key) = (Arc::clone(&self.core), self.lease.key);
        let commit = Commit::pending(async move {
            commit.await?;
            core.completions.complete(key, &Completion::Ended);
            Ok(())
        });
        Box::pin(kept(child, self.core.follow(commit, counted)))
    }
}

/// The key of a ticket, once it is stored.
async fn kept(key: TicketKey, stored: Stored) -> Result<TicketKey, DeskError> {
    stored.wait().await.map_err(|error| DeskError::Store {
        source: Box::new(error),
    })?;
    Ok(key)
}

impl fmt::Debug for SystemDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SystemDesk")
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}
