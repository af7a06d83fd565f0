use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use tokio::sync::watch;

use crate::id::TicketKey;
use crate::ticket::Routing;

/// Wakes agents that wait for work.
pub trait Notify: Send + Sync + 'static {
    /// Starts to watch for tickets that the routing serves.
    ///
    /// Watch first, then try to claim, then wait: a ticket that becomes open in between is not
    /// missed.
    fn watch(&self, routing: &Routing) -> Watch;

    /// Starts to watch for tickets that end, also through others who use the store.
    fn ends(&self) -> Ends;
}

/// Tells that tickets have ended.
#[derive(Clone, Debug)]
pub struct Ends(watch::Receiver<u64>);

impl Ends {
    /// Waits until a ticket has ended since the last call, or since the watch began. Many ends may
    /// be told as one; for ever, when the store is gone.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing.
    pub async fn next(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending().await
        }
    }
}

/// Those who wait for work, in the order in which they came, and those who wait for the ends of
/// tickets: what a store needs to implement [`Notify`]. Cheap to clone.
///
/// A ticket that becomes open is offered to one agent, the one that has waited longest of those that
/// serve it. Offering costs O(log n) in the number of waiting agents; waiting costs memory alone.
#[derive(Clone, Default)]
pub struct Waiters {
    queues: Arc<Mutex<Queues>>,
    /// Counts the ends of tickets.
    ends: watch::Sender<u64>,
}

#[derive(Default)]
struct Queues {
    /// Given out in rising order: the smallest has waited longest.
    next_place: u64,
    by_label: HashMap<String, BTreeSet<u64>>,
    unlabelled: BTreeSet<u64>,
    waiting: HashMap<u64, Waiting>,
}

struct Waiting {
    routing: Arc<Routing>,
    /// The ticket that was offered and not told yet; the agent is then in no queue.
    offered: Option<Offer>,
    waker: Option<Waker>,
}

struct Offer {
    key: TicketKey,
    labels: Arc<[String]>,
}

impl Waiters {
    /// Nobody waits yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an agent at the end of the queue.
    pub fn watch(&self, routing: &Routing) -> Watch {
        let routing = Arc::new(routing.clone());
        let place = self.lock().enqueue(&routing);
        Watch {
            waiters: self.clone(),
            place,
            told: None,
            taken: None,
        }
    }

    /// Offers an open ticket to the agent that has waited longest; without one, nothing happens.
    pub fn offer(&self, key: TicketKey, labels: &Arc<[String]>) {
        let waker = {
            let mut queues = self.lock();
            let Some(place) = queues.longest_waiting(labels) else {
                return;
            };
            queues.dequeue(place);
            queues.waiting.get_mut(&place).and_then(|waiting| {
                waiting.offered = Some(Offer {
                    key,
                    labels: Arc::clone(labels),
                });
                waiting.waker.take()
            })
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Starts to watch for ends.
    pub fn ends(&self) -> Ends {
        Ends(self.ends.subscribe())
    }

    /// Tells that tickets have ended.
    pub fn tell_end(&self) {
        self.ends.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Queues> {
        // No code of a user runs under the lock, so the queues are whole even after a panic.
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queues {
    fn enqueue(&mut self, routing: &Arc<Routing>) -> u64 {
        let place = self.next_place;
        self.next_place += 1;
        for label in routing.labels() {
            self.by_label
                .entry(label.to_owned())
                .or_default()
                .insert(place);
        }
        if routing.takes_unlabelled() {
            self.unlabelled.insert(place);
        }
        let waiting = Waiting {
            routing: Arc::clone(routing),
            offered: None,
            waker: None,
        };
        self.waiting.insert(place, waiting);
        place
    }

    /// The offer to the agent at this place, which then stands at another place, at the end.
    ///
    /// It is in the queues again before it hears of the offer: when its claim fails, because
    /// somebody else was faster, a ticket that becomes open meanwhile is not missed.
    fn take_offer(&mut self, place: u64) -> Option<(Offer, u64)> {
        let waiting = self.waiting.get_mut(&place)?;
        let offer = waiting.offered.take()?;
        let routing = Arc::clone(&waiting.routing);
        self.waiting.remove(&place);
        Some((offer, self.enqueue(&routing)))
    }

    fn dequeue(&mut self, place: u64) {
        let Some(routing) = self
            .waiting
            .get(&place)
            .map(|waiting| Arc::clone(&waiting.routing))
        else {
            return;
        };
        for label in routing.labels() {
            if let Some(queue) = self.by_label.get_mut(label) {
                queue.remove(&place);
                if queue.is_empty() {
                    self.by_label.remove(label);
                }
            }
        }
        self.unlabelled.remove(&place);
    }

    fn longest_waiting(&self, labels: &[String]) -> Option<u64> {
        if labels.is_empty() {
            return self.unlabelled.first().copied();
        }
        labels
            .iter()
            .filter_map(|label| self.by_label.get(label)?.first().copied())
            .min()
    }
}

/// One agent's place in the queue. Dropping it gives the place up, and passes on a ticket that was
/// offered but not taken.
#[must_use = "a dropped watch waits for nothing"]
pub struct Watch {
    waiters: Waiters,
    place: u64,
    /// The offer that [`offered`](Self::offered) told of last.
    told: Option<Offer>,
    taken: Option<TicketKey>,
}

impl Watch {
    /// Waits until a ticket is offered. It may be gone by the time of the claim; then wait again.
    ///
    /// # Cancel safety
    /// Dropping the future loses nothing: an offer stays with the watch.
    pub async fn offered(&mut self) {
        // Whoever waits again has found that the ticket is gone.
        self.told = None;
        let (offer, place) = std::future::poll_fn(|cx| {
            let mut queues = self.waiters.lock();
            if let Some(taken) = queues.take_offer(self.place) {
                return Poll::Ready(taken);
            }
            if let Some(waiting) = queues.waiting.get_mut(&self.place) {
                waiting.waker = Some(cx.waker().clone());
            }
            Poll::Pending
        })
        .await;
        self.place = place;
        self.told = Some(offer);
    }

    /// Tells which ticket was claimed, so that the offer of it is not passed on.
    pub fn took(&mut self, key: TicketKey) {
        self.taken = Some(key);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let offered = {
            let mut queues = self.waiters.lock();
            queues.dequeue(self.place);
            queues
                .waiting
                .remove(&self.place)
                .and_then(|waiting| waiting.offered)
        };
        for offer in self.told.take().into_iter().chain(offered) {
            if self.taken != Some(offer.key) {
                self.waiters.offer(offer.key, &offer.labels);
            }
        }
    }
}

impl fmt::Debug for Waiters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiters")
            .field("waiting", &self.lock().waiting.len())
            .finish()
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}
