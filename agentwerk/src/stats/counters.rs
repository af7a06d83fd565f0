use std::time::Duration;

use serde::Serialize;

use super::fold::Span;
use crate::chat::Usage;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};

/// The numbers that a slice has as well. Each is serialised under the name of its method.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Counters {
    #[serde(rename = "work_duration_ms")]
    pub(super) work_ms: u64,
    #[serde(rename = "ticket_duration_ms")]
    pub(super) ticket_ms: u64,
    pub(super) tickets_created: u64,
    pub(super) tickets_done: u64,
    pub(super) tickets_failed: u64,
    pub(super) tickets_cancelled: u64,
    pub(super) input_tokens: u64,
    pub(super) output_tokens: u64,
    pub(super) cache_read_tokens: u64,
    pub(super) cache_write_tokens: u64,
    pub(super) claims: u64,
    pub(super) turns: u64,
    pub(super) requests: u64,
    pub(super) retries: u64,
    pub(super) errors: u64,
    pub(super) tool_calls: u64,
    pub(super) compactions: u64,
    pub(super) compactions_failed: u64,
}

impl Counters {
    /// Counts an event, and the time of the ticket that finished with it.
    pub(super) fn count(&mut self, event: &Event, finished: Option<&Span>) {
        match &event.kind {
            EventKind::TicketSubmitted { .. } => self.tickets_created += 1,
            EventKind::TicketStarted { .. } => self.claims += 1,
            EventKind::TicketDone { .. } => self.tickets_done += 1,
            EventKind::TicketFailed { .. } => self.tickets_failed += 1,
            EventKind::TicketCancelled { .. } => self.tickets_cancelled += 1,
            EventKind::TurnStarted { .. } => self.turns += 1,
            EventKind::RequestFinished { usage, .. } => {
                self.requests += 1;
                self.spend(*usage);
            }
            EventKind::RequestRetried { .. } => self.retries += 1,
            EventKind::RequestFailed { .. } => self.errors += 1,
            EventKind::ToolCallStarted { .. } => self.tool_calls += 1,
            // The request that gave the summary has told of its tokens.
            EventKind::CompactionFinished { .. } => self.compactions += 1,
            EventKind::CompactionFailed { .. } => self.compactions_failed += 1,
            _ => {}
        }
        if let Some(span) = finished {
            self.finish(span, event.time);
        }
    }

    /// Counts the tokens of a reply.
    pub(super) fn spend(&mut self, usage: Usage) {
        let add = |sum: &mut u64, tokens| *sum = sum.saturating_add(tokens);
        add(&mut self.input_tokens, usage.total_input_tokens());
        add(&mut self.output_tokens, usage.output_tokens);
        add(&mut self.cache_read_tokens, usage.cache_read_tokens);
        add(&mut self.cache_write_tokens, usage.cache_write_tokens);
    }

    /// Counts the time of a ticket that was done, or failed.
    pub(super) fn finish(&mut self, span: &Span, at: Timestamp) {
        let started_at = span.started_at.unwrap_or(at);
        self.work_ms += millis(at.since(started_at));
        self.ticket_ms += millis(at.since(span.submitted_at));
    }

    /// Tickets that were done, or failed.
    pub(super) const fn finished(&self) -> u64 {
        self.tickets_done + self.tickets_failed
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
