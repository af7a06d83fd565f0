use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::outputs::OutputDir;
use super::state::{State, States};
#[cfg(feature = "files")]
use super::workspace::Workspace;
use crate::event::{EventKind, EventSink, NoSink};
use crate::id::{AgentName, CallId, TicketKey};
use crate::ticket::Desk;

/// What a tool may know of the call that it serves; cheap to clone.
#[derive(Clone)]
pub struct ToolContext {
    shared: Arc<Shared>,
    states: States,
    call_id: CallId,
    cancel: CancellationToken,
}

struct Shared {
    dir: PathBuf,
    readable_dirs: Arc<[PathBuf]>,
    #[cfg(feature = "files")]
    workspace: Workspace,
    outputs: Option<OutputDir>,
    agent: AgentName,
    ticket: Option<TicketBrief>,
    desk: Option<Arc<dyn Desk>>,
    events: Arc<dyn EventSink>,
}

/// The ticket that an agent works on.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TicketBrief {
    /// Its name.
    pub key: TicketKey,
    /// Its labels.
    pub labels: Arc<[String]>,
    /// The work itself.
    pub task: Value,
}

impl TicketBrief {
    pub(crate) fn new(key: TicketKey, labels: Arc<[String]>, task: Value) -> Self {
        Self { key, labels, task }
    }
}

impl ToolContext {
    /// A context for calling a tool by hand, as a test does: a directory and nothing else.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self::for_agent(
            dir.into(),
            Arc::from([]),
            None,
            AgentName::default(),
            None,
            None,
            Arc::new(NoSink),
        )
    }

    pub(crate) fn for_agent(
        dir: PathBuf,
        readable_dirs: Arc<[PathBuf]>,
        outputs: Option<OutputDir>,
        agent: AgentName,
        ticket: Option<TicketBrief>,
        desk: Option<Arc<dyn Desk>>,
        events: Arc<dyn EventSink>,
    ) -> Self {
        let shared = Shared {
            #[cfg(feature = "files")]
            workspace: Workspace::new(dir.clone(), Arc::clone(&readable_dirs), outputs.as_ref()),
            dir,
            readable_dirs,
            outputs,
            agent,
            ticket,
            desk,
            events,
        };
        Self {
            shared: Arc::new(shared),
            states: States::default(),
            call_id: CallId::default(),
            cancel: CancellationToken::new(),
        }
    }

    /// The same context for one call.
    pub(crate) fn for_call(&self, call_id: CallId, cancel: CancellationToken) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            states: self.states.clone(),
            call_id,
            cancel,
        }
    }

    /// The same context with the values of the program.
    pub(crate) fn with_states(mut self, states: States) -> Self {
        self.states = states;
        self
    }

    /// Adds a value of the program, as [`Agent::state`](crate::Agent::state) does for a run.
    #[must_use]
    pub fn with_state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.set(value);
        self
    }

    /// The directory that the agent's tools work in.
    pub fn dir(&self) -> &Path {
        &self.shared.dir
    }

    /// The directories that the agent's tools may read besides; absolute. One that was given by a
    /// path with a link in it stands there under both of its names.
    pub fn readable_dirs(&self) -> &[PathBuf] {
        &self.shared.readable_dirs
    }

    /// The agent that calls; empty outside of a run.
    pub fn agent(&self) -> &AgentName {
        &self.shared.agent
    }

    /// The ticket that the agent works on; `None` outside of a ticket system.
    pub fn ticket(&self) -> Option<&TicketBrief> {
        self.shared.ticket.as_ref()
    }

    /// The name of this call; empty outside of a run.
    pub fn call_id(&self) -> &CallId {
        &self.call_id
    }

    /// Is cancelled when the call should stop. The runtime drops the call's future as well, so only
    /// work that was moved elsewhere needs to look.
    pub fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Tells whoever watches the run how far the call is. The model does not see it.
    pub fn progress(&self, text: impl Into<String>) {
        self.emit(EventKind::ToolProgress {
            call_id: self.call_id.clone(),
            text: text.into(),
        });
    }

    /// The value of this type that the program supplied; `None` if it supplied none.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<State<T>> {
        self.states.get()
    }

    /// The part of the ticket system that a tool may use; `None` outside of one.
    pub fn desk(&self) -> Option<&dyn Desk> {
        self.shared.desk.as_deref()
    }

    pub(crate) fn emit(&self, kind: EventKind) {
        self.shared.events.emit(kind);
    }

    /// Where outputs go that are too large for a conversation.
    pub(crate) fn outputs(&self) -> Option<&OutputDir> {
        self.shared.outputs.as_ref()
    }

    #[cfg(feature = "files")]
    pub(crate) fn workspace(&self) -> &Workspace {
        &self.shared.workspace
    }
}

impl fmt::Debug for ToolContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolContext")
            .field("dir", &self.shared.dir)
            .field("agent", &self.shared.agent)
            .field(
                "ticket",
                &self.shared.ticket.as_ref().map(|ticket| ticket.key),
            )
            .field("call_id", &self.call_id)
            .finish_non_exhaustive()
    }
}
