use std::sync::Arc;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;
use tracing::Instrument;

use super::bus::Subject;
use super::completions::Completion;
use super::core::Core;
use super::deadlines::Deadlines;
use super::questions::ask_handlers;
use super::run::Run;
use super::worker;
use crate::event::{EventKind, PolicyKind, RunError, RunOutcome};
use crate::store::Backlog;
use crate::ticket::Status;

/// Runs the workers of one run until it ends, and tells how it ended.
pub(super) async fn supervise(core: Arc<Core>, run: Arc<Run>) {
    let mut ending = EndOnDrop {
        core: Arc::clone(&core),
        run: Arc::clone(&run),
        told: None,
    };
    let mut workers = JoinSet::new();
    let outcome = attend(&core, &run, &mut workers)
        .instrument(tracing::info_span!("run"))
        .await;
    run.cancel.cancel();
    // Each worker gives its ticket back, or finishes what it was recording.
    while let Some(ended) = workers.join_next().await {
        report_panic(ended);
    }
    core.open_commits.none().await;
    ending.tell(outcome);
    core.ledger.bus.flush().await;
}

/// Ends a run when its supervisor does, also when that goes with its runtime: nobody waits for the
/// run for ever, and a run that has begun is told to have ended.
struct EndOnDrop {
    core: Arc<Core>,
    run: Arc<Run>,
    told: Option<RunOutcome>,
}

impl EndOnDrop {
    /// Tells how the run ends.
    fn tell(&mut self, outcome: RunOutcome) {
        self.told = Some(outcome.clone());
        let finished = EventKind::RunFinished { outcome };
        self.core.ledger.bus.publish(&Subject::run(), finished);
    }
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        if self.told.is_none() {
            self.tell(RunOutcome::Cancelled);
        }
        if let Some(outcome) = &self.told {
            self.core.end(&self.run, outcome);
        }
    }
}

/// Waits for whatever can end the run.
async fn attend(core: &Arc<Core>, run: &Arc<Run>, workers: &mut JoinSet<()>) -> RunOutcome {
    let mut hired = 0;
    // Dropped with this run, however long a handler thinks: a cancel wins.
    let mut asking = JoinSet::new();
    let mut ends = core.store().ends();
    let mut deadlines = Deadlines::default();
    loop {
        if let Some(outcome) = run.stop_reason() {
            return outcome;
        }
        if let Err(error) = core.store().health() {
            return RunOutcome::Failed(error.into());
        }
        // Before an agent can begin what is too late.
        deadlines.fail_overdue(core);
        if let Err(error) = hire(core, run, workers, &mut hired) {
            return RunOutcome::Failed(error);
        }
        ask_handlers(core, run, &mut asking);
        if let Some(outcome) = nothing_left(core, run)
            && asking.is_empty()
        {
            return outcome;
        }
        tokio::select! {
            biased;
            // Before the changes, which come without a pause while many agents work.
            () = at(run.deadline()) => core.violate(run, PolicyKind::MaxTime),
            () = run.changed.notified() => {}
            () = at(deadlines.next(core)) => {}
            // Another system on the same store may have ended what this one waits for.
            () = ends.next() => {}
            () = at(run.leases.next_extension()) => run.leases.extend(core.store()).await,
            () = at(core.store().next_expiry()) => {
                // What is held by a worker of this run has not ended, however late it is.
                run.leases.extend(core.store()).await;
                if let Err(error) = core.ledger.expire().await {
                    return RunOutcome::Failed(error.into());
                }
            }
            Some(asked) = asking.join_next() => report_panic(asked),
            // Without a worker its agent's tickets would wait for ever.
            Some(Err(error)) = workers.join_next() => {
                return RunOutcome::Failed(RunError::Worker { source: Arc::new(error) });
            }
        }
    }
}

/// Starts a worker for each agent that has none yet. All new ones are made ready before the first
/// one starts, so that nothing is sent to a model with a wrong configuration.
fn hire(
    core: &Arc<Core>,
    run: &Arc<Run>,
    workers: &mut JoinSet<()>,
    hired: &mut usize,
) -> Result<(), RunError> {
    let agents = core.ready_agents(*hired)?;
    if !agents.is_empty() && core.backlog().waiting > 0 {
        // What waits from before may be what a new agent's handler is asked.
        run.questions.add(core.keys_in(Status::Waiting));
    }
    for agent in agents {
        *hired += 1;
        let work = worker::work(Arc::clone(core), Arc::clone(run), Arc::new(agent));
        let _handle = workers.spawn(work.in_current_span());
    }
    Ok(())
}

/// How the run ends now, if somebody waits for that and nothing is left that an agent could do.
fn nothing_left(core: &Core, run: &Run) -> Option<RunOutcome> {
    // What is stored and not told yet is told by this run.
    if !core.open_commits.is_none() || !is_idle(core.backlog()) {
        return None;
    }
    // Asked for before the second look: a ticket that came in between is seen by that.
    let awaited = core.completions.awaited();
    let backlog = core.backlog();
    if !is_idle(backlog) {
        return None;
    }
    // What is awaited and not done now will not be done by this run, unless it is given an agent.
    for key in awaited {
        let outcome = match core.store().get(key).map(|ticket| ticket.status()) {
            // A ticket that the store did not take is served by nobody either.
            Some(Status::Todo) | None => RunOutcome::Stalled(vec![key]),
            Some(Status::Waiting) if run.questions.is_asked(key) => continue,
            Some(Status::Waiting) => RunOutcome::Waiting(vec![key]),
            Some(Status::InProgress) => continue,
            Some(Status::Done | Status::Failed | Status::Cancelled) => {
                // Told by its worker, unless that is one of another system on the same store.
                if !run.leases.holds(key) {
                    core.completions.complete(key, &Completion::Ended);
                }
                continue;
            }
        };
        core.completions
            .complete(key, &Completion::GivenUp(outcome));
    }
    if !run.is_awaited() {
        return None;
    }
    Some(if backlog.todo > 0 {
        RunOutcome::Stalled(core.keys_in(Status::Todo))
    } else if backlog.waiting > 0 {
        RunOutcome::Waiting(core.keys_in(Status::Waiting))
    } else {
        RunOutcome::Drained
    })
}

/// Whether no agent does anything, or could.
const fn is_idle(backlog: Backlog) -> bool {
    backlog.in_progress == 0 && !backlog.has_served
}

/// Waits until a moment; for ever when there is none.
async fn at(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// A worker turns the panics of tools, providers and agents into failed tickets, so one that ends
/// in a panic of its own is a mistake in this library.
fn report_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a worker ended unexpectedly");
    }
}
