use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::event::Event;
use crate::id::AgentName;

/// What a user registers to be told of events.
pub(crate) type Handler = Arc<dyn Fn(Event) + Send + Sync>;

/// Calls handlers, one event after the other, on a task of its own, so that a slow handler delays
/// no agent.
///
/// Handlers travel through the same queue as events: one that is added late hears what happens
/// from then on. The queue has no limit, because a handler misses nothing: whoever reads more slowly
/// than agents work takes a bounded stream instead.
pub(crate) struct Handlers {
    sender: mpsc::UnboundedSender<Item>,
    listening: Lent,
    /// Without a handler no event is queued.
    is_needed: AtomicBool,
}

/// What the task listens with; here while there is no task, as before the first runtime and after
/// one that is gone.
type Lent = Arc<Mutex<Option<Listening>>>;

struct Listening {
    items: mpsc::UnboundedReceiver<Item>,
    handlers: Vec<(Option<AgentName>, Handler)>,
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
            listening: Arc::new(Mutex::new(Some(Listening {
                items: receiver,
                handlers: Vec::new(),
            }))),
            is_needed: AtomicBool::new(false),
        }
    }

    /// Adds a handler: of the events of one agent (not of others with its name), or of all.
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

    /// Begins to call the handlers, unless that has begun. Must be called in a runtime; when that is
    /// gone, another one may go on.
    pub(crate) fn start(&self) {
        let listening = lock(&self.listening).take();
        if let Some(listening) = listening {
            let borrowed = Borrowed {
                listening: Some(listening),
                lender: Arc::clone(&self.listening),
            };
            // Ends when the sender is dropped, with its queue empty.
            drop(tokio::spawn(borrowed.call_handlers()));
        }
    }

    /// Waits until the handlers have heard of everything that was queued so far. Must be called in
    /// a runtime.
    pub(crate) async fn flush(&self) {
        if !self.is_needed.load(Ordering::Acquire) {
            return;
        }
        let (sender, receiver) = oneshot::channel();
        self.send(Item::Flush(sender));
        // After the send: a task that goes now, with its runtime, answers for what is queued.
        self.start();
        // An error means just that.
        let _gone = receiver.await.is_err();
    }

    fn send(&self, item: Item) {
        // The receiver is lent, and never dropped before the sender.
        let _gone = self.sender.send(item).is_err();
    }
}

fn lock(lent: &Lent) -> MutexGuard<'_, Option<Listening>> {
    lent.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The task's hold on what it listens with. It is given back when the task goes with its runtime.
struct Borrowed {
    listening: Option<Listening>,
    lender: Lent,
}

impl Borrowed {
    async fn call_handlers(mut self) {
        while let Some(listening) = &mut self.listening
            && let Some(item) = listening.items.recv().await
        {
            listening.take(item);
        }
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        let Some(mut listening) = self.listening.take() else {
            return;
        };
        loop {
            // Nobody may wait for a task that is gone, so what is queued is heard here.
            while let Ok(item) = listening.items.try_recv() {
                listening.take(item);
            }
            let mut lender = lock(&self.lender);
            if listening.items.is_empty() {
                *lender = Some(listening);
                return;
            }
        }
    }
}

impl Listening {
    fn take(&mut self, item: Item) {
        match item {
            Item::Handler { agent, handler } => self.handlers.push((agent, handler)),
            Item::Flush(done) => {
                let _gone = done.send(()).is_err();
            }
            Item::Event(event) => {
                for (agent, handler) in &self.handlers {
                    if agent
                        .as_ref()
                        .is_none_or(|agent| agent.is_same(&event.agent_name))
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
