use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::event::RunOutcome;
use crate::id::TicketKey;

/// Whoever waits for the end of a ticket.
#[derive(Debug, Default)]
pub(super) struct Completions(Mutex<Waiting>);

type Waiting = HashMap<TicketKey, Vec<oneshot::Sender<Completion>>>;

/// What somebody learns who waits for a ticket.
#[derive(Clone, Debug)]
pub(super) enum Completion {
    /// The ticket has ended.
    Ended,
    /// Nobody will work on the ticket for now.
    GivenUp(RunOutcome),
}

impl Completions {
    /// Waits for the end of a ticket. Ask first, then look whether it has ended already.
    pub(super) fn wait_for(&self, key: TicketKey) -> oneshot::Receiver<Completion> {
        let (sender, receiver) = oneshot::channel();
        let mut waiting = self.lock();
        let senders = waiting.entry(key).or_default();
        senders.retain(|sender| !sender.is_closed());
        senders.push(sender);
        receiver
    }

    /// Tells those who wait for a ticket.
    pub(super) fn complete(&self, key: TicketKey, completion: &Completion) {
        let senders = self.lock().remove(&key);
        for sender in senders.into_iter().flatten() {
            let _gone = sender.send(completion.clone()).is_err();
        }
    }

    /// The tickets that somebody waits for.
    pub(super) fn awaited(&self) -> Vec<TicketKey> {
        let mut waiting = self.lock();
        waiting.retain(|_, senders| senders.iter().any(|sender| !sender.is_closed()));
        waiting.keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
