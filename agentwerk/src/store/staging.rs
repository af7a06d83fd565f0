use std::collections::HashMap;

use crate::id::TicketKey;
use crate::ticket::{ApprovalRequest, Change, Record, Standing};

/// What tickets will be when the batches that change them are stored.
#[derive(Debug, Default)]
pub(super) struct Staging(HashMap<TicketKey, Staged>);

#[derive(Debug)]
struct Staged {
    standing: Standing,
    /// The batches that are still to be stored.
    batches: usize,
    /// The requests for leave that they make.
    asked: Vec<ApprovalRequest>,
    /// The requests for leave that they answer.
    answered: Vec<ApprovalRequest>,
}

impl Staging {
    pub(super) fn contains(&self, key: TicketKey) -> bool {
        self.0.contains_key(&key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &TicketKey> {
        self.0.keys()
    }

    /// What the batches of a ticket lead to.
    pub(super) fn standing(&self, key: TicketKey) -> Option<Standing> {
        self.0.get(&key).map(|staged| staged.standing)
    }

    /// Adds a batch that leads a ticket to this.
    pub(super) fn add(&mut self, key: TicketKey, standing: Standing) {
        let staged = self.0.entry(key).or_insert(Staged {
            standing,
            batches: 0,
            asked: Vec::new(),
            answered: Vec::new(),
        });
        staged.standing = standing;
        staged.batches += 1;
    }

    /// Takes note of a request for leave or its answer, in a batch that was added.
    pub(super) fn note(&mut self, record: &Record) {
        let Some(staged) = self.0.get_mut(&record.key) else {
            return;
        };
        match &record.change {
            Change::ApprovalRequested(request) => staged.asked.push(request.clone()),
            Change::ApprovalResolved { request, .. } => staged.answered.push(request.clone()),
            _ => {}
        }
    }

    /// Whether a request is open when all batches are stored; `is_open` tells whether it is now.
    pub(super) fn awaits(&self, key: TicketKey, request: &ApprovalRequest, is_open: bool) -> bool {
        self.0.get(&key).map_or(is_open, |staged| {
            (is_open || staged.asked.contains(request)) && !staged.answered.contains(request)
        })
    }

    /// Takes note that a batch of a ticket is stored; tells whether it was the last.
    pub(super) fn remove(&mut self, key: TicketKey) -> bool {
        let Some(staged) = self.0.get_mut(&key) else {
            return false;
        };
        staged.batches -= 1;
        let is_last = staged.batches == 0;
        if is_last {
            self.0.remove(&key);
        }
        is_last
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
