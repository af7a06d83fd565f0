use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Bound;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::append::Batch;
use super::claim::{Claimed, Lease};
use super::error::StoreError;
use super::query::Backlog;
use super::ready::ReadyTickets;
use super::staging::Staging;
use crate::clock::Timestamp;
use crate::id::{AgentName, TicketKey};
use crate::ticket::{
    Change, Record, Routing, Standing, Status, TicketBody, TicketSnapshot, TicketState,
};

/// What a lease lasts that was to end beyond what a clock can show.
const LEASE_MAX: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// All tickets of one process in memory: the fold of the records, with the indexes that claims and
/// queries need. Not synchronised; a store puts a lock around it.
#[derive(Debug, Default)]
pub(super) struct Tickets {
    pub(super) tickets: BTreeMap<TicketKey, Arc<TicketState>>,
    pub(super) ready: ReadyTickets,
    pub(super) leases: HashMap<TicketKey, ActiveLease>,
    pub(super) expiries: BTreeSet<(Instant, TicketKey)>,
    pub(super) done: Vec<TicketKey>,
    pub(super) waiting: usize,
    /// The tickets that have not ended and have a deadline.
    pub(super) due: BTreeSet<(Timestamp, TicketKey)>,
    pub(super) staged: Staging,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ActiveLease {
    token: u64,
    pub(super) expires_at: Instant,
}

/// A ticket that a change made claimable.
pub(super) type Opened = (TicketKey, Arc<[String]>);

impl Tickets {
    /// Takes a batch whole, or refuses it and stays as it was. Tells which tickets became open.
    pub(super) fn append(&mut self, batch: &Batch) -> Result<Vec<Opened>, StoreError> {
        self.check(batch)?;
        Ok(self.take(batch))
    }

    /// Goes through a batch without taking it. A record is held against the status that the
    /// records before it lead to, staged ones included.
    pub(super) fn check(&self, batch: &Batch) -> Result<(), StoreError> {
        if let Some(lease) = &batch.lease {
            self.check_lease(lease)?;
        }
        let mut standings = HashMap::new();
        for record in &batch.records {
            self.check_right(batch.lease.as_ref(), record)?;
            self.lead_on(record, &mut standings)?;
        }
        Ok(())
    }

    /// Adds to `standings` what a record leads to.
    pub(super) fn lead_on(
        &self,
        record: &Record,
        standings: &mut HashMap<TicketKey, Standing>,
    ) -> Result<(), StoreError> {
        let key = record.key;
        let known = |key| standings.get(&key).copied().or_else(|| self.standing(key));
        let is_known = |key| known(key).is_some();
        let next = match (&record.change, known(key)) {
            (Change::Submitted(_), None) => Standing::SUBMITTED,
            (Change::Submitted(_), Some(_)) => return Err(StoreError::DuplicateTicket { key }),
            (_, None) => return Err(StoreError::UnknownTicket { key }),
            (change, Some(standing)) => change.lead_on(key, standing)?,
        };
        let child = record.change.child().map(|(child, _)| child);
        if let Some(key) = child.filter(|child| *child == key || is_known(*child)) {
            return Err(StoreError::DuplicateTicket { key });
        }
        standings.extend(child.map(|child| (child, Standing::SUBMITTED)));
        standings.insert(key, next);
        Ok(())
    }

    /// Where a ticket stands for whoever wants to change it.
    fn standing(&self, key: TicketKey) -> Option<Standing> {
        let actual = || self.tickets.get(&key).map(|ticket| ticket.standing());
        self.staged.standing(key).or_else(actual)
    }

    fn status(&self, key: TicketKey) -> Option<Status> {
        self.standing(key).map(|standing| standing.status)
    }

    /// Whether this record may come this way at all. Claims are made by the store alone, so that
    /// each has a lease; and a lease is a right to its own ticket, to new ones and to those that
    /// nobody has claimed.
    fn check_right(&self, lease: Option<&Lease>, record: &Record) -> Result<(), StoreError> {
        let key = record.key;
        if matches!(record.change, Change::Claimed { .. }) {
            return Err(StoreError::ClaimAsRecord { key });
        }
        let is_foreign = lease.is_some_and(|lease| lease.key != key);
        if is_foreign && self.status(key) == Some(Status::InProgress) {
            return Err(StoreError::StaleLease { key });
        }
        if let Change::ApprovalResolved { request, .. } = &record.change {
            let ticket = self.tickets.get(&key);
            let is_open = ticket.is_some_and(|ticket| ticket.awaits(request));
            if !self.staged.awaits(key, request, is_open) {
                let call_id = request.call_id.clone();
                return Err(StoreError::UnknownApproval { key, call_id });
            }
        }
        Ok(())
    }

    fn check_lease(&self, lease: &Lease) -> Result<(), StoreError> {
        match self.leases.get(&lease.key) {
            // Once the ticket's end is on its way, nobody works on it any more.
            Some(active)
                if active.token == lease.token
                    && self.status(lease.key) == Some(Status::InProgress) =>
            {
                Ok(())
            }
            _ => Err(StoreError::StaleLease { key: lease.key }),
        }
    }

    /// Takes records that were checked. Tells which tickets became open.
    pub(super) fn take(&mut self, batch: &Batch) -> Vec<Opened> {
        batch
            .records
            .iter()
            .flat_map(|record| self.apply(record))
            .collect()
    }

    /// Takes one record that was checked. Tells which tickets are open now.
    pub(super) fn apply(&mut self, record: &Record) -> Vec<Opened> {
        let (key, at) = (record.key, record.at);
        if let Change::Submitted(body) = &record.change {
            return vec![self.insert(key, at, body)];
        }
        let mut opened = Vec::new();
        opened.extend(self.change(record));
        if let Some((child, body)) = record.change.child() {
            opened.push(self.insert(child, at, body));
        }
        opened
    }

    fn insert(&mut self, key: TicketKey, at: Timestamp, body: &TicketBody) -> Opened {
        let state = TicketState::submitted(key, at, body.clone());
        let labels = Arc::clone(&state.labels);
        self.ready.insert(&state);
        self.due.extend(state.due_at.map(|due_at| (due_at, key)));
        self.tickets.insert(key, Arc::new(state));
        (key, labels)
    }

    /// Changes a ticket. Tells it, if it is open now.
    pub(super) fn change(&mut self, record: &Record) -> Option<Opened> {
        let key = record.key;
        let state = Arc::make_mut(self.tickets.get_mut(&key)?);
        let (before, labels_before) = (state.status, Arc::clone(&state.labels));
        // The record was checked, so this cannot be refused; if it were, nothing would change.
        state.apply(record).ok()?;
        let after = state.status;
        let labels = Arc::clone(&state.labels);
        if before == after && labels_before == labels {
            return None;
        }
        let (mut was_claimed, mut opened) = (false, None);
        match before {
            Status::Todo => self.ready.remove(state, &labels_before),
            Status::InProgress => was_claimed = true,
            Status::Waiting => self.waiting -= 1,
            Status::Done | Status::Failed | Status::Cancelled => {}
        }
        match after {
            Status::Todo => {
                self.ready.insert(state);
                opened = Some((key, labels));
            }
            Status::Done => self.done.push(key),
            Status::Waiting => self.waiting += 1,
            Status::InProgress | Status::Failed | Status::Cancelled => {}
        }
        let past_due = state.due_at.filter(|_| after.is_terminal());
        if was_claimed {
            self.end_lease(key);
        }
        if let Some(due_at) = past_due {
            self.due.remove(&(due_at, key));
        }
        opened
    }

    /// Claims the first ticket that is served.
    pub(super) fn claim(
        &mut self,
        routing: &Routing,
        agent: &AgentName,
        at: Timestamp,
        length: Duration,
    ) -> Option<(Record, Claimed)> {
        let key = self.ready.first(routing)?;
        let token = self.tickets.get(&key)?.token() + 1;
        let change = Change::Claimed {
            agent: agent.clone(),
            token,
        };
        let record = Record { key, at, change };
        let _not_open = self.change(&record);
        self.begin_lease(key, token, length);
        let ticket = self.get(key)?;
        Some((
            record,
            Claimed {
                lease: Lease { key, token },
                ticket,
            },
        ))
    }

    fn begin_lease(&mut self, key: TicketKey, token: u64, length: Duration) {
        let now = Instant::now();
        let expires_at = now.checked_add(length).unwrap_or(now + LEASE_MAX);
        self.leases.insert(key, ActiveLease { token, expires_at });
        // A ticket that is withheld gets its end of the lease back with the rest.
        if !self.staged.contains(key) {
            self.expiries.insert((expires_at, key));
        }
    }

    fn end_lease(&mut self, key: TicketKey) {
        if let Some(lease) = self.leases.remove(&key) {
            self.expiries.remove(&(lease.expires_at, key));
        }
    }

    pub(super) fn extend(&mut self, lease: &Lease, length: Duration) -> Result<(), StoreError> {
        self.check_lease(lease)?;
        self.end_lease(lease.key);
        self.begin_lease(lease.key, lease.token, length);
        Ok(())
    }

    /// Takes back the tickets whose leases have ended.
    pub(super) fn expire(&mut self, at: Timestamp) -> (Vec<Record>, Vec<Opened>) {
        let now = Instant::now();
        let overdue: Vec<_> = self
            .expiries
            .iter()
            .take_while(|(end, _)| *end <= now)
            .collect();
        let keys: Vec<TicketKey> = overdue.into_iter().map(|(_, key)| *key).collect();
        let records: Vec<_> = keys
            .iter()
            .map(|key| Record {
                key: *key,
                at,
                change: Change::Released,
            })
            .collect();
        let opened = records
            .iter()
            .filter_map(|record| self.change(record))
            .collect();
        (records, opened)
    }

    pub(super) fn next_expiry(&self) -> Option<Instant> {
        self.expiries.first().map(|(end, _)| *end)
    }

    pub(super) fn due_by(&self, moment: Timestamp) -> Vec<TicketKey> {
        let due = self.due.iter().take_while(|(due_at, _)| *due_at <= moment);
        due.map(|(_, key)| *key).collect()
    }

    pub(super) fn next_due(&self, after: Timestamp) -> Option<(Timestamp, TicketKey)> {
        let last = TicketKey::from_number(u64::MAX);
        let later = (Bound::Excluded((after, last)), Bound::Unbounded);
        self.due.range(later).next().copied()
    }

    pub(super) fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        self.tickets
            .get(&key)
            .map(|ticket| TicketSnapshot::new(Arc::clone(ticket)))
    }

    pub(super) fn all(&self) -> Vec<TicketSnapshot> {
        self.tickets
            .values()
            .map(|ticket| TicketSnapshot::new(Arc::clone(ticket)))
            .collect()
    }

    pub(super) fn done(&self) -> Vec<TicketSnapshot> {
        self.done.iter().filter_map(|key| self.get(*key)).collect()
    }

    pub(super) fn last_done(&self) -> Option<TicketSnapshot> {
        self.get(*self.done.last()?)
    }

    pub(super) fn backlog(&self, routing: &Routing) -> Backlog {
        let unclaimed = |key: &&TicketKey| !self.leases.contains_key(key);
        Backlog {
            todo: self.ready.count(),
            has_served: self.ready.has_served(routing),
            in_progress: self.leases.len() + self.staged.keys().filter(unclaimed).count(),
            waiting: self.waiting,
        }
    }
}
