use std::sync::Arc;

use super::kind::EventKind;
use crate::clock::Timestamp;
use crate::id::{AgentName, TicketKey};

/// One thing that happened.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// The event's place among all events of its system, counted from 1 without gaps.
    pub sequence: u64,
    /// When it happened.
    pub time: Timestamp,
    /// The agent that it is about; empty for events of the run itself.
    pub agent_name: AgentName,
    /// The ticket that it is about.
    pub ticket_key: Option<TicketKey>,
    /// The labels of that ticket.
    pub labels: Arc<[String]>,
    /// The model that the agent runs; empty for events that belong to none.
    pub model: Arc<str>,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    pub(crate) fn new(sequence: u64, time: Timestamp, kind: EventKind) -> Self {
        Self {
            sequence,
            time,
            agent_name: AgentName::default(),
            ticket_key: None,
            labels: Arc::from([]),
            model: Arc::from(""),
            kind,
        }
    }
}
