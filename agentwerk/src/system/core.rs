use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::bus::Subject;
use super::completions::{Completion, Completions};
use super::ledger::Ledger;
use super::run::Run;
#[cfg(feature = "files")]
use super::session::Session;
use super::stored::{Counted, OpenCommit, OpenCommits, Stored};
use super::supervisor;
use crate::agent::{Agent, ApprovalHandler, Defaults, ReadyAgent};
use crate::event::{EventKind, PolicyKind, RunError, RunOutcome};
use crate::id::{AgentName, TicketKey};
use crate::policy::Limits;
use crate::store::{Backlog, Commit, Store};
use crate::ticket::{Draft, Routing, Status};
use crate::tools::OutputDir;

/// What all handles of one system, its runs and its workers share.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) ledger: Ledger,
    pub(super) completions: Completions,
    pub(super) open_commits: OpenCommits,
    /// The session that is the store, if it was not given another one.
    #[cfg(feature = "files")]
    pub(super) session: Option<Arc<Session>>,
    setup: Mutex<Setup>,
    runs: Mutex<Runs>,
}

/// What the user has set up.
#[derive(Debug)]
pub(super) struct Setup {
    agents: Vec<(AgentName, Agent)>,
    routing: Routing,
    unnamed: usize,
    pub(super) defaults: Defaults,
    pub(super) limits: Limits,
}

#[derive(Debug, Default)]
struct Runs {
    /// The live run, or the one that ended last.
    current: Option<Arc<Run>>,
    /// What stops the next run before it begins.
    stop_next: Option<RunOutcome>,
    /// Commits from before there was a runtime.
    unfollowed: Vec<OpenCommit>,
}

impl Setup {
    /// Who answers for the calls of an agent: the handler of the last one of its name that has one.
    pub(super) fn approval_handler(&self, agent: &AgentName) -> Option<ApprovalHandler> {
        let agents = self.agents.iter().rev();
        let mut handlers = agents
            .filter(|(name, _)| name == agent)
            .filter_map(|(_, agent)| agent.approval.clone());
        handlers.next()
    }
}

impl Core {
    pub(super) fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            completions: Completions::default(),
            open_commits: OpenCommits::default(),
            #[cfg(feature = "files")]
            session: None,
            setup: Mutex::new(Setup {
                agents: Vec::new(),
                routing: Routing::nobody(),
                unnamed: 0,
                defaults: Defaults::default(),
                limits: Limits::default(),
            }),
            runs: Mutex::default(),
        }
    }

    pub(super) fn store(&self) -> &dyn Store {
        &*self.ledger.store
    }

    /// Where the outputs of a ticket's tools are kept that are too large for a conversation.
    pub(super) fn outputs(&self, key: TicketKey) -> Option<OutputDir> {
        #[cfg(feature = "files")]
        if let Some(session) = &self.session {
            return Some(OutputDir::new(session.outputs()?, key));
        }
        let _in_memory = key;
        None
    }

    pub(super) fn setup(&self) -> MutexGuard<'_, Setup> {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.runs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an agent, and submits its tasks.
    pub(super) fn add_agent(self: &Arc<Self>, mut agent: Agent) {
        let tasks = std::mem::take(&mut agent.tasks);
        let labels = agent.labels.clone();
        let handlers = std::mem::take(&mut agent.handlers);
        {
            let mut setup = self.setup();
            let name = match &agent.name {
                Some(name) => AgentName::from(name.as_str()),
                None => {
                    setup.unnamed += 1;
                    AgentName::from(format!("agent-{}", setup.unnamed))
                }
            };
            // Before a run can see the agent, so that the handlers miss nothing of it.
            for handler in handlers {
                self.ledger.bus.add_handler(Some(name.clone()), handler);
            }
            setup.routing.merge(&agent.routing());
            setup.agents.push((name, agent));
        }
        for task in tasks {
            drop(self.submit(task.labels(labels.iter().cloned()).into_draft()));
        }
        self.notify_run();
    }

    /// The agents from position `from` on, made ready.
    pub(super) fn ready_agents(&self, from: usize) -> Result<Vec<ReadyAgent>, RunError> {
        // Copied, because an agent's directory is looked up, and nobody should wait for that.
        let (new, defaults) = {
            let setup = self.setup();
            let new = setup.agents.get(from..).unwrap_or_default().to_vec();
            (new, setup.defaults.clone())
        };
        new.iter()
            .map(|(name, agent)| agent.ready(name.clone(), &defaults))
            .collect()
    }

    /// Which tickets all agents together serve.
    pub(super) fn backlog(&self) -> Backlog {
        let setup = self.setup();
        self.store().backlog(&setup.routing)
    }

    /// Submits a ticket, and tells the run of it. An error of the store ends the run.
    pub(super) fn submit(self: &Arc<Self>, draft: Draft) -> (TicketKey, Stored) {
        let counted = self.open_commits.count();
        let (key, commit) = self.ledger.submit(draft);
        (key, self.take_up(commit, counted))
    }

    /// Takes up a commit that has to succeed, and tells the run to look. An error of the store ends
    /// the run.
    pub(super) fn take_up(self: &Arc<Self>, mut commit: Commit, counted: Counted) -> Stored {
        let stored = match (&mut commit).now_or_never() {
            Some(stored) => {
                if let Err(error) = &stored {
                    self.fail(error.clone().into());
                }
                // Before the run is told to look.
                drop(counted);
                Stored::known(stored)
            }
            None => self.follow(commit, counted),
        };
        self.notify_run();
        stored
    }

    /// Follows a commit from here on; outside of a runtime, from the next run on, or the next wait.
    pub(super) fn follow(self: &Arc<Self>, commit: Commit, counted: Counted) -> Stored {
        let (open, stored) = Stored::open(commit, counted);
        // A thread of the program's own may submit to a run that is live.
        let of_run = || self.live().and_then(|run| run.runtime.clone());
        match Handle::try_current().ok().or_else(of_run) {
            Some(runtime) => drop(runtime.spawn(open.follow(Arc::clone(self)))),
            None => self.runs().unfollowed.push(open),
        }
        stored
    }

    /// Follows the commits from before there was a runtime, if there is one now.
    pub(super) fn follow_early_commits(self: &Arc<Self>) {
        if let Ok(runtime) = Handle::try_current() {
            self.follow_all(&mut self.runs(), &runtime);
        }
    }

    fn follow_all(self: &Arc<Self>, runs: &mut Runs, runtime: &Handle) {
        for open in runs.unfollowed.drain(..) {
            drop(runtime.spawn(open.follow(Arc::clone(self))));
        }
    }

    /// The live run, or a new one.
    pub(super) fn start(self: &Arc<Self>) -> Arc<Run> {
        let mut runs = self.runs();
        match &runs.current {
            Some(run) if run.ended().is_none() => Arc::clone(run),
            _ => self.begin(&mut runs),
        }
    }

    /// The live run, one that was stopped and that nobody has asked about, or a new one. A run that
    /// ended by itself says nothing about tickets that came later.
    pub(super) fn start_unless_stopped(self: &Arc<Self>) -> Arc<Run> {
        let mut runs = self.runs();
        match &runs.current {
            Some(run) => match run.ended() {
                None => Arc::clone(run),
                Some(outcome) if !outcome.is_by_itself() && !run.is_observed() => Arc::clone(run),
                Some(_) => self.begin(&mut runs),
            },
            None => self.begin(&mut runs),
        }
    }

    /// A run for somebody who waits for one ticket, and what tells of the ticket's end: `Err` when
    /// the last run was stopped for a reason that only the user can overrule, by starting another.
    ///
    /// One step, as [`end`](Self::end) is: the wait belongs to a run that has not ended.
    pub(super) fn wait_for(
        self: &Arc<Self>,
        key: TicketKey,
    ) -> Result<oneshot::Receiver<Completion>, RunOutcome> {
        let mut runs = self.runs();
        let run = match &runs.current {
            Some(run) => match run.ended() {
                None => Arc::clone(run),
                Some(outcome) if outcome.is_by_itself() => self.begin(&mut runs),
                Some(stopped) => return Err(stopped),
            },
            None => self.begin(&mut runs),
        };
        if let Some(outcome) = run.ended() {
            return Err(outcome);
        }
        let ending = self.completions.wait_for(key);
        run.changed.notify_one();
        Ok(ending)
    }

    /// Ends a run, and gives up what is still awaited; the first end of a run is its end.
    pub(super) fn end(&self, run: &Run, outcome: &RunOutcome) {
        let _runs = self.runs();
        if run.ended().is_some() {
            return;
        }
        run.end(outcome.clone());
        for key in self.completions.awaited() {
            self.completions
                .complete(key, &Completion::GivenUp(outcome.clone()));
        }
    }

    /// Whether there is work again that a run which ended like this did not know of.
    pub(super) fn has_more(&self, outcome: &RunOutcome) -> bool {
        if !outcome.is_by_itself() {
            return false;
        }
        let backlog = self.backlog();
        // What a later run has claimed already is work as well.
        backlog.in_progress > 0 || backlog.has_served || (outcome.is_drained() && backlog.todo > 0)
    }

    fn begin(self: &Arc<Self>, runs: &mut Runs) -> Arc<Run> {
        let runtime = Handle::try_current();
        let run = Run::new(self.setup().limits.clone(), runtime.as_ref().ok().cloned());
        let run = Arc::new(run);
        let bus = &self.ledger.bus;
        match runs.stop_next.take() {
            Some(RunOutcome::Cancelled) => run.cancel(),
            Some(outcome) => drop(run.stop(outcome)),
            None => {}
        }
        runs.current = Some(Arc::clone(&run));
        bus.publish(&Subject::run(), EventKind::RunStarted);
        if let Ok(runtime) = runtime {
            bus.start();
            self.follow_all(runs, &runtime);
            // The run's own task: it ends by itself, and tells how through the run.
            drop(runtime.spawn(supervisor::supervise(Arc::clone(self), Arc::clone(&run))));
        } else {
            let outcome = RunOutcome::Failed(RunError::NoRuntime);
            bus.publish(
                &Subject::run(),
                EventKind::RunFinished {
                    outcome: outcome.clone(),
                },
            );
            run.end(outcome);
        }
        run
    }

    /// Cancels the live run, or the next one.
    pub(super) fn cancel(&self) {
        let mut runs = self.runs();
        match &runs.current {
            Some(run) if run.ended().is_none() => run.cancel(),
            _ => runs.stop_next = Some(RunOutcome::Cancelled),
        }
    }

    /// Lets go of the session's directory.
    pub(super) fn close(&self) {
        #[cfg(feature = "files")]
        if let Some(session) = &self.session {
            session.close();
        }
    }

    /// Fails the live run, or the next one.
    pub(super) fn fail(&self, error: RunError) {
        let mut runs = self.runs();
        let outcome = RunOutcome::Failed(error);
        match &runs.current {
            Some(run) if run.ended().is_none() => drop(run.stop(outcome)),
            _ => runs.stop_next = Some(outcome),
        }
    }

    /// Stops a run that reached one of its limits. The first limit is told, and no other.
    pub(super) fn violate(&self, run: &Run, kind: PolicyKind) {
        if run.stop(RunOutcome::PolicyViolated(kind)) {
            let told = EventKind::PolicyViolated { kind };
            self.ledger.bus.publish(&Subject::run(), told);
        }
    }

    pub(super) fn is_cancelled(&self) -> bool {
        let runs = self.runs();
        matches!(runs.stop_next, Some(RunOutcome::Cancelled))
            || runs.current.as_ref().is_some_and(|run| run.is_cancelled())
    }

    /// The live run.
    pub(super) fn live(&self) -> Option<Arc<Run>> {
        self.runs()
            .current
            .clone()
            .filter(|run| run.ended().is_none())
    }

    /// How the last run ended.
    pub(super) fn outcome(&self) -> Option<RunOutcome> {
        self.runs().current.as_ref().and_then(|run| run.ended())
    }

    pub(super) fn notify_run(&self) {
        if let Some(run) = self.live() {
            run.changed.notify_one();
        }
    }

    /// The open tickets in one status.
    pub(super) fn keys_in(&self, status: Status) -> Vec<TicketKey> {
        let tickets = self.store().tickets();
        tickets
            .iter()
            .filter(|t| t.status() == status)
            .map(|t| t.key())
            .collect()
    }
}
