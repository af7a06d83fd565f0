use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::event::Event;
use crate::id::AgentName;

/// What a user registers to be told of events.
pub(crate) type Handler = Arc<dyn Fn(Event) + Send + Sync>;

/// Calls handlers, one event after the other, on a task of its own, so that a slow handler delays
/// no agent.
///
/// Handlers travel through the same queue as events: one that is added late hears what happens
/// from then on.
pub(crate) struct Handlers {
    sender: mpsc::UnboundedSender<Item>,
    /// Held until there is a runtime to spawn the task on.
    receiver: Mutex<Option<mpsc::UnboundedReceiver<Item>>>,
    /// Without a handler no event is queued.
    is_needed: AtomicBool,
}

enum Item {
    Handler {
        agent: Option<AgentName>,
        handler: Handler,
    },
    Event(Event),
    Flush(oneshot::Sender<()>),
}

impl Handlers {
    pub(crate) fn new() -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            sender,
            receiver: Mutex::new(Some(receiver)),
            is_needed: AtomicBool::new(false),
        }
    }

    /// Adds a handler: of the events of one agent, or of all.
    pub(crate) fn add(&self, agent: Option<AgentName>, handler: Handler) {
        self.is_needed.store(true, Ordering::Release);
        self.send(Item::Handler { agent, handler });
    }

    /// Queues an event.
    pub(crate) fn tell(&self, event: &Event) {
        if self.is_needed.load(Ordering::Acquire) {
            self.send(Item::Event(event.clone()));
        }
    }

    /// Begins to call the handlers. Must be called in a runtime; later calls do nothing.
    pub(crate) fn start(&self) {
        let receiver = self
            .receiver
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(receiver) = receiver {
            // Ends when the sender is dropped, with its queue empty.
            drop(tokio::spawn(call_handlers(receiver)));
        }
    }

    /// Waits until the handlers have heard of everything that was queued so far.
    pub(crate) async fn flush(&self) {
        if !self.is_needed.load(Ordering::Acquire) {
            return;
        }
        let (sender, receiver) = oneshot::channel();
        self.send(Item::Flush(sender));
        // An error means that the task is gone with its runtime: nobody is left to hear anything.
        let _gone = receiver.await.is_err();
    }

    fn send(&self, item: Item) {
        // The receiver lives as long as the sender, unless its runtime was shut down.
        let _gone = self.sender.send(item).is_err();
    }
}

async fn call_handlers(mut items: mpsc::UnboundedReceiver<Item>) {
    let mut handlers: Vec<(Option<AgentName>, Handler)> = Vec::new();
    while let Some(item) = items.recv().await {
        match item {
            Item::Handler { agent, handler } => handlers.push((agent, handler)),
            Item::Flush(done) => {
                let _gone = done.send(()).is_err();
            }
            Item::Event(event) => {
                for (agent, handler) in &handlers {
                    if agent
                        .as_ref()
                        .is_none_or(|agent| *agent == event.agent_name)
                    {
                        call(handler, &event);
                    }
                }
            }
        }
    }
}

/// A panic of a handler costs that one call.
fn call(handler: &Handler, event: &Event) {
    if catch_unwind(AssertUnwindSafe(|| handler(event.clone()))).is_err() {
        tracing::error!(event = event.sequence, "an event handler panicked");
    }
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handlers").finish_non_exhaustive()
    }
}
