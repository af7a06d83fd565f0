use std::sync::Arc;

use super::counters::Counters;
use super::fold::{Span, StatsFold};
use crate::chat::Usage;
use crate::clock::Timestamp;
use crate::event::FailureReason;
use crate::id::TicketKey;

/// What the records of a ticket tell of its time in an earlier process, whose events are gone.
#[derive(Debug)]
pub(crate) struct Past {
    pub(crate) key: TicketKey,
    pub(crate) labels: Arc<[String]>,
    pub(crate) submitted_at: Timestamp,
    pub(crate) started_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) is_done: bool,
    pub(crate) is_cancelled: bool,
    pub(crate) failure: Option<FailureReason>,
    pub(crate) claims: u64,
    pub(crate) replies: u64,
    pub(crate) tool_calls: u64,
    pub(crate) compactions: u64,
    pub(crate) usage: Usage,
}

impl StatsFold {
    /// Counts a ticket of an earlier process.
    pub(crate) fn recall(&mut self, past: &Past) {
        if past.ended_at.is_none() {
            self.open.insert(past.key, past.span());
        }
        self.total.recall(past);
        let recall = |counters: &mut Counters| counters.recall(past);
        self.slices.for_labels(&past.labels, recall);
    }
}

impl Past {
    fn span(&self) -> Span {
        Span {
            labels: Arc::clone(&self.labels),
            submitted_at: self.submitted_at,
            started_at: self.started_at,
        }
    }
}

impl Counters {
    fn recall(&mut self, past: &Past) {
        self.tickets_created += 1;
        self.claims += past.claims;
        // A turn is one reply with its tool calls.
        self.turns += past.replies;
        self.requests += past.replies + past.compactions;
        self.tool_calls += past.tool_calls;
        self.compactions += past.compactions;
        self.spend(past.usage);
        self.tickets_done += u64::from(past.is_done);
        self.tickets_failed += u64::from(past.failure.is_some());
        self.tickets_cancelled += u64::from(past.is_cancelled);
        self.errors += u64::from(past.failure == Some(FailureReason::RequestFailed));
        if let Some(ended_at) = past
            .ended_at
            .filter(|_| past.is_done || past.failure.is_some())
        {
            self.finish(&past.span(), ended_at);
        }
    }
}
