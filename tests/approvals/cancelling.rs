//! A handler that hangs keeps nobody.

use std::sync::Arc;

use agentwerk::event::{ApprovalDecision, RunOutcome};
use agentwerk::{Agent, Status};
use agentwerk_tests::{DropCount, within};
use serde_json::json;
use tokio::sync::Notify;

use super::{Calls, FIRST, begin, call, model, told};

/// An agent whose handler never answers, what tells that it was asked, and what counts its ends.
fn hanging(calls: &Calls) -> (Agent, Arc<Notify>, DropCount) {
    let (asked, dropped) = (Arc::new(Notify::new()), DropCount::default());
    let (telling, counting) = (Arc::clone(&asked), dropped.clone());
    let agent = Agent::new()
        .tool(calls.tool("pay"))
        .approval(move |_request| {
            let guard = counting.guard();
            telling.notify_one();
            async move {
                let _guard = guard;
                std::future::pending().await
            }
        });
    (agent, asked, dropped)
}

#[tokio::test]
async fn a_cancel_wins_over_a_handler_that_hangs() {
    let calls = Calls::default();
    let (agent, asked, dropped) = hanging(&calls);
    let tickets = begin(agent, &model([call("1", "pay", &json!({}))]));
    tickets.start();
    within(asked.notified()).await;
    within(tickets.stop()).await;

    assert!(matches!(tickets.outcome(), Some(RunOutcome::Cancelled)));
    assert_eq!(dropped.get(), 1, "the handler is dropped");
    let ticket = tickets.get(FIRST).unwrap();
    assert_eq!(ticket.status(), Status::Waiting, "and the question is kept");
    assert!(ticket.approvals()[0].is_open());
    assert!(calls.all().is_empty());

    // The next run asks again.
    tickets.start();
    within(asked.notified()).await;
    within(tickets.stop()).await;
    assert_eq!(dropped.get(), 2);
}

#[tokio::test]
async fn an_answer_from_elsewhere_ends_the_asking() {
    let calls = Calls::default();
    let (agent, asked, dropped) = hanging(&calls);
    let tickets = begin(agent, &model([call("1", "pay", &json!({}))]));
    tickets.start();
    within(asked.notified()).await;
    let [request] = tickets.approvals().try_into().unwrap();
    let answered = tickets.resolve_approval(&request, ApprovalDecision::Approve);
    within(answered).await.unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(dropped.get(), 1);
    assert_eq!(calls.all().len(), 1);
    assert_eq!(told(&tickets)[0].content, "ran");
}

#[tokio::test]
async fn a_run_is_not_over_while_a_handler_thinks() {
    let calls = Calls::default();
    let (agent, asked, _dropped) = hanging(&calls);
    let tickets = begin(agent, &model([call("1", "pay", &json!({}))]));
    let finishing = tickets.finish();
    let mut finishing = Box::pin(finishing);
    tokio::select! {
        outcome = &mut finishing => panic!("{outcome:?}"),
        () = within(asked.notified()) => {}
    }
    assert!(tickets.outcome().is_none());
    tickets.cancel();
    assert!(matches!(within(finishing).await, RunOutcome::Cancelled));
}
