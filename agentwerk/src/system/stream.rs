use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use crate::event::{Event, EventKind};

/// Events that a stream holds for a reader that is behind.
const STREAM_EVENTS_MAX: usize = 1_024;

/// The bus's end of a stream.
#[derive(Debug)]
pub(super) struct Subscriber {
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

/// A stream and the bus's end of it.
pub(super) fn stream() -> (Subscriber, Events) {
    let (sender, receiver) = mpsc::channel(STREAM_EVENTS_MAX);
    let gap = Gap::default();
    let subscriber = Subscriber {
        sender,
        gap: Arc::clone(&gap),
    };
    (subscriber, Events { receiver, gap })
}

impl Subscriber {
    /// Queues an event; `false` when nobody reads any more.
    pub(super) fn tell(&mut self, event: &Event) -> bool {
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
