use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::core::Core;
use super::run::Run;
use crate::agent::ApprovalHandler;
use crate::event::ApprovalRequest;
use crate::id::TicketKey;
use crate::store::Store;
use crate::ticket::{Status, TicketApproval};

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
    asked: HashMap<(TicketKey, u32), Asking>,
}

#[derive(Debug)]
struct Asking {
    request: ApprovalRequest,
    withdrawn: CancellationToken,
}

impl Questions {
    /// Takes note of tickets that wait.
    pub(super) fn add(&self, keys: impl IntoIterator<Item = TicketKey>) {
        self.lock().new.extend(keys);
    }

    /// Ends the asking of a handler, because somebody else has answered.
    pub(super) fn withdraw(&self, key: TicketKey, number: u32) {
        if let Some(asking) = self.lock().asked.remove(&(key, number)) {
            asking.withdrawn.cancel();
        }
    }

    /// Ends the asking of what was answered by another system on the same store, or ended there.
    pub(super) fn withdraw_answered(&self, store: &dyn Store) {
        self.lock().asked.retain(|(key, _), asking| {
            let ticket = store.get(*key);
            let is_open = ticket.is_some_and(|ticket| {
                let mut approvals = ticket.approvals().iter();
                ticket.status() == Status::Waiting
                    && approvals.any(|one| one.is_open() && one.request == asking.request)
            });
            if !is_open {
                asking.withdrawn.cancel();
            }
            is_open
        });
    }

    /// Whether a handler is being asked about a ticket.
    pub(super) fn is_asked(&self, key: TicketKey) -> bool {
        self.lock().asked.keys().any(|(asked, _)| *asked == key)
    }

    fn take_new(&self) -> Vec<TicketKey> {
        std::mem::take(&mut self.lock().new)
    }

    /// Begins to ask; `None` when the same is being asked already.
    fn begin(&self, key: TicketKey, request: &ApprovalRequest) -> Option<CancellationToken> {
        let mut state = self.lock();
        let place = (key, request.number);
        if state.asked.contains_key(&place) {
            return None;
        }
        let withdrawn = CancellationToken::new();
        let asking = Asking {
            request: request.clone(),
            withdrawn: withdrawn.clone(),
        };
        state.asked.insert(place, asking);
        Some(withdrawn)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks the handlers about the tickets that have begun to wait.
pub(super) fn ask_handlers(core: &Arc<Core>, run: &Arc<Run>, asking: &mut JoinSet<()>) {
    let questions = &run.questions;
    questions.withdraw_answered(core.store());
    for key in questions.take_new() {
        let ticket = core.store().get(key);
        let Some(ticket) = ticket.filter(|ticket| ticket.status() == Status::Waiting) else {
            continue;
        };
        let open = ticket.approvals().iter().filter(|one| one.is_open());
        for TicketApproval { request, .. } in open {
            let Some(handler) = core.approval_handler(&request.agent) else {
                // Somebody else has to answer.
                continue;
            };
            if let Some(withdrawn) = questions.begin(key, request) {
                let (core, run, request) = (Arc::clone(core), Arc::clone(run), request.clone());
                let ask = async move {
                    let asking = ask(&core, &run, key, handler, request.clone());
                    let _asked = withdrawn.run_until_cancelled(asking).await;
                    run.questions.withdraw(key, request.number);
                };
                let _handle = asking.spawn(ask.in_current_span());
            }
        }
    }
}

async fn ask(
    core: &Arc<Core>,
    run: &Run,
    key: TicketKey,
    handler: ApprovalHandler,
    request: ApprovalRequest,
) {
    let decision = handler.decide(request.clone()).await;
    // A cancel came first, while the handler kept its thread.
    if run.is_stopping() {
        return;
    }
    // Somebody else may have been faster; the first answer counts.
    let _late = core.resolve_approval(key, request, decision).wait().await;
}
