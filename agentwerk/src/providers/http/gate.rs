//! Waiting together after a rate limit.
//!
//! A vendor counts all requests of one key. When it refuses one, those that other agents send in
//! the meantime would be refused too, and many vendors count them against the limit. So a refusal
//! closes a gate before every request with the same base URL and key in this process, whichever
//! provider value sends it, until the moment that the vendor named. From then on each of those that
//! waited goes at a moment of its own: all at once they would meet the limit again.
//!
//! A request that was refused waits elsewhere, for the vendor's hint and a jitter, before it comes
//! back. It mostly finds the gate open, and an open gate holds nobody up. One that comes while the
//! gate is closed gets the gate's jitter, and its own has passed by then. So the later of the two
//! counts, never their sum.
//!
//! # Units and limits
//! - A gate stays closed for at most 120 s at a time. A vendor that asks for more does not close
//!   it: the caller gets to see the wait and decides.
//! - The requests that waited are spread over half of the time for which the gate was closed, at
//!   least 500 ms and at most 5 s. A longer wait says that the limit is a stricter one, and half
//!   of it costs little beside it; within less than 500 ms, fifty agents would all be back before
//!   the first reply has begun.
//! - Without a hint, 500 ms, doubled by each further refusal up to 60 s; a success starts anew, and
//!   so does a request that was sent after the gate had been open for over 60 s.
//! - At most 256 gates are kept; those that opened longest ago go first.
//!
//! # Invariants
//! - A waiting request owns nothing in here: dropping it leaves no trace.
//! - No lock is held while anything waits.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::providers::ProviderError;
use crate::providers::key::ApiKey;

const CLOSED_MAX: Duration = Duration::from_secs(120);
const BACKOFF_MIN: Duration = Duration::from_millis(500);
const BACKOFF_MAX: Duration = Duration::from_secs(60);
/// After that much time with an open gate, a refusal has nothing to do with the last one.
const OPEN_MAX: Duration = Duration::from_secs(60);
const GATES_MAX: usize = 256;
const SPREAD_MIN: Duration = Duration::from_millis(500);
const SPREAD_MAX: Duration = Duration::from_secs(5);

/// Hashes keys, with a seed of this process, so that no key is kept here.
static KEY_HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
static GATES: LazyLock<Mutex<Gates>> = LazyLock::new(Mutex::default);

/// The requests that a vendor counts together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Lane {
    base_url: String,
    key_hash: u64,
}

impl Lane {
    /// The lane of this base URL and key.
    pub(crate) fn new(base_url: &str, key: &ApiKey) -> Self {
        Self {
            base_url: base_url.to_owned(),
            key_hash: KEY_HASHER.hash_one(key),
        }
    }

    /// Waits until the gate is open, and then for a part of the spread, and lets the request
    /// through. An open gate is passed at once.
    ///
    /// # Cancel safety
    /// Dropping the future changes nothing.
    pub(crate) async fn pass(self) -> Pass {
        loop {
            let now = Instant::now();
            let opening = lock().opening(&self);
            match opening.filter(|opening| opening.at > now) {
                // Another refusal may have moved the moment while this one slept.
                Some(opening) => tokio::time::sleep_until(opening.own_moment()).await,
                None => {
                    return Pass {
                        lane: self,
                        sent_at: now,
                    };
                }
            }
        }
    }
}

/// A request that went through the gate.
#[derive(Debug)]
pub(crate) struct Pass {
    lane: Lane,
    sent_at: Instant,
}

impl Pass {
    /// Tells the gate how the request went.
    pub(crate) fn report<T>(self, outcome: &Result<T, ProviderError>) {
        match outcome {
            Ok(_) => lock().succeeded(&self.lane, self.sent_at),
            Err(ProviderError::RateLimited { retry_after, .. }) => {
                lock().refused(self.lane, self.sent_at, *retry_after, Instant::now());
            }
            Err(_) => {}
        }
    }
}

fn lock() -> std::sync::MutexGuard<'static, Gates> {
    // A panic cannot leave a gate half written: every change is one assignment.
    GATES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All gates that a refusal has closed and no success has removed.
#[derive(Debug, Default)]
struct Gates(HashMap<Lane, Gate>);

#[derive(Clone, Copy, Debug)]
struct Gate {
    closed_at: Instant,
    opens: Opening,
    refusals: u32,
}

/// When a gate opens, and over how much time those who wait go through it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Opening {
    at: Instant,
    spread: Duration,
}

impl Opening {
    fn after(now: Instant, wait: Duration) -> Self {
        Self {
            at: now + wait,
            spread: (wait / 2).clamp(SPREAD_MIN, SPREAD_MAX),
        }
    }

    /// The moment of one request; each call gives another.
    fn own_moment(self) -> Instant {
        self.at + self.spread.mul_f64(fastrand::f64())
    }
}

impl Gates {
    fn opening(&self, lane: &Lane) -> Option<Opening> {
        self.0.get(lane).map(|gate| gate.opens)
    }

    /// A success of a request that was sent before the gate closed says nothing about it.
    fn succeeded(&mut self, lane: &Lane, sent_at: Instant) {
        if self
            .0
            .get(lane)
            .is_some_and(|gate| sent_at > gate.closed_at)
        {
            self.0.remove(lane);
        }
    }

    fn refused(&mut self, lane: Lane, sent_at: Instant, hint: Option<Duration>, now: Instant) {
        if hint.is_some_and(|hint| hint > CLOSED_MAX) {
            return;
        }
        let known = self.0.get(&lane).copied();
        // Requests that were under way together are refused together: that is one refusal.
        let refusals = match known {
            Some(gate) if sent_at <= gate.closed_at => gate.refusals,
            Some(gate) if sent_at.saturating_duration_since(gate.opens.at) > OPEN_MAX => 1,
            Some(gate) => gate.refusals.saturating_add(1),
            None => 1,
        };
        let wait = match hint {
            Some(hint) if !hint.is_zero() => hint,
            _ => backoff(refusals),
        };
        let opens = match known {
            Some(gate) if gate.opens.at >= now + wait => gate.opens,
            _ => Opening::after(now, wait),
        };
        let closed_at = match known {
            Some(gate) if sent_at <= gate.closed_at => gate.closed_at,
            _ => now,
        };
        if known.is_none() {
            self.make_room();
        }
        let gate = Gate {
            closed_at,
            opens,
            refusals,
        };
        self.0.insert(lane, gate);
    }

    fn make_room(&mut self) {
        while self.0.len() >= GATES_MAX {
            let oldest = self.0.iter().min_by_key(|(_, gate)| gate.opens.at);
            let Some(lane) = oldest.map(|(lane, _)| lane.clone()) else {
                return;
            };
            self.0.remove(&lane);
        }
    }
}

fn backoff(refusals: u32) -> Duration {
    let doublings = refusals.saturating_sub(1).min(16);
    BACKOFF_MIN.saturating_mul(1 << doublings).min(BACKOFF_MAX)
}

#[cfg(test)]
#[path = "tests/gate.rs"]
mod tests;
