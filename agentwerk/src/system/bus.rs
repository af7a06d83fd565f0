use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::stream::{Events, Subscriber, stream};
use crate::clock::Clock;
use crate::event::{Event, EventKind, EventSink, Handler, Handlers};
use crate::id::{AgentName, TicketKey};
#[cfg(feature = "files")]
use crate::stats::Past;
use crate::stats::{Stats, StatsFold};
use crate::ticket::TicketSnapshot;

/// Numbers events and brings them to the stats, the handlers and the streams, in one order for all.
#[derive(Debug)]
pub(super) struct Bus {
    state: Mutex<State>,
    handlers: Handlers,
    clock: Clock,
}

#[derive(Debug, Default)]
struct State {
    sequence: u64,
    stats: StatsFold,
    streams: Vec<Subscriber>,
}

/// What an event is about.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    agent: AgentName,
    key: Option<TicketKey>,
    labels: Option<Arc<[String]>>,
    model: Option<Arc<str>>,
}

impl Subject {
    /// The run as a whole.
    pub(super) fn run() -> Self {
        Self::default()
    }

    /// A ticket that nobody works on.
    pub(super) fn ticket(ticket: &TicketSnapshot) -> Self {
        Self {
            key: Some(ticket.key()),
            labels: Some(ticket.shared_labels()),
            ..Self::default()
        }
    }

    /// A ticket that the store does not show yet.
    pub(super) fn labelled(key: TicketKey, labels: Vec<String>) -> Self {
        Self {
            key: Some(key),
            labels: Some(labels.into()),
            ..Self::default()
        }
    }

    /// A ticket and the agent that works on it.
    pub(super) fn work(ticket: &TicketSnapshot, agent: AgentName, model: Arc<str>) -> Self {
        Self {
            agent,
            model: Some(model),
            ..Self::ticket(ticket)
        }
    }

    /// The same subject, as something that this agent did to it.
    pub(super) fn by(mut self, agent: AgentName) -> Self {
        self.agent = agent;
        self
    }
}

impl Bus {
    pub(super) fn new(clock: Clock) -> Self {
        Self {
            state: Mutex::default(),
            handlers: Handlers::new(),
            clock,
        }
    }

    /// Tells everybody that something has happened.
    pub(super) fn publish(&self, subject: &Subject, kind: EventKind) {
        self.tell(&mut self.lock(), subject, kind);
    }

    // The queues are filled under the lock, so that everybody hears of events in one order.
    fn tell(&self, state: &mut State, subject: &Subject, kind: EventKind) {
        state.sequence += 1;
        let mut event = Event::new(state.sequence, self.clock.now(), kind);
        event.agent_name = subject.agent.clone();
        event.ticket_key = subject.key;
        if let Some(labels) = &subject.labels {
            event.labels = Arc::clone(labels);
        }
        if let Some(model) = &subject.model {
            event.model = Arc::clone(model);
        }
        state.stats.apply(&event);
        state.streams.retain_mut(|stream| stream.tell(&event));
        self.handlers.tell(&event);
    }

    pub(super) fn add_handler(&self, agent: Option<AgentName>, handler: Handler) {
        self.handlers.add(agent, handler);
    }

    /// Begins to call handlers; must be called in a runtime.
    pub(super) fn start(&self) {
        self.handlers.start();
    }

    /// Waits until the handlers have heard of everything so far.
    pub(super) async fn flush(&self) {
        self.handlers.flush().await;
    }

    /// Counts what happened before this process.
    #[cfg(feature = "files")]
    pub(super) fn recall(&self, past: impl Iterator<Item = Past>) {
        let mut state = self.lock();
        past.for_each(|past| state.stats.recall(&past));
    }

    pub(super) fn stats(&self) -> Stats {
        self.lock().stats.at(self.clock.now())
    }

    pub(super) fn subscribe(&self) -> Events {
        let (subscriber, events) = stream();
        self.lock().streams.push(subscriber);
        events
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of a user runs under the lock, so the state is whole even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bus, for what happens in one agent's work on one ticket.
#[derive(Clone)]
pub(super) struct SubjectSink {
    pub(super) bus: Arc<Bus>,
    pub(super) subject: Subject,
    /// Tells that the work is over: what it still does on another thread is told to nobody, because the
    /// ticket's end may have been.
    pub(super) over: CancellationToken,
}

impl EventSink for SubjectSink {
    fn emit(&self, kind: EventKind) {
        let mut state = self.bus.lock();
        if !self.over.is_cancelled() {
            self.bus.tell(&mut state, &self.subject, kind);
        }
    }
}

impl fmt::Debug for SubjectSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SubjectSink").field(&self.subject).finish()
    }
}
