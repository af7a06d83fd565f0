//! The numbers of a system, counted from its events by another hand.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use agentwerk::event::{Event, EventKind};
use agentwerk::{Stats, TicketKey, Timestamp};

#[derive(Debug, Default, PartialEq)]
struct Numbers {
    created: u64,
    done: u64,
    failed: u64,
    claims: u64,
    turns: u64,
    requests: u64,
    retries: u64,
    errors: u64,
    tool_calls: u64,
    input_tokens: u64,
    output_tokens: u64,
    ticket_time: Duration,
    work_time: Duration,
}

/// Holds the numbers of a system that began with none against all its events.
pub(super) fn check(stats: &Stats, events: &[Event]) -> Result<(), String> {
    let mut counted: BTreeMap<Option<String>, Numbers> = BTreeMap::new();
    counted.entry(None).or_default();
    let mut spans: HashMap<TicketKey, (Timestamp, Option<Timestamp>)> = HashMap::new();
    for event in events {
        let (mut submitted, mut started) = (None, None);
        if let Some(key) = event.ticket_key {
            let is_submission = matches!(event.kind, EventKind::TicketSubmitted { .. });
            let is_start = matches!(event.kind, EventKind::TicketStarted { .. });
            if is_submission {
                spans.insert(key, (event.time, None));
            }
            if let Some(span) = spans.get_mut(&key) {
                if is_start {
                    span.1.get_or_insert(event.time);
                }
                (submitted, started) = (Some(span.0), span.1);
            }
        }
        let labels = event.labels.iter().cloned().map(Some);
        for label in labels.chain([None]) {
            let numbers = counted.entry(label).or_default();
            numbers.count(&event.kind);
            let is_counted = matches!(
                event.kind,
                EventKind::TicketDone { .. } | EventKind::TicketFailed { .. }
            );
            if let Some(submitted) = submitted.filter(|_| is_counted) {
                numbers.ticket_time += event.time.since(submitted);
                numbers.work_time += event.time.since(started.unwrap_or(event.time));
            }
        }
    }
    for (label, numbers) in counted {
        let told = match &label {
            Some(label) => Numbers::of(&stats.stats_for_label(label)),
            None => Numbers::of(stats),
        };
        if told != numbers {
            return Err(format!(
                "the stats of {label:?} are {told:?}, the events {numbers:?}"
            ));
        }
    }
    Ok(())
}

impl Numbers {
    fn of(stats: &Stats) -> Self {
        Self {
            created: stats.tickets_created(),
            done: stats.tickets_done(),
            failed: stats.tickets_failed(),
            claims: stats.claims(),
            turns: stats.turns(),
            requests: stats.requests(),
            retries: stats.retries(),
            errors: stats.errors(),
            tool_calls: stats.tool_calls(),
            input_tokens: stats.input_tokens(),
            output_tokens: stats.output_tokens(),
            ticket_time: stats.ticket_duration(),
            work_time: stats.work_duration(),
        }
    }

    fn count(&mut self, kind: &EventKind) {
        let number = match kind {
            EventKind::TicketSubmitted { .. } => &mut self.created,
            EventKind::TicketDone { .. } => &mut self.done,
            EventKind::TicketFailed { .. } => &mut self.failed,
            EventKind::TicketStarted { .. } => &mut self.claims,
            EventKind::TurnStarted { .. } => &mut self.turns,
            EventKind::RequestFinished { usage, .. } => {
                self.input_tokens += usage.total_input_tokens();
                self.output_tokens += usage.output_tokens;
                &mut self.requests
            }
            EventKind::RequestRetried { .. } => &mut self.retries,
            EventKind::RequestFailed { .. } => &mut self.errors,
            EventKind::ToolCallStarted { .. } => &mut self.tool_calls,
            _ => return,
        };
        *number += 1;
    }
}
