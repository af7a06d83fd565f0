//! What a tool knows of its call.

use std::sync::{Arc, Mutex};

use agentwerk::chat::Response;
use agentwerk::event::EventKind;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolContext, ToolResult};
use agentwerk::{Agent, Ticket, TicketSystem};
use agentwerk_tests::{EventLog, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::play::{call, first_calls, play_agent};

#[tokio::test]
async fn a_call_knows_where_it_is_made_by_whom_and_for_which_ticket() {
    let dir = TempDir::new().unwrap();
    let place = dir.path().canonicalize().unwrap();
    let look = Tool::new("look", "Looks around.").handler(|_input, context| async move {
        // Work that moves elsewhere takes the context along.
        let elsewhere = context.clone();
        let look = tokio::spawn(async move {
            let ticket = elsewhere.ticket().ok_or("no ticket")?;
            let seen = json!({
                "dir": elsewhere.dir(),
                "agent": elsewhere.agent().as_str(),
                "key": ticket.key,
                "labels": &ticket.labels[..],
                "task": ticket.task,
                "call": elsewhere.call_id().as_str(),
                "state": *elsewhere.state::<u64>().ok_or("no number")?,
                "other": elsewhere.state::<String>().is_none(),
                "cancelled": elsewhere.cancel().is_cancelled(),
                "desk": elsewhere.desk().is_some(),
            });
            Ok::<_, &str>(seen)
        });
        Ok(ToolResult::success(look.await??))
    });
    let agent = Agent::new().name("ada").label("scan").dir(&place);
    let calls = vec![call("c-7", "look", json!({}))];
    let played = play_agent(agent.state(7_u64).tool(look), first_calls(calls)).await;
    let seen: Value = serde_json::from_str(&played.result().content).unwrap();
    let due = json!({
        "dir": place,
        "agent": "ada",
        "key": "TICKET-1",
        "labels": ["scan"],
        "task": "Begin.",
        "call": "c-7",
        "state": 7,
        "other": true,
        "cancelled": false,
        "desk": true,
    });
    assert_eq!(seen, due);
}

#[tokio::test]
async fn progress_is_told_and_never_sent() {
    let tool = Tool::new("dig", "Digs.").handler(|_input, context| async move {
        context.progress("half way");
        Ok(ToolResult::success("dug"))
    });
    let model = ScriptedModel::from_fn(first_calls(vec![call("1", "dig", json!({}))]));
    let tickets = TicketSystem::in_memory();
    let log = EventLog::of(&tickets);
    tickets.agent(Agent::new().provider(model.clone()).model("m").tool(tool));
    let key = tickets.task("x");
    assert!(within(tickets.finish()).await.is_drained());
    let is_told = |kind| matches!(kind, EventKind::ToolProgress { text, .. } if text == "half way");
    assert!(log.of_ticket(key).into_iter().any(is_told));
    let sent = format!("{:?}", model.requests());
    let kept = format!("{:?}", tickets.get(key).unwrap().transcript().unwrap());
    assert!(sent.contains("dug") && kept.contains("dug"));
    assert!(!sent.contains("half way") && !kept.contains("half way"));
}

#[tokio::test]
async fn a_context_that_is_kept_keeps_no_session_open() {
    let dir = TempDir::new().unwrap();
    let kept: Arc<Mutex<Option<ToolContext>>> = Arc::default();
    let keep = Arc::clone(&kept);
    let tool = Tool::new("keep", "Keeps its context.").handler(move |_input, context| {
        keep.lock().unwrap().replace(context);
        async { Ok(ToolResult::success("kept")) }
    });
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let model = ScriptedModel::from_fn(first_calls(vec![call("1", "keep", json!({}))]));
    tickets.agent(Agent::new().provider(model).model("m").tool(tool));
    tickets.task("x");
    assert!(within(tickets.finish()).await.is_drained());
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    assert_eq!(tickets.last_result().as_deref(), Some("The end."));
    let context = kept.lock().unwrap().take().unwrap();
    let late = context.desk().unwrap().submit(Ticket::new("late"));
    let error = within(late).await.unwrap_err();
    assert!(format!("{error:?}").contains("Closed"), "{error:?}");
    tickets.provider(ScriptedModel::from_fn(|_| Response::text("fine")));
    tickets.model("m").agent(Agent::new().task("y"));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.tickets().len(), 2);
}
