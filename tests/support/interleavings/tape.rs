//! The laws of the events that one system tells.

use std::collections::HashMap;

use agentwerk::event::{Event, EventKind};
use agentwerk::{AgentName, TicketKey};

/// Where a ticket stands, as its events have it.
#[derive(Debug, Default)]
struct Told {
    is_known: bool,
    /// Who works on it.
    agent: Option<AgentName>,
    end: Option<EventKind>,
    is_handed_over: bool,
    calls_begun: u64,
    calls_ended: u64,
}

/// Reads all events of a system; gives the end of each ticket that it told.
pub(super) fn ends(events: &[Event]) -> Result<HashMap<TicketKey, EventKind>, String> {
    let mut tickets: HashMap<TicketKey, Told> = HashMap::new();
    let mut is_running = false;
    for (position, event) in events.iter().enumerate() {
        let account = |what: &str| Err(format!("{what}: {event:?} in {}", tail(events, position)));
        if event.sequence != position as u64 + 1 {
            return account("a number is missing");
        }
        match &event.kind {
            EventKind::RunStarted | EventKind::RunFinished { .. } => {
                let is_start = matches!(event.kind, EventKind::RunStarted);
                if is_running == is_start {
                    return account("runs overlap");
                }
                is_running = is_start;
            }
            _ => {}
        }
        if let Some(key) = event.ticket_key {
            let told = tickets.entry(key).or_default();
            if let Err(what) = told.take(event) {
                return account(&format!("{what} ({told:?})"));
            }
        }
    }
    let ends = tickets
        .into_iter()
        .filter_map(|(key, told)| Some((key, told.end?)));
    Ok(ends.collect())
}

/// What was told of the same ticket, up to here.
fn tail(events: &[Event], position: usize) -> String {
    let key = events[position].ticket_key;
    let same = events[..=position]
        .iter()
        .filter(|one| one.ticket_key == key);
    let lines: Vec<_> = same
        .map(|one| format!("\n  {} {:?}", one.sequence, one.kind))
        .collect();
    lines[lines.len().saturating_sub(12)..].concat()
}

impl Told {
    fn take(&mut self, event: &Event) -> Result<(), &'static str> {
        let is_comment = matches!(event.kind, EventKind::TicketCommented { .. });
        if self.end.is_some() && !is_comment {
            // A tool that hands its ticket over is told to have ended behind that.
            return match &event.kind {
                kind if self.is_handed_over && is_end_of_call(kind) => Ok(()),
                _ => Err("told after the end of its ticket"),
            };
        }
        match &event.kind {
            EventKind::TicketSubmitted { .. } if self.is_known => return Err("submitted late"),
            EventKind::TicketStarted { .. } => {
                if self.agent.replace(event.agent_name.clone()).is_some() {
                    return Err("claimed twice");
                }
                (self.calls_begun, self.calls_ended) = (0, 0);
            }
            EventKind::TicketReleased { .. } | EventKind::CommentAwaited { .. } => {
                self.agent = None;
            }
            // Several in a row; the first of them ends the work.
            EventKind::ApprovalRequested { .. } => self.agent = None,
            EventKind::TicketHandedOver { .. } => self.is_handed_over = true,
            EventKind::ToolCallStarted { .. } => self.calls_begun += 1,
            EventKind::ToolCallFinished { .. } | EventKind::ToolCallFailed { .. } => {
                self.calls_ended += 1;
            }
            kind if kind.is_terminal() => {
                self.end = Some(kind.clone());
                self.agent = None;
            }
            _ => {}
        }
        if is_of_turn(&event.kind) && self.agent.as_ref() != Some(&event.agent_name) {
            return Err("told by an agent that does not have the ticket");
        }
        if self.calls_ended > self.calls_begun {
            return Err("a call ended that had not begun");
        }
        self.is_known = true;
        Ok(())
    }
}

fn is_end_of_call(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::ToolProgress { .. }
            | EventKind::ToolCallFinished { .. }
            | EventKind::ToolCallFailed { .. }
    )
}

/// Whether only an agent that works on the ticket can tell this.
fn is_of_turn(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::TurnStarted { .. }
            | EventKind::RequestStarted { .. }
            | EventKind::RequestFinished { .. }
            | EventKind::RequestRetried { .. }
            | EventKind::RequestFailed { .. }
            | EventKind::TextChunkReceived { .. }
            | EventKind::SchemaRetried { .. }
            | EventKind::ToolCallStarted { .. }
            | EventKind::ToolProgress { .. }
            | EventKind::ToolCallFinished { .. }
            | EventKind::ToolCallFailed { .. }
            | EventKind::PolicyViolated { .. }
    )
}
