//! Models and tools that answer without waiting leave everything else its turn, on one thread too.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use agentwerk::chat::{Message, Request, Response};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, CancellationToken, RunOutcome, Status, TicketSystem};
use agentwerk_tests::{call, echo};
use serde_json::json;
use tokio::sync::Notify;

/// Requests after which the model gives up, so that a loop that never yields fails the test.
const REQUESTS_MAX: usize = 5_000;

/// A model that calls a tool again and again, and tells when it has done so ten times.
fn restless() -> (ScriptedModel, Arc<Notify>) {
    let (asked, busy) = (AtomicUsize::new(0), Arc::new(Notify::new()));
    let tell = Arc::clone(&busy);
    let model = ScriptedModel::from_fn(move |_: &Request| {
        let turn = asked.fetch_add(1, Ordering::Relaxed);
        match turn {
            10 => tell.notify_one(),
            REQUESTS_MAX.. => return Response::text("Nobody stopped me."),
            _ => {}
        }
        call("again", "echo", &json!({ "text": turn.to_string() }))
    });
    (model, busy)
}

async fn a_run_is_cancelled() {
    let (model, busy) = restless();
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(model)
            .model("m")
            .tool(echo())
            .context_window(u64::MAX),
    );
    let key = tickets.task("Go on for ever.");
    let canceller = tickets.clone();
    let cancelling = tokio::spawn(async move {
        busy.notified().await;
        canceller.cancel();
    });
    let outcome = tickets.finish().await;
    assert!(matches!(outcome, RunOutcome::Cancelled), "{outcome:?}");
    assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
    cancelling.await.unwrap();
}

#[tokio::test]
async fn a_busy_run_is_cancelled_on_one_thread() {
    a_run_is_cancelled().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_run_is_cancelled_on_many_threads() {
    a_run_is_cancelled().await;
}

#[tokio::test]
async fn a_busy_conversation_is_cancelled_on_one_thread() {
    let (model, busy) = restless();
    let agent = Agent::new()
        .provider(model)
        .model("m")
        .tool(echo())
        .context_window(u64::MAX);
    let token = CancellationToken::new();
    let canceller = token.clone();
    let cancelling = tokio::spawn(async move {
        busy.notified().await;
        canceller.cancel();
    });
    let error = agent.run(vec![Message::user("Go on.")]).cancel(token).await;
    assert!(error.is_err(), "{error:?}");
    cancelling.await.unwrap();
}
