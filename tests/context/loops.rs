//! Models that go round in circles.

use std::sync::atomic::{AtomicUsize, Ordering};

use agentwerk::chat::{Request, Response};
use agentwerk::event::FailureReason;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, call, echo, within};
use serde_json::json;

const NOTICE: &str = "three times in a row";

fn circling(model: &ScriptedModel, tool: Tool) -> (TicketSystem, EventLog) {
    let tickets = TicketSystem::in_memory();
    let log = EventLog::of(&tickets);
    let agent = Agent::new().provider(model.clone()).model("m").tool(tool);
    tickets.agent(agent.task("Go."));
    (tickets, log)
}

/// The requests that end with the notice, by their place.
fn told(model: &ScriptedModel) -> Vec<usize> {
    let requests = model.requests();
    let places = requests.iter().enumerate();
    places
        .filter(|(_, request)| request.last_text().contains(NOTICE))
        .map(|(place, _)| place)
        .collect()
}

#[tokio::test]
async fn the_same_calls_with_the_same_results_are_told_once_and_then_fail_the_ticket() {
    let count = AtomicUsize::new(0);
    let model = ScriptedModel::from_fn(move |_: &Request| {
        let id = count.fetch_add(1, Ordering::Relaxed).to_string();
        call(&id, "echo", &json!({ "text": "x" }))
    });
    let (tickets, log) = circling(&model, echo());
    assert!(within(tickets.finish()).await.is_drained());
    let ticket = tickets.get(TicketKey::from_number(1)).unwrap();
    assert_eq!(ticket.failure().unwrap().reason, FailureReason::Looping);
    assert_eq!(model.requests().len(), 6, "three turns, and three more");
    assert_eq!(told(&model), [3], "behind the third turn, and not again");
    // Six calls, each with its result on record.
    assert_eq!(ticket.transcript().unwrap().len(), 13);
    assert_eq!(log.count("ToolCallFinished"), 6);
}

#[tokio::test]
async fn a_model_that_takes_the_hint_goes_on() {
    let model = ScriptedModel::from_fn(|request: &Request| {
        if request.last_text().contains(NOTICE) {
            return Response::text("I stop.");
        }
        let id = request.messages.len().to_string();
        call(&id, "echo", &json!({ "text": "x" }))
    });
    let (tickets, _log) = circling(&model, echo());
    within(tickets.finish()).await;
    assert_eq!(tickets.last_result().as_deref(), Some("I stop."));
}

#[tokio::test]
async fn other_arguments_or_other_results_are_no_circle() {
    // The same call, with another result each time.
    let count = AtomicUsize::new(0);
    let counter = Tool::new("count", "Counts.").handler(move |_, _| {
        let next = count.fetch_add(1, Ordering::Relaxed);
        async move { Ok(ToolResult::success(next.to_string())) }
    });
    let polling = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        21.. => Response::text("done"),
        length => call(&length.to_string(), "count", &json!({})),
    });
    // Two calls in turn.
    let swinging = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        21.. => Response::text("done"),
        length => {
            let text = if length % 4 == 1 { "tick" } else { "tock" };
            call(&length.to_string(), "echo", &json!({ "text": text }))
        }
    });
    for (model, tool) in [(polling, counter), (swinging, echo())] {
        let (tickets, _log) = circling(&model, tool);
        within(tickets.finish()).await;
        assert_eq!(tickets.last_result().as_deref(), Some("done"));
        assert!(told(&model).is_empty());
    }
}

#[tokio::test]
async fn turns_before_a_restart_count() {
    let dir = tempfile::tempdir().unwrap();
    let circle = |request: &Request| {
        let id = request.messages.len().to_string();
        call(&id, "echo", &json!({ "text": "x" }))
    };
    let agent =
        |model: &ScriptedModel| Agent::new().provider(model.clone()).model("m").tool(echo());
    let model = ScriptedModel::from_fn(circle);
    let tickets = TicketSystem::new();
    tickets.dir(dir.path()).max_turns(4);
    tickets.agent(agent(&model).task("Go."));
    within(tickets.finish()).await;
    within(tickets.close()).await;
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    tickets.agent(agent(&model));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(model.requests().len(), 6);
    let ticket = tickets.get(TicketKey::from_number(1)).unwrap();
    assert_eq!(ticket.failure().unwrap().reason, FailureReason::Looping);
}
