use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;

use super::agent::Agent;
use super::approval::ApprovalHandler;
use super::host::{Asked, Asking, Host, Kept, Recording};
use super::ready::ReadyAgent;
use crate::chat::{Message, Usage};
use crate::clock::Clock;
use crate::event::{
    ApprovalDecision, ApprovalRequest, Event, EventKind, EventSink, Handlers, PolicyKind,
};
use crate::id::AgentName;
use crate::store::StoreError;
use crate::ticket::Compaction;

/// The caller of [`Agent::run`], as the host of its turns.
pub(super) struct Caller {
    gained: Mutex<Gained>,
    handlers: Handlers,
    agent: AgentName,
    model: Arc<str>,
    clock: Clock,
    approval: Option<ApprovalHandler>,
}

/// What came about so far.
#[derive(Default)]
struct Gained {
    messages: Vec<Message>,
    usage: Usage,
    events: u64,
}

impl Caller {
    pub(super) fn new(ready: &ReadyAgent, agent: &Agent) -> Self {
        let handlers = Handlers::new();
        for handler in &agent.handlers {
            handlers.add(None, handler.clone());
        }
        handlers.start();
        Self {
            gained: Mutex::default(),
            handlers,
            agent: ready.name.clone(),
            model: ready.model.clone(),
            clock: Clock::system(),
            approval: agent.approval.clone(),
        }
    }

    /// Keeps new messages.
    pub(super) fn gain(&self, messages: impl IntoIterator<Item = Message>) {
        self.lock().messages.extend(messages);
    }

    /// The new messages, and the tokens of all replies.
    pub(super) fn take(&self) -> (Vec<Message>, Usage) {
        let mut gained = self.lock();
        (std::mem::take(&mut gained.messages), gained.usage)
    }

    /// Asks for leave for one call.
    async fn ask_for(&self, asked: &Asked) -> ApprovalDecision {
        if !asked.is_needed {
            return ApprovalDecision::Approve;
        }
        let request = ApprovalRequest::new(None, self.agent.clone(), &asked.call);
        self.emit(EventKind::ApprovalRequested {
            request: request.clone(),
        });
        let decision = match &self.approval {
            Some(handler) => handler.decide(request.clone()).await,
            None => ApprovalDecision::Deny("nobody can be asked".to_owned()),
        };
        self.emit(EventKind::ApprovalResolved {
            request,
            decision: decision.clone(),
        });
        decision
    }

    /// Waits until the agent's handlers have heard of everything so far.
    pub(super) async fn flush(&self) {
        self.handlers.flush().await;
    }

    fn lock(&self) -> MutexGuard<'_, Gained> {
        self.gained.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for Caller {
    fn emit(&self, kind: EventKind) {
        let mut gained = self.lock();
        gained.events += 1;
        let mut event = Event::new(gained.events, self.clock.now(), kind);
        event.agent_name = self.agent.clone();
        event.model = self.model.clone();
        self.handlers.tell(&event);
    }
}

impl Host for Caller {
    fn take_turn(&self) -> Result<(), PolicyKind> {
        Ok(())
    }

    fn check_tokens(&self) -> Result<(), PolicyKind> {
        Ok(())
    }

    fn take_comments(&self) -> Result<Option<Message>, StoreError> {
        Ok(None)
    }

    fn note_compaction(&self, _compaction: Compaction) -> Result<(), StoreError> {
        // The caller keeps the whole history.
        Ok(())
    }

    fn ask(&self, calls: Vec<Asked>) -> Asking<'_> {
        Box::pin(async move {
            let asking: Vec<_> = calls.iter().map(|asked| self.ask_for(asked)).collect();
            Ok(join_all(asking).await)
        })
    }

    fn spend(&self, usage: Usage) {
        self.lock().usage += usage;
    }

    fn record(&self, messages: Vec<Kept>) -> Recording<'_> {
        Box::pin(std::future::ready(self.note(messages)))
    }

    fn note(&self, messages: Vec<Kept>) -> Result<(), StoreError> {
        self.gain(messages.into_iter().map(|(message, _)| message));
        Ok(())
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("agent", &self.agent)
            .finish_non_exhaustive()
    }
}
