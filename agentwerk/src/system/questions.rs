use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::core::Core;
use crate::agent::ApprovalHandler;
use crate::event::ApprovalRequest;
use crate::id::{CallId, TicketKey};
use crate::ticket::{Approval, Status};

/// The requests for leave that the handlers of agents are asked in one run.
///
/// They are asked by tasks of the run, not by the worker that met the call: a ticket that waits keeps
/// no agent from others, and one that waited when its process ended is asked for in the same way.
#[derive(Debug, Default)]
pub(super) struct Questions(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Tickets that have begun to wait, and were not looked at yet.
    new: Vec<TicketKey>,
    /// What a handler is being asked, and what ends the asking.
    asked: HashMap<(TicketKey, CallId), CancellationToken>,
}

impl Questions {
    /// Takes note of tickets that wait.
    pub(super) fn add(&self, keys: impl IntoIterator<Item = TicketKey>) {
        self.lock().new.extend(keys);
    }

    /// Ends the asking of a handler, because somebody else has answered.
    pub(super) fn withdraw(&self, key: TicketKey, call: &CallId) {
        if let Some(asking) = self.lock().asked.remove(&(key, call.clone())) {
            asking.cancel();
        }
    }

    fn take_new(&self) -> Vec<TicketKey> {
        std::mem::take(&mut self.lock().new)
    }

    /// Begins to ask; `None` when the same is being asked already.
    fn begin(&self, key: TicketKey, call: &CallId) -> Option<CancellationToken> {
        let mut state = self.lock();
        let place = (key, call.clone());
        if state.asked.contains_key(&place) {
            return None;
        }
        let asking = CancellationToken::new();
        state.asked.insert(place, asking.clone());
        Some(asking)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the handlers about the tickets that have begun to wait.
pub(super) fn ask_handlers(core: &Arc<Core>, questions: &Questions, asking: &mut JoinSet<()>) {
    for key in questions.take_new() {
        let ticket = core.store().get(key);
        let Some(ticket) = ticket.filter(|ticket| ticket.status() == Status::Waiting) else {
            continue;
        };
        let open = ticket.approvals().iter().filter(|one| one.is_open());
        for Approval { request, .. } in open {
            let Some(handler) = core.approval_handler(&request.agent) else {
                // Somebody else has to answer.
                continue;
            };
            if let Some(withdrawn) = questions.begin(key, &request.call_id) {
                let ask = ask(Arc::clone(core), key, handler, request.clone(), withdrawn);
                let _handle = asking.spawn(ask.in_current_span());
            }
        }
    }
}

async fn ask(
    core: Arc<Core>,
    key: TicketKey,
    handler: ApprovalHandler,
    request: ApprovalRequest,
    withdrawn: CancellationToken,
) {
    let decision = tokio::select! {
        biased;
        () = withdrawn.cancelled() => return,
        decision = handler.decide(request.clone()) => decision,
    };
    // Somebody else may have been faster; the first answer counts.
    let _late = core.resolve_approval(key, request, decision).wait().await;
}
