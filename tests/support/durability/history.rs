use std::collections::BTreeMap;
use std::sync::Arc;

use agentwerk::ticket::{Change, Record, TicketSnapshot, TicketState, TransitionError};
use agentwerk::{Status, TicketKey, Timestamp};

use super::view::View;

/// Tickets, and the order in which they became done.
#[derive(Clone, Debug, Default)]
pub(super) struct Tickets {
    tickets: BTreeMap<TicketKey, Arc<TicketState>>,
    done: Vec<TicketKey>,
}

impl Tickets {
    pub(super) fn take(&mut self, records: &[Record]) -> Result<(), TransitionError> {
        records.iter().try_for_each(|record| self.apply(record))
    }

    fn apply(&mut self, record: &Record) -> Result<(), TransitionError> {
        let (key, at) = (record.key, record.at);
        match &record.change {
            Change::Submitted(body) => {
                self.insert(TicketState::submitted(key, at, (**body).clone()))
            }
            change => {
                if let Some(ticket) = self.tickets.get_mut(&key) {
                    Arc::make_mut(ticket).apply(record)?;
                }
                if let Change::HandedOver { child, body, .. } = change {
                    self.insert(TicketState::submitted(*child, at, (**body).clone()));
                }
                if matches!(change, Change::Done { .. } | Change::HandedOver { .. }) {
                    self.done.push(key);
                }
            }
        }
        Ok(())
    }

    fn insert(&mut self, ticket: TicketState) {
        self.tickets.insert(ticket.key(), Arc::new(ticket));
    }

    /// Opens what was claimed, as a process does that takes over.
    pub(super) fn released(&self) -> Self {
        let mut released = self.clone();
        for key in self.with_status(|status| status == Status::InProgress) {
            let (at, change) = (Timestamp::from_millis(0), Change::Released);
            // Whatever is in progress can be released.
            let _released = released.apply(&Record { key, at, change });
        }
        released
    }

    pub(super) fn with_status(&self, fits: impl Fn(Status) -> bool) -> Vec<TicketKey> {
        let found = self.tickets.values().filter(|ticket| fits(ticket.status()));
        found.map(|ticket| ticket.key()).collect()
    }

    pub(super) fn get(&self, key: TicketKey) -> Option<TicketSnapshot> {
        self.tickets
            .get(&key)
            .map(|ticket| TicketSnapshot::new(Arc::clone(ticket)))
    }

    pub(super) fn last_number(&self) -> u64 {
        self.tickets.keys().last().map_or(0, |key| key.number())
    }

    fn views(&self) -> impl DoubleEndedIterator<Item = View> {
        let tickets = self.tickets.values().cloned().map(TicketSnapshot::new);
        // These are all in memory.
        tickets.filter_map(|ticket| View::of(&ticket).ok())
    }

    /// Whether these are what a store showed. The newest differ most often.
    fn are(&self, shown: &Shown) -> bool {
        self.tickets.len() == shown.tickets.len()
            && self.done == shown.done
            && self
                .views()
                .rev()
                .zip(shown.tickets.iter().rev())
                .all(|(own, shown)| own == *shown)
    }
}

/// What a store showed when it was opened.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) tickets: Vec<View>,
    pub(super) done: Vec<TicketKey>,
}

/// What was appended since the journal was opened, in order.
#[derive(Debug, Default)]
pub(super) struct History {
    /// The tickets when it was opened.
    base: Tickets,
    batches: Vec<Vec<Record>>,
    /// How many of the batches must be there after a crash.
    pub(super) kept: usize,
}

impl History {
    pub(super) fn new(base: Tickets) -> Self {
        Self {
            base,
            ..Self::default()
        }
    }

    /// The tickets when the journal was opened.
    pub(super) fn base(&self) -> &Tickets {
        &self.base
    }

    /// How many batches were appended since.
    pub(super) fn len(&self) -> usize {
        self.batches.len()
    }

    /// Adds a batch; gives the number of batches with it.
    pub(super) fn push(&mut self, records: Vec<Record>) -> usize {
        self.batches.push(records);
        self.batches.len()
    }

    /// Takes note that a commit has said that the first `count` batches are stored.
    pub(super) fn keep(&mut self, count: usize) {
        self.kept = self.kept.max(count);
    }

    /// The tickets that a store shows, if they are what a number of batches make that may be the
    /// last ones there; else what is wrong.
    pub(super) fn explain(&self, shown: &Shown) -> Result<Tickets, String> {
        let mut tickets = self.base.clone();
        for count in 0..=self.batches.len() {
            if count > 0 {
                let taken = tickets.take(&self.batches[count - 1]);
                taken.map_err(|error| format!("batch {count} of the test: {error}"))?;
            }
            let released = tickets.released();
            if count >= self.kept && released.are(shown) {
                return Ok(released);
            }
        }
        Err(self.describe(shown, &tickets.released()))
    }

    fn describe(&self, shown: &Shown, all: &Tickets) -> String {
        let summary = |views: &[View]| -> String {
            views
                .iter()
                .map(|view| format!("\n  {}", view.summary()))
                .collect()
        };
        format!(
            "no prefix of {} batches with {} acknowledged explains the tickets\nshown:{}\nall \
             batches:{}\ndone: shown {:?}, all batches {:?}",
            self.batches.len(),
            self.kept,
            summary(&shown.tickets),
            summary(&all.views().collect::<Vec<_>>()),
            shown.done,
            all.done,
        )
    }
}
