use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use crate::id::TicketKey;
use crate::ticket::{Routing, TicketState};

/// The open tickets that nobody has claimed, by label, in the order in which they are to be claimed.
#[derive(Debug, Default)]
pub(super) struct ReadyTickets {
    by_label: HashMap<String, BTreeSet<Place>>,
    unlabelled: BTreeSet<Place>,
    count: usize,
}

/// Where a ticket stands among the others: behind those of a higher priority, and behind older ones
/// of its own.
type Place = (Reverse<i32>, TicketKey);

fn place(ticket: &TicketState) -> Place {
    (Reverse(ticket.priority()), ticket.key())
}

impl ReadyTickets {
    /// Puts a ticket in, unless it is there; tells whether it is new.
    pub(super) fn insert(&mut self, ticket: &TicketState) -> bool {
        let (place, labels) = (place(ticket), ticket.labels());
        let mut is_new = labels.is_empty() && self.unlabelled.insert(place);
        for label in labels {
            is_new |= self
                .by_label
                .entry(label.clone())
                .or_default()
                .insert(place);
        }
        self.count += usize::from(is_new);
        is_new
    }

    /// Takes a ticket out, if it is there under these labels.
    pub(super) fn remove(&mut self, ticket: &TicketState, labels: &[String]) {
        let place = place(ticket);
        let mut was_there = self.unlabelled.remove(&place);
        for label in labels {
            if let Some(places) = self.by_label.get_mut(label) {
                was_there |= places.remove(&place);
                if places.is_empty() {
                    self.by_label.remove(label);
                }
            }
        }
        self.count -= usize::from(was_there);
    }

    /// The first ticket that is served: one look-up per label, each O(log n).
    pub(super) fn first(&self, routing: &Routing) -> Option<TicketKey> {
        let labelled = routing
            .labels()
            .filter_map(|label| self.by_label.get(label)?.first().copied())
            .min();
        let unlabelled = self
            .unlabelled
            .first()
            .copied()
            .filter(|_| routing.takes_unlabelled());
        let first = labelled.into_iter().chain(unlabelled).min();
        first.map(|(_, key)| key)
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
