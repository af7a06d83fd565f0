use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::clock::Clock;
use crate::event::{Event, EventKind, EventSink, Handler, Handlers};
use crate::id::{AgentName, TicketKey};
use crate::stats::{Stats, StatsFold};
use crate::ticket::TicketSnapshot;

/// Events that a stream holds for a reader that is behind.
const STREAM_EVENTS_MAX: usize = 1_024;

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

#[derive(Debug)]
struct Subscriber {
    sender: mpsc::Sender<Event>,
    gap: Gap,
}

/// The events that did not fit since the last one that did: how many, and the last of them. It is
/// told before the next event, or, when none comes, to a reader that has caught up.
type Gap = Arc<Mutex<Option<(u64, Event)>>>;

fn lock_gap(gap: &Gap) -> MutexGuard<'_, Option<(u64, Event)>> {
    gap.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The notice of a gap, in the place of its last event.
fn notice((count, last): &(u64, Event)) -> Event {
    let mut notice = last.clone();
    notice.kind = EventKind::EventsSkipped { count: *count };
    notice
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

    /// A ticket and the agent that works on it.
    pub(super) fn work(ticket: &TicketSnapshot, agent: AgentName, model: Arc<str>) -> Self {
        Self {
            agent,
            model: Some(model),
            ..Self::ticket(ticket)
        }
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
        // The queues are filled under the lock, so that everybody hears of events in one order.
        let mut state = self.lock();
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

    pub(super) fn stats(&self) -> Stats {
        self.lock().stats.at(self.clock.now())
    }

    pub(super) fn subscribe(&self) -> Events {
        let (sender, receiver) = mpsc::channel(STREAM_EVENTS_MAX);
        let gap = Gap::default();
        self.lock().streams.push(Subscriber {
            sender,
            gap: Arc::clone(&gap),
        });
        Events { receiver, gap }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code of a user runs under the lock, so the state is whole even after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscriber {
    /// Queues an event; `false` when nobody reads any more.
    fn tell(&mut self, event: &Event) -> bool {
        let mut gap = lock_gap(&self.gap);
        if let Some(skipped) = &mut *gap {
            match self.sender.try_send(notice(skipped)) {
                Ok(()) => *gap = None,
                Err(TrySendError::Full(_)) => {
                    *skipped = (skipped.0 + 1, event.clone());
                    return true;
                }
                Err(TrySendError::Closed(_)) => return false,
            }
        }
        match self.sender.try_send(event.clone()) {
            Ok(()) => true,
            Err(TrySendError::Full(event)) => {
                *gap = Some((1, event));
                true
            }
            Err(TrySendError::Closed(_)) => false,
        }
    }
}

/// The events of a system from the moment on at which it was asked for them.
///
/// It ends when the last handle of the system is gone. A reader that holds a handle itself stops at
/// [`EventKind::RunFinished`].
///
/// # Units and limits
/// It holds 1,024 events for a reader that is behind. Events beyond are left out, and
/// [`EventKind::EventsSkipped`] says how many.
///
/// # Examples
/// ```
/// use agentwerk::event::EventKind;
/// use agentwerk::testing::ScriptedModel;
/// use agentwerk::{Agent, TicketSystem};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let tickets = TicketSystem::in_memory();
/// let mut events = tickets.events();
/// tickets.agent(Agent::new().provider(ScriptedModel::replies(["Hi."])).model("scripted"));
/// tickets.task("Greet me.");
///
/// let finish = tokio::spawn(tickets.finish());
/// let mut done = 0;
/// while let Some(event) = events.next().await {
///     match event.kind {
///         EventKind::TicketDone { .. } => done += 1,
///         EventKind::RunFinished { .. } => break,
///         _ => {}
///     }
/// }
/// assert_eq!(done, 1);
/// # finish.await.unwrap();
/// # }
/// ```
#[derive(Debug)]
pub struct Events {
    receiver: mpsc::Receiver<Event>,
    gap: Gap,
}

impl Events {
    /// The next event; `None` when the system is gone.
    ///
    /// # Cancel safety
    /// Dropping the future loses no event.
    pub async fn next(&mut self) -> Option<Event> {
        std::future::poll_fn(|cx| self.poll_event(cx)).await
    }

    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        match self.receiver.poll_recv(cx) {
            Poll::Ready(Some(event)) => Poll::Ready(Some(event)),
            // A task that has used up its time is told to come back, whatever is there.
            later if !self.receiver.is_empty() => later,
            // Everything that was held is read: the gap is next, if there is one.
            nothing => match lock_gap(&self.gap).take() {
                Some(skipped) => Poll::Ready(Some(notice(&skipped))),
                None => nothing,
            },
        }
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        self.poll_event(cx)
    }
}

/// The bus, for what happens to one subject.
#[derive(Clone)]
pub(super) struct SubjectSink {
    pub(super) bus: Arc<Bus>,
    pub(super) subject: Subject,
}

impl EventSink for SubjectSink {
    fn emit(&self, kind: EventKind) {
        self.bus.publish(&self.subject, kind);
    }
}

impl fmt::Debug for SubjectSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SubjectSink").field(&self.subject).finish()
    }
}
