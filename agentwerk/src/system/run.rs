use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::leases::HeldLeases;
use super::paused::PausedTickets;
use super::questions::Questions;
use crate::event::{PolicyKind, RunOutcome};
use crate::policy::{Budget, Limits};
use crate::prompt::Remaining;

/// One run, from `start` to `RunFinished`: what its workers and whoever waits for it share.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) limits: Limits,
    pub(super) budget: Budget,
    /// The tickets that the workers have claimed.
    pub(super) leases: HeldLeases,
    /// The requests for leave that handlers are asked.
    pub(super) questions: Questions,
    /// What tickets go on with that wait.
    pub(super) paused: PausedTickets,
    /// Ends the workers.
    pub(super) cancel: CancellationToken,
    /// Something changed that may end the run, or an agent was added.
    pub(super) changed: Notify,
    /// Where it runs; nowhere, when it was begun outside of a runtime.
    pub(super) runtime: Option<Handle>,
    started_at: Instant,
    /// Why the run has to stop; the first reason counts.
    stop: OnceLock<RunOutcome>,
    /// Whether somebody has asked for the run to be cancelled.
    is_cancelled: AtomicBool,
    /// Who waits until nothing is left to do.
    finishers: AtomicUsize,
    /// Whether somebody has learned how the run ended.
    is_observed: AtomicBool,
    outcome: watch::Sender<Option<RunOutcome>>,
}

impl Run {
    pub(super) fn new(limits: Limits, runtime: Option<Handle>) -> Self {
        Self {
            limits,
            budget: Budget::default(),
            leases: HeldLeases::default(),
            questions: Questions::default(),
            paused: PausedTickets::default(),
            cancel: CancellationToken::new(),
            changed: Notify::new(),
            runtime,
            started_at: Instant::now(),
            stop: OnceLock::new(),
            is_cancelled: AtomicBool::new(false),
            finishers: AtomicUsize::new(0),
            is_observed: AtomicBool::new(false),
            outcome: watch::Sender::new(None),
        }
    }

    /// Asks the run to stop; `false` when there was a reason before.
    pub(super) fn stop(&self, outcome: RunOutcome) -> bool {
        let is_first = self.stop.set(outcome).is_ok();
        self.changed.notify_one();
        is_first
    }

    /// Whether no more work is to be begun. A worker that stopped the run learns of it here, before
    /// the supervisor has come to end the workers.
    pub(super) fn is_stopping(&self) -> bool {
        self.stop.get().is_some() || self.cancel.is_cancelled()
    }

    /// Why the run has to stop.
    pub(super) fn stop_reason(&self) -> Option<RunOutcome> {
        self.stop.get().cloned()
    }

    pub(super) fn cancel(&self) {
        self.is_cancelled.store(true, Ordering::Release);
        self.stop(RunOutcome::Cancelled);
        self.cancel.cancel();
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Acquire)
    }

    /// Takes one turn from the budget.
    pub(super) fn take_turn(&self) -> Result<(), PolicyKind> {
        self.budget.take_turn(&self.limits)
    }

    /// When the run's time is over; never, for a limit beyond what a clock can show.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.limits
            .max_time
            .and_then(|limit| self.started_at.checked_add(limit))
    }

    /// What is left of the limits that are set.
    pub(super) fn remaining(&self) -> Remaining {
        let left = |max: Option<u64>, used: u64| max.map(|max| max.saturating_sub(used));
        Remaining {
            turns: self
                .limits
                .max_turns
                .map(|max| max.saturating_sub(self.budget.turns())),
            input_tokens: left(self.limits.max_input_tokens, self.budget.input_tokens()),
            output_tokens: left(self.limits.max_output_tokens, self.budget.output_tokens()),
            time: self
                .deadline()
                .map(|deadline| deadline.saturating_duration_since(Instant::now()))
                .map(|left| Duration::from_secs(left.as_secs())),
        }
    }

    /// Waits until the run is over, and lets it end when nothing is left to do.
    pub(super) async fn finish(&self) -> RunOutcome {
        let _waiting = Finisher::new(self);
        let outcome = self.outcome().await;
        self.is_observed.store(true, Ordering::Release);
        outcome
    }

    /// Waits until the run is over.
    async fn outcome(&self) -> RunOutcome {
        let mut outcome = self.outcome.subscribe();
        // The sender is a field of the run, so it is not dropped before.
        let known = outcome.wait_for(Option::is_some).await;
        known
            .ok()
            .and_then(|known| known.clone())
            .unwrap_or(RunOutcome::Cancelled)
    }

    /// Whether somebody waits until nothing is left to do.
    pub(super) fn is_awaited(&self) -> bool {
        self.finishers.load(Ordering::Acquire) > 0
    }

    /// Tells that the run is over.
    pub(super) fn end(&self, outcome: RunOutcome) {
        self.outcome.send_replace(Some(outcome));
    }

    /// How the run ended, if it is over.
    pub(super) fn ended(&self) -> Option<RunOutcome> {
        self.outcome.borrow().clone()
    }

    /// Whether somebody has learned how the run ended.
    pub(super) fn is_observed(&self) -> bool {
        self.is_observed.load(Ordering::Acquire)
    }
}

/// Counts one who waits, for as long as it waits.
struct Finisher<'a>(&'a Run);

impl<'a> Finisher<'a> {
    fn new(run: &'a Run) -> Self {
        run.finishers.fetch_add(1, Ordering::AcqRel);
        run.changed.notify_one();
        Self(run)
    }
}

impl Drop for Finisher<'_> {
    fn drop(&mut self) {
        self.0.finishers.fetch_sub(1, Ordering::AcqRel);
    }
}
