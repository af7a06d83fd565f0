//! A run that is cancelled while a conversation is summarised.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use agentwerk::Status;
use agentwerk::chat::{Deltas, Request, Response};
use agentwerk::providers::{Provider, ProviderError};
use agentwerk::testing::ScriptedModel;
use agentwerk_tests::{StuckModel, within};

use crate::reader::{BOOK, Overflow, is_summary, reading};

/// Reads the book, and hangs when it is asked for a summary, until it may go on.
struct Hanging {
    reader: ScriptedModel,
    stuck: StuckModel,
    may_go_on: Arc<AtomicBool>,
}

impl Provider for Hanging {
    async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        if is_summary(request) && !self.may_go_on.load(Ordering::SeqCst) {
            return self.stuck.respond(request, deltas).await;
        }
        self.reader.respond(request, deltas).await
    }
}

#[tokio::test]
async fn a_cancel_drops_the_call_for_a_summary_and_the_next_run_makes_it_again() {
    let reader = BOOK.model(8_000, Overflow::Error);
    let (stuck, may_go_on) = (StuckModel::default(), Arc::new(AtomicBool::new(false)));
    let agent = BOOK.agent(reader.clone()).provider(Hanging {
        reader: reader.clone(),
        stuck: stuck.clone(),
        may_go_on: Arc::clone(&may_go_on),
    });
    let (tickets, log) = reading(agent.context_window(8_000));
    tickets.start();
    within(stuck.asked()).await;
    within(tickets.stop()).await;
    assert_eq!((stuck.dropped(), log.count("CompactionFinished")), (1, 0));
    assert_eq!(tickets.tickets()[0].status(), Status::Todo);

    may_go_on.store(true, Ordering::SeqCst);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result(), Some(BOOK.answer()));
    assert!(log.count("CompactionFinished") > 0);
}
