use std::collections::{BTreeMap, HashMap};

use super::stats::{Counters, Stats};
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::id::TicketKey;

/// Folds events into [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct StatsFold {
    total: Counters,
    labels: BTreeMap<String, Counters>,
    /// The tickets that have not ended.
    pub(super) open: HashMap<TicketKey, Span>,
    run: Option<RunSpan>,
}

#[derive(Debug)]
pub(super) struct Span {
    pub(super) submitted_at: Timestamp,
    pub(super) started_at: Option<Timestamp>,
}

#[derive(Debug)]
struct RunSpan {
    started_at: Timestamp,
    finished_at: Option<Timestamp>,
}

impl StatsFold {
    /// The numbers as they stand at `now`.
    pub(crate) fn at(&self, now: Timestamp) -> Stats {
        let run_ms = self.run.as_ref().map(|run| {
            let end = run.finished_at.unwrap_or(now);
            end.since(run.started_at).as_millis() as u64
        });
        Stats {
            run_ms,
            counters: self.total.clone(),
            labels: self.labels.clone(),
        }
    }

    /// Counts an event.
    pub(crate) fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::RunStarted => self.run = None,
            EventKind::RunFinished { .. } => {
                if let Some(run) = &mut self.run {
                    run.finished_at = Some(event.time);
                }
            }
            EventKind::TicketSubmitted { key } => {
                let span = Span {
                    submitted_at: event.time,
                    started_at: None,
                };
                self.open.insert(*key, span);
            }
            EventKind::TicketStarted { key } => {
                self.run.get_or_insert(RunSpan {
                    started_at: event.time,
                    finished_at: None,
                });
                if let Some(span) = self.open.get_mut(key) {
                    span.started_at.get_or_insert(event.time);
                }
            }
            _ => {}
        }
        let ended = match &event.kind {
            EventKind::TicketDone { key } | EventKind::TicketFailed { key, .. } => {
                self.open.remove(key)
            }
            _ => None,
        };
        self.for_labels(&event.labels, |counters| {
            counters.count(event, ended.as_ref());
        });
    }

    /// Counts for all tickets, and for those with each of these labels.
    pub(super) fn for_labels(&mut self, labels: &[String], count: impl Fn(&mut Counters)) {
        count(&mut self.total);
        for label in labels {
            if let Some(counters) = self.labels.get_mut(label) {
                count(counters);
            } else {
                count(self.labels.entry(label.clone()).or_default());
            }
        }
    }
}

impl Counters {
    fn count(&mut self, event: &Event, ended: Option<&Span>) {
        match &event.kind {
            EventKind::TicketSubmitted { .. } => self.tickets_created += 1,
            EventKind::TicketStarted { .. } => self.claims += 1,
            EventKind::TicketDone { .. } => self.tickets_done += 1,
            EventKind::TicketFailed { .. } => self.tickets_failed += 1,
            EventKind::TurnStarted { .. } => self.turns += 1,
            EventKind::RequestFinished { usage, .. } => {
                self.requests += 1;
                self.usage += *usage;
            }
            EventKind::RequestRetried { .. } => self.retries += 1,
            EventKind::RequestFailed { .. } => self.errors += 1,
            EventKind::ToolCallStarted { .. } => self.tool_calls += 1,
            _ => {}
        }
        if let Some(span) = ended {
            self.end(span, event.time);
        }
    }

    /// Counts the time of a ticket that ended.
    pub(super) fn end(&mut self, span: &Span, at: Timestamp) {
        let started_at = span.started_at.unwrap_or(at);
        self.work_ms += at.since(started_at).as_millis() as u64;
        self.ticket_ms += at.since(span.submitted_at).as_millis() as u64;
    }
}
