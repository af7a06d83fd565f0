use std::collections::{BTreeSet, HashMap};

use crate::id::TicketKey;
use crate::ticket::Routing;

/// The open tickets that nobody has claimed, by label, oldest first.
#[derive(Debug, Default)]
pub(super) struct ReadyTickets {
    by_label: HashMap<String, BTreeSet<TicketKey>>,
    unlabelled: BTreeSet<TicketKey>,
    count: usize,
}

impl ReadyTickets {
    /// Puts a ticket in, unless it is there; tells whether it is new.
    pub(super) fn insert(&mut self, key: TicketKey, labels: &[String]) -> bool {
        let mut is_new = labels.is_empty() && self.unlabelled.insert(key);
        for label in labels {
            is_new |= self.by_label.entry(label.clone()).or_default().insert(key);
        }
        self.count += usize::from(is_new);
        is_new
    }

    /// Takes a ticket out, if it is there.
    pub(super) fn remove(&mut self, key: TicketKey, labels: &[String]) {
        let mut was_there = self.unlabelled.remove(&key);
        for label in labels {
            if let Some(keys) = self.by_label.get_mut(label) {
                was_there |= keys.remove(&key);
                if keys.is_empty() {
                    self.by_label.remove(label);
                }
            }
        }
        self.count -= usize::from(was_there);
    }

    /// The oldest ticket that is served: one look-up per label, each O(log n).
    pub(super) fn oldest(&self, routing: &Routing) -> Option<TicketKey> {
        let labelled = routing
            .labels()
            .filter_map(|label| self.by_label.get(label)?.first().copied())
            .min();
        let unlabelled = self
            .unlabelled
            .first()
            .copied()
            .filter(|_| routing.takes_unlabelled());
        labelled.into_iter().chain(unlabelled).min()
    }

    /// Whether one of the tickets is served.
    pub(super) fn has_served(&self, routing: &Routing) -> bool {
        (routing.takes_unlabelled() && !self.unlabelled.is_empty())
            || routing
                .labels()
                .any(|label| self.by_label.contains_key(label))
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }
}
