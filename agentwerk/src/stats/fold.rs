use std::collections::HashMap;
use std::sync::Arc;

use super::counters::{Counters, millis};
use super::slices::Slices;
use super::stats::Stats;
use crate::clock::Timestamp;
use crate::event::{Event, EventKind};
use crate::id::TicketKey;

/// Folds events into [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct StatsFold {
    pub(super) total: Counters,
    pub(super) slices: Slices,
    /// The tickets that have not ended.
    pub(super) open: HashMap<TicketKey, Span>,
    run: Option<RunSpan>,
}

#[derive(Debug)]
pub(super) struct Span {
    pub(super) labels: Arc<[String]>,
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
            millis(end.since(run.started_at))
        });
        Stats {
            run_ms,
            counters: self.total.clone(),
            slices: self.slices.clone(),
        }
    }

    /// Counts an event.
    pub(crate) fn apply(&mut self, event: &Event) {
        let finished = self.follow(event);
        self.total.count(event, finished.as_ref());
        let count = |counters: &mut Counters| counters.count(event, finished.as_ref());
        self.slices.count(event, count);
    }

    /// Follows the spans of the run and of its tickets; gives that of a ticket that was done, or
    /// failed.
    fn follow(&mut self, event: &Event) -> Option<Span> {
        match &event.kind {
            EventKind::RunStarted => self.run = None,
            EventKind::RunFinished { .. } => {
                if let Some(run) = &mut self.run {
                    run.finished_at = Some(event.time);
                }
            }
            EventKind::TicketSubmitted { key } => {
                let span = Span {
                    labels: Arc::clone(&event.labels),
                    submitted_at: event.time,
                    started_at: None,
                };
                self.open.insert(*key, span);
            }
            EventKind::TicketEdited { key } => {
                if let Some(span) = self.open.get_mut(key) {
                    self.slices.relabel(&span.labels, &event.labels);
                    span.labels = Arc::clone(&event.labels);
                }
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
            EventKind::TicketDone { key } | EventKind::TicketFailed { key, .. } => {
                return self.open.remove(key);
            }
            EventKind::TicketCancelled { key } => drop(self.open.remove(key)),
            _ => {}
        }
        None
    }
}
