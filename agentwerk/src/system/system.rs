use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use super::core::Core;
use super::ledger::Ledger;
use super::pending::Pending;
use super::stream::Events;
use crate::agent::Agent;
use crate::clock::Clock;
use crate::event::{Event, RunError, RunOutcome};
use crate::id::TicketKey;
use crate::providers::IntoProvider;
use crate::stats::Stats;
use crate::store::{MemoryStore, Store};
use crate::ticket::{Ticket, TicketFilter, TicketSnapshot};

/// Tickets, the agents that work on them, and the runs in which they do; a cheap handle to all of
/// it. When the last handle is dropped, the run is cancelled, and the session is closed when its
/// agents have given their tickets back; [`close`](Self::close) waits for that.
///
/// A run lasts from [`start`](Self::start) (or [`finish`](Self::finish), or the awaiting of a
/// [`Pending`]) to its end, which `finish` waits for. Agents and tickets may be added at any time.
///
/// # Examples
/// ```
/// use agentwerk::testing::ScriptedModel;
/// use agentwerk::{Agent, Ticket, TicketSystem};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::TicketError> {
/// let tickets = TicketSystem::in_memory();
/// let model = ScriptedModel::from_fn(|request| format!("{} words", request.last_text().split(' ').count()));
/// tickets.agent(Agent::new().name("counter").provider(model).model("scripted").context(" "));
///
/// let answer: String = tickets.submit(Ticket::new("one two three").returns()).await?;
/// assert_eq!(answer, "3 words");
/// assert!(tickets.finish().await.is_drained());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct TicketSystem(Arc<Handle>);

/// Shared by the handles that users hold, and by nothing else: when it goes, nobody waits any more.
struct Handle {
    core: Arc<Core>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        match self.core.live() {
            // Its workers give their tickets back, and the session closes behind the last of them.
            Some(run) => run.cancel(),
            None => self.core.close(),
        }
    }
}

impl Default for TicketSystem {
    fn default() -> Self {
        Self::new()
    }
}

impl TicketSystem {
    /// A system that keeps its tickets in a journal, in the directory `.agentwerk` or the one that
    /// `dir` sets.
    ///
    /// The directory is made and locked with the first ticket. In one that has a session, a new one
    /// begins: keys go on, and the tickets of earlier sessions stay where they are, until
    /// `load` goes on with them.
    ///
    /// Without the feature `files`, tickets are kept in memory.
    ///
    /// # Durability
    /// What `durability` sets. The first ticket opens files on the thread that submits it: a moment
    /// in a new directory, up to a second in one with 100,000 tickets.
    pub fn new() -> Self {
        #[cfg(feature = "files")]
        return Self::with_session(
            super::session::Session::new(Clock::system()),
            Clock::system(),
        );
        #[cfg(not(feature = "files"))]
        return Self::in_memory();
    }

    /// A system that keeps its tickets in memory, and forgets them when the process ends.
    pub fn in_memory() -> Self {
        Self::in_memory_at(Clock::system())
    }

    /// A system in memory whose time of day is told by `clock`.
    pub fn in_memory_at(clock: Clock) -> Self {
        Self::with_store(MemoryStore::new(clock.clone()), clock)
    }

    /// A system that keeps its tickets in a store of one's own.
    pub fn with_store(store: impl Store, clock: Clock) -> Self {
        Self::of(Core::new(Ledger::new(Arc::new(store), clock)))
    }

    pub(super) fn of(core: Core) -> Self {
        let core = Arc::new(core);
        Self(Arc::new(Handle { core }))
    }

    pub(super) fn core(&self) -> &Arc<Core> {
        &self.0.core
    }

    /// Adds an agent, and submits the tasks that it was given. In a run, it goes to work at once.
    pub fn agent(&self, agent: Agent) -> &Self {
        self.core().add_agent(agent);
        self
    }

    /// Adds `count` agents, the one at position `i` (from 0) built by `build(i)`.
    ///
    /// # Examples
    /// ```standalone_crate
    /// use agentwerk::schemas::Schema;
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::tools::ListDirectoryTool;
    /// use agentwerk::{Agent, Ticket, TicketSystem};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), agentwerk::schemas::ParseSchemaError> {
    /// # let temporary = tempfile::tempdir().unwrap();
    /// # std::env::set_current_dir(&temporary).unwrap();
    /// # let counts = ScriptedModel::from_fn(|_| "There are 3 files.");
    /// # let compares = ScriptedModel::from_fn(|_| r#"["tests", "src"]"#);
    /// let order = Schema::parse(json!({ "type": "array", "items": { "type": "string" } }))?;
    ///
    /// let tickets = TicketSystem::new();
    /// tickets.pool(3, |i| {
    ///     Agent::new()
    ///         .name(format!("counter_{i}"))
    ///         .label("count")
    ///         // A program would write `.from_env()` here and below.
    /// #       .provider(counts.clone()).model("scripted")
    ///         .tool(ListDirectoryTool)
    /// });
    /// tickets.agent(
    ///     Agent::new()
    ///         .name("librarian")
    ///         .label("compare")
    /// #       .provider(compares).model("scripted")
    /// );
    ///
    /// for dir in ["src", "tests"] {
    ///     tickets.task_labeled(format!("Count the files in {dir}."), "count");
    /// }
    /// tickets.ticket(
    ///     Ticket::new("Which directories are there, the largest first?")
    ///         .label("compare")
    ///         .schema(order),
    /// );
    ///
    /// assert!(tickets.finish().await.is_drained());
    /// let by = |label: &str| {
    ///     let tickets = tickets.tickets();
    ///     let done = tickets.iter().filter(|ticket| ticket.has_label(label));
    ///     done.map(|ticket| ticket.assignee().unwrap().to_string()).collect::<Vec<_>>()
    /// };
    /// assert!(by("count").iter().all(|name| name.starts_with("counter_")));
    /// assert_eq!(by("compare"), ["librarian"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn pool(&self, count: usize, build: impl FnMut(usize) -> Agent) -> &Self {
        (0..count)
            .map(build)
            .for_each(|agent| self.core().add_agent(agent));
        self
    }

    /// Submits a task without labels.
    pub fn task(&self, task: impl Serialize) -> TicketKey {
        self.ticket(Ticket::new(task))
    }

    /// Submits a task with a label: an agent that serves it will do it.
    pub fn task_labeled(&self, task: impl Serialize, label: impl Into<String>) -> TicketKey {
        self.ticket(Ticket::new(task).label(label))
    }

    /// Submits a ticket. An error of the store ends the run, and is its outcome.
    ///
    /// # Durability
    /// The record is written soon; [`Pending::durable`] waits for it.
    pub fn ticket<R>(&self, ticket: Ticket<R>) -> TicketKey {
        let pending = self.submit(ticket);
        *pending.key()
    }

    /// Submits a ticket, for somebody who waits for its result.
    ///
    /// # Durability
    /// It returns at once; [`Pending::durable`] waits until the record is stored.
    pub fn submit<R>(&self, ticket: Ticket<R>) -> Pending<R> {
        let (key, stored) = self.core().submit(ticket.into_draft());
        Pending::new(self.clone(), key, stored)
    }

    /// What is known of a ticket.
    pub fn get(&self, key: impl Into<TicketKey>) -> Option<TicketSnapshot> {
        self.core().store().get(key.into())
    }

    /// Every ticket, in the order of submission.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let tickets = TicketSystem::in_memory();
    /// # let model = ScriptedModel::replies(["A haiku.", "A limerick."]);
    /// # tickets.agent(Agent::new().provider(model).model("scripted"));
    /// tickets.task("Write a short poem.");
    /// tickets.task("Write a funny one.");
    /// tickets.finish().await;
    ///
    /// if let Some(poem) = tickets.last_result() {
    ///     assert_eq!(poem, "A limerick.");
    /// }
    /// let mut lines = Vec::new();
    /// for ticket in tickets.tickets() {
    ///     lines.push(format!("{} is {}", ticket.key(), ticket.status()));
    /// }
    /// assert_eq!(lines, ["TICKET-1 is done", "TICKET-2 is done"]);
    /// assert_eq!(tickets.all_results(), ["A haiku.", "A limerick."]);
    /// # }
    /// ```
    pub fn tickets(&self) -> Vec<TicketSnapshot> {
        self.core().store().tickets()
    }

    /// The tickets that a filter describes: by label, status, parent, agent or text, in the order of
    /// submission unless it asks for another.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::{Status, TicketFilter, TicketSystem};
    ///
    /// let tickets = TicketSystem::in_memory();
    /// let key = tickets.task_labeled("Rank all products by value.", "analysis");
    /// tickets.task("Say hello.");
    ///
    /// let open = TicketFilter::new().label("analysis").status(Status::Todo).limit(10);
    /// let found = tickets.find(open);
    /// assert_eq!(found.len(), 1);
    /// assert_eq!(found[0].key(), key);
    /// ```
    pub fn find(&self, filter: TicketFilter) -> Vec<TicketSnapshot> {
        filter.find_in(self.tickets())
    }

    /// The result of the ticket that became done last: text as it is, anything else as JSON.
    pub fn last_result(&self) -> Option<String> {
        self.core().store().last_done()?.result_string()
    }

    /// The results of all tickets that are done, in the order in which they became so.
    pub fn all_results(&self) -> Vec<String> {
        let done = self.core().store().done();
        done.iter()
            .filter_map(TicketSnapshot::result_string)
            .collect()
    }

    /// Numbers about tickets, tokens and time, up to now.
    pub fn stats(&self) -> Stats {
        self.core().ledger.bus.stats()
    }

    /// Sets the provider of agents that have none of their own. Counts from the next run on.
    pub fn provider(&self, provider: impl IntoProvider) -> &Self {
        self.core().setup().defaults.provider = Some(provider.into_provider());
        self
    }

    /// Sets the model of agents that have none of their own. Counts from the next run on.
    pub fn model(&self, model: impl Into<String>) -> &Self {
        self.core().setup().defaults.model = Some(model.into());
        self
    }

    /// Supplies a value of the program to the tools of all agents that have none of that type of
    /// their own; see [`State`](crate::tools::State). Counts from the next run on.
    pub fn state<T: Send + Sync + 'static>(&self, value: T) -> &Self {
        self.core().setup().defaults.states.set(value);
        self
    }

    /// Sets provider and model as the environment names them, for agents that have none of their
    /// own.
    ///
    /// # Panics
    /// The environment names no provider.
    #[cfg(feature = "http")]
    #[track_caller]
    pub fn from_env(&self) -> &Self {
        let agent = Agent::new().from_env();
        let mut setup = self.core().setup();
        setup.defaults.provider = agent.provider;
        setup.defaults.model = agent.model;
        drop(setup);
        self
    }

    /// The events from now on, as a bounded stream.
    pub fn events(&self) -> Events {
        self.core().ledger.bus.subscribe()
    }

    /// Registers a handler of all events. It is called in order, on a task of its own, and never
    /// delays an agent. A handler that holds a handle of this system keeps the system, and its run,
    /// for ever.
    pub fn on_event(&self, handler: impl Fn(Event) + Send + Sync + 'static) -> &Self {
        self.core().ledger.bus.add_handler(None, Arc::new(handler));
        self
    }
}

/// Runs.
impl TicketSystem {
    /// Begins a run in the background, unless one is live. It goes on until it is finished,
    /// cancelled or stopped. A run that was cancelled is live until it has ended: wait for that
    /// with [`stop`](Self::stop) before another one.
    ///
    /// Outside of a tokio runtime the run fails at once; see [`outcome`](Self::outcome).
    ///
    /// # Examples
    /// ```
    /// use agentwerk::testing::ScriptedModel;
    /// use agentwerk::{Agent, TicketSystem};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let tickets = TicketSystem::in_memory();
    /// # let model = ScriptedModel::replies(["Seven."]);
    /// # tickets.agent(Agent::new().provider(model).model("scripted"));
    /// tickets.start();
    /// // Agents wait for work; what comes now is begun at once.
    /// tickets.task("How many days has a week?");
    /// tickets.finish().await;
    /// let days = tickets.last_result();
    /// assert_eq!(days.as_deref(), Some("Seven."));
    /// # }
    /// ```
    pub fn start(&self) {
        drop(self.core().start());
    }

    /// Begins a run, unless an agent lacks something.
    ///
    /// # Errors
    /// What the first such agent lacks, or [`RunError::NoRuntime`] outside of a tokio runtime. No run
    /// is begun.
    pub fn try_start(&self) -> Result<(), RunError> {
        let _runtime =
            tokio::runtime::Handle::try_current().map_err(|_outside| RunError::NoRuntime)?;
        let _ready = self.core().ready_agents(0)?;
        self.start();
        Ok(())
    }

    /// Begins a run unless one is live, waits until nothing is left to do, and says how it ended.
    ///
    /// It returns at once when the only tickets left are those that nobody serves. A run that was
    /// cancelled, failed or reached a limit, and whose end nobody has waited for, is told of first:
    /// no other one is begun then. When it returns, the handlers of events have heard of everything.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the run as it is.
    pub fn finish(&self) -> impl Future<Output = RunOutcome> + Send + use<> {
        let system = self.clone();
        async move {
            loop {
                let run = system.core().start_unless_stopped();
                let outcome = run.finish().await;
                // A ticket that came while the run was ending is this call's business, too.
                if !system.core().has_more(&outcome) {
                    return outcome;
                }
            }
        }
    }

    /// Cancels the run, or the next one if none is live. What is under way is dropped; the tickets
    /// stay open.
    pub fn cancel(&self) {
        self.core().cancel();
    }

    /// Cancels the live run, if there is one, and waits until it has ended.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the run cancelled.
    pub fn stop(&self) -> impl Future<Output = ()> + Send + use<> {
        let system = self.clone();
        async move {
            // This run, even if it should end by itself now: not the one after it.
            if let Some(run) = system.core().live() {
                run.cancel();
                run.finish().await;
            }
        }
    }

    /// Cancels the live run, waits until it has ended, and lets go of the session's directory, so that
    /// another system can load it. What was acknowledged is there; tickets that are submitted later
    /// are refused.
    ///
    /// It closes the session whoever else holds a handle: every [`Pending`] is one, too.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the run cancelled; the session is closed with the last handle.
    pub fn close(&self) -> impl Future<Output = ()> + Send + use<> {
        let system = self.clone();
        async move {
            system.stop().await;
            let core = Arc::clone(system.core());
            // It waits for the disk, and an agent's thread must not.
            let closing = tokio::task::spawn_blocking(move || core.close());
            if let Err(error) = closing.await {
                tracing::error!(%error, "the session was not closed");
            }
        }
    }

    /// Cancels the run at the first Ctrl-C, and ends the process at the second.
    ///
    /// # Panics
    /// It is called outside of a tokio runtime.
    pub fn cancel_on_ctrl_c(&self) -> &Self {
        let core = Arc::downgrade(self.core());
        let listening = tokio::spawn(async move {
            let mut is_cancelled = false;
            while tokio::signal::ctrl_c().await.is_ok() {
                match core.upgrade() {
                    Some(core) if !is_cancelled => core.cancel(),
                    _ => std::process::exit(130),
                }
                is_cancelled = true;
            }
        });
        drop(listening);
        self
    }

    /// Whether a cancel has been requested, of the live run, the last one, or the next one.
    pub fn is_cancelled(&self) -> bool {
        self.core().is_cancelled()
    }

    /// How the last run ended; `None` before the first end, and while a run is live.
    pub fn outcome(&self) -> Option<RunOutcome> {
        self.core().outcome()
    }
}

impl fmt::Debug for TicketSystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketSystem").finish_non_exhaustive()
    }
}
