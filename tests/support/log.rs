use std::sync::{Arc, Mutex};

use agentwerk::event::{Event, EventKind};
use agentwerk::{TicketKey, TicketSystem};

/// Remembers the events of a system, in order.
#[derive(Clone, Debug, Default)]
pub struct EventLog(Arc<Mutex<Vec<Event>>>);

impl EventLog {
    /// Listens to a system from now on.
    pub fn of(tickets: &TicketSystem) -> Self {
        let log = Self::default();
        let events = log.clone();
        tickets.on_event(move |event| events.push(event));
        log
    }

    /// Remembers an event.
    ///
    /// # Panics
    /// A test panicked while it held the log.
    pub fn push(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }

    /// The events so far.
    ///
    /// # Panics
    /// A test panicked while it held the log.
    pub fn events(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }

    /// What happened so far.
    pub fn kinds(&self) -> Vec<EventKind> {
        self.events().into_iter().map(|event| event.kind).collect()
    }

    /// The names of the events so far.
    pub fn names(&self) -> Vec<String> {
        self.kinds().iter().map(name_of).collect()
    }

    /// How many events of this name there were.
    pub fn count(&self, name: &str) -> usize {
        self.names().iter().filter(|each| *each == name).count()
    }

    /// What happened to one ticket.
    pub fn of_ticket(&self, key: TicketKey) -> Vec<EventKind> {
        let events = self.events().into_iter();
        events
            .filter(|event| event.ticket_key == Some(key))
            .map(|event| event.kind)
            .collect()
    }
}

/// The name of an event: that of its variant.
pub fn name_of(kind: &EventKind) -> String {
    let text = format!("{kind:?}");
    text.split([' ', '{', '('])
        .next()
        .unwrap_or_default()
        .to_owned()
}
