//! What events tell, in which order, and to whom.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use agentwerk::chat::{ContentBlock, Deltas, Request, Response, StopReason};
use agentwerk::event::{Event, EventKind};
use agentwerk::providers::{Provider, ProviderError};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Ticket, TicketSystem};
use agentwerk_tests::{EventLog, call, echo, name_of, system, within};
use serde_json::json;

fn echoing(request: &Request) -> Response {
    match request.messages.len() {
        1 => call("c-1", "echo", &json!({ "text": "hello" })),
        _ => Response::text("done"),
    }
}

#[tokio::test]
async fn the_events_of_a_ticket_come_in_the_order_in_which_things_happen() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(ScriptedModel::from_fn(echoing))
            .model("m")
            .tool(echo()),
    );
    let log = EventLog::of(&tickets);
    tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    let expected = [
        "TicketSubmitted",
        "RunStarted",
        "TicketStarted",
        "TurnStarted",
        "RequestStarted",
        "RequestFinished",
        "ToolCallStarted",
        "ToolCallFinished",
        "TurnStarted",
        "RequestStarted",
        "TextChunkReceived",
        "RequestFinished",
        "TicketDone",
        "RunFinished",
    ];
    assert_eq!(log.names(), expected);
    let turns: Vec<_> = log
        .kinds()
        .into_iter()
        .filter_map(|kind| match kind {
            EventKind::TurnStarted { turn } => Some(turn),
            _ => None,
        })
        .collect();
    assert_eq!(turns, [1, 2]);
}

#[tokio::test]
async fn an_event_says_whom_and_what_it_is_about() {
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new()
        .name("ada")
        .label("math")
        .provider(ScriptedModel::from_fn(echoing));
    tickets.agent(agent.model("m").tool(echo()));
    let log = EventLog::of(&tickets);
    let key = tickets.ticket(Ticket::new("x").labels(["math", "urgent"]));
    assert!(tickets.finish().await.is_drained());
    for event in log.events() {
        match event.kind {
            EventKind::RunStarted | EventKind::RunFinished { .. } => {
                assert!(event.agent_name.is_empty() && event.ticket_key.is_none());
                assert!(event.labels.is_empty() && event.model.is_empty());
            }
            EventKind::TicketSubmitted { .. } => {
                assert!(event.agent_name.is_empty());
                assert_eq!(event.ticket_key, Some(key));
                assert_eq!(*event.labels, ["math", "urgent"]);
            }
            _ => {
                assert_eq!((event.agent_name.as_str(), &*event.model), ("ada", "m"));
                assert_eq!(event.ticket_key, Some(key));
                assert_eq!(*event.labels, ["math", "urgent"]);
            }
        }
    }
}

#[tokio::test]
async fn the_fields_of_events_tell_what_happened() {
    let flaky = Tool::new("flaky", "Fails.").handler(|_input, context| async move {
        context.progress("half way");
        Err("no luck".into())
    });
    let script = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("c-1", "flaky", &json!({})),
        _ => Response::text("done").usage(agentwerk::chat::Usage {
            input_tokens: 7,
            output_tokens: 3,
            ..Default::default()
        }),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(script)
            .model("m")
            .tool(flaky)
            .task("x"),
    );
    let log = EventLog::of(&tickets);
    assert!(tickets.finish().await.is_drained());
    let mut seen = 0;
    for kind in log.kinds() {
        seen += 1;
        match kind {
            EventKind::RequestStarted { model } => assert_eq!(model, "m"),
            EventKind::ToolCallStarted { call_id, tool } => {
                assert_eq!((call_id.as_str(), tool.as_str()), ("c-1", "flaky"));
            }
            EventKind::ToolProgress { call_id, text } => {
                assert_eq!((call_id.as_str(), text.as_str()), ("c-1", "half way"));
            }
            EventKind::ToolCallFailed {
                call_id, message, ..
            } => {
                assert_eq!(call_id.as_str(), "c-1");
                assert!(message.contains("no luck"));
            }
            EventKind::RequestFinished {
                usage,
                stop_reason: StopReason::EndTurn,
            } => {
                assert_eq!((usage.input_tokens, usage.output_tokens), (7, 3));
            }
            _ => seen -= 1,
        }
    }
    assert_eq!(seen, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_sequence_has_no_gaps_and_every_ticket_one_end_before_finish_returns() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    tickets.pool(8, |_| Agent::new());
    let log = EventLog::of(&tickets);
    let keys: Vec<_> = (0..300).map(|n| tickets.task(n)).collect();
    assert!(within(tickets.finish()).await.is_drained());
    let events = log.events();
    let sequence: Vec<_> = events.iter().map(|event| event.sequence).collect();
    assert_eq!(sequence, (1..=events.len() as u64).collect::<Vec<_>>());
    assert!(events.is_sorted_by_key(|event| event.time));
    for key in keys {
        let of_ticket = log.of_ticket(key);
        assert_eq!(name_of(&of_ticket[0]), "TicketSubmitted");
        assert_eq!(name_of(&of_ticket[1]), "TicketStarted");
        let ends: Vec<_> = of_ticket.iter().map(EventKind::is_terminal).collect();
        assert_eq!(ends.iter().filter(|end| **end).count(), 1);
        assert_eq!(
            ends.last(),
            Some(&true),
            "nothing follows the end: {of_ticket:?}"
        );
    }
    assert!(matches!(
        events.last().unwrap().kind,
        EventKind::RunFinished { .. }
    ));
}

#[tokio::test]
async fn a_slow_handler_and_one_that_panics_miss_no_end() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let slow = EventLog::default();
    let listener = slow.clone();
    tickets.on_event(|event| assert!(!event.kind.is_terminal(), "this handler is broken"));
    tickets.on_event(move |event| {
        // Busy for a while, as a handler that writes to a disk is.
        std::hint::black_box((0..20_000).map(f64::from).sum::<f64>());
        listener.push(event);
    });
    for n in 0..50 {
        tickets.task(n);
    }
    assert!(tickets.finish().await.is_drained());
    assert_eq!(
        (slow.count("TicketDone"), slow.count("RunFinished")),
        (50, 1)
    );
}

#[tokio::test]
async fn an_agents_handler_hears_of_that_agent_alone() {
    let log = EventLog::default();
    let arc: Arc<Mutex<Vec<Event>>> = Arc::default();
    let (own, shared) = (log.clone(), Arc::clone(&arc));
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let ada = Agent::new()
        .name("ada")
        .on_event(move |event| own.push(event));
    let handler = move |event: Event| shared.lock().unwrap().push(event);
    tickets.agent(ada.event_handler(Arc::new(handler)).task("hers"));
    tickets.agent(Agent::new().name("bob"));
    let all = EventLog::of(&tickets);
    let hers = tickets.task_labeled("x", "ada");
    tickets.task_labeled("x", "bob");
    tickets.task_labeled("x", "bob");
    assert!(tickets.finish().await.is_drained());
    assert!(log.events().iter().all(|event| event.agent_name == "ada"));
    assert!(
        log.events()
            .iter()
            .any(|event| event.ticket_key == Some(hers))
    );
    let expected = all
        .events()
        .iter()
        .filter(|event| event.agent_name == "ada")
        .count();
    assert_eq!(log.events().len(), expected);
    assert_eq!(arc.lock().unwrap().len(), expected);
    assert_eq!(all.count("TicketDone"), 4);
}

#[tokio::test]
async fn agents_of_one_name_are_heard_by_their_own_handlers_alone() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let log = EventLog::default();
    tickets.pool(3, |_| {
        let own = log.clone();
        Agent::new()
            .name("reader")
            .on_event(move |event| own.push(event))
    });
    for _ in 0..6 {
        tickets.task_labeled("x", "reader");
    }
    assert!(tickets.finish().await.is_drained());
    assert_eq!(log.count("TicketDone"), 6, "each is told once");
}

#[tokio::test]
async fn an_agent_that_comes_during_a_run_is_heard_from_its_first_event_on() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    tickets.start();
    let log = EventLog::default();
    let own = log.clone();
    tickets.task_labeled("x", "late");
    tickets.agent(
        Agent::new()
            .name("late")
            .on_event(move |event| own.push(event)),
    );
    assert!(tickets.finish().await.is_drained());
    assert_eq!(
        log.names().first().map(String::as_str),
        Some("TicketStarted")
    );
    assert_eq!(log.names().last().map(String::as_str), Some("TicketDone"));
}

#[tokio::test]
async fn a_handler_that_comes_late_hears_what_happens_from_then_on() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let early = EventLog::of(&tickets);
    tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    let late = EventLog::of(&tickets);
    tickets.task("y");
    assert!(tickets.finish().await.is_drained());
    let position = early.events().len() - late.events().len();
    let sequences = |log: &EventLog| log.events().iter().map(|e| e.sequence).collect::<Vec<_>>();
    assert_eq!(sequences(&early)[position..], sequences(&late));
    assert_eq!(
        (early.count("TicketDone"), late.count("TicketDone")),
        (2, 1)
    );
}

/// Says its piece in chunks.
struct Chunks;

impl Provider for Chunks {
    async fn respond(
        &self,
        _request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        let chunks: Vec<_> = (0..200).map(|n| format!("{n} ")).collect();
        for chunk in &chunks {
            deltas.text(chunk.as_str()).await;
        }
        deltas.thinking("not text").await;
        let content = vec![ContentBlock::text(chunks.concat())];
        Ok(Response::new(content, StopReason::EndTurn))
    }
}

#[tokio::test]
async fn chunks_of_text_arrive_whole_and_in_order_before_the_reply() {
    let tickets = system(Chunks);
    let log = EventLog::of(&tickets);
    tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    let text: String = log
        .kinds()
        .into_iter()
        .filter_map(|kind| match kind {
            EventKind::TextChunkReceived { text } => Some(text),
            _ => None,
        })
        .collect();
    assert_eq!(Some(text), tickets.last_result());
    let names = log.names();
    let finished = names
        .iter()
        .position(|name| name == "RequestFinished")
        .unwrap();
    let last = names
        .iter()
        .rposition(|name| name == "TextChunkReceived")
        .unwrap();
    assert!(last < finished);
    assert_eq!(log.count("TextChunkReceived"), 200);
}

#[tokio::test(start_paused = true)]
async fn a_tool_call_tells_how_long_it_took() {
    let slow = Tool::new("slow", "Waits.").handler(|_input, _context| async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        Ok(ToolResult::success("done"))
    });
    let model = ScriptedModel::replies([call("1", "slow", &json!({})), Response::text("done")]);
    let tickets = TicketSystem::in_memory();
    tickets.agent(Agent::new().provider(model).model("m").tool(slow).task("x"));
    let log = EventLog::of(&tickets);
    assert!(tickets.finish().await.is_drained());
    let took = log.kinds().into_iter().find_map(|kind| match kind {
        EventKind::ToolCallFinished { duration, .. } => Some(duration),
        _ => None,
    });
    assert_eq!(took.map(|took| took.as_millis()), Some(3_000));
}

#[tokio::test]
async fn tickets_that_a_handler_submits_are_done_before_finish_returns() {
    let tickets = system(ScriptedModel::from_fn(|_| "done"));
    let other = tickets.clone();
    tickets.on_event(move |event| {
        if let EventKind::TicketDone { key } = event.kind
            && key.number() < 10
        {
            other.task("another one");
        }
    });
    tickets.task("the first");
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.all_results().len(), 10);
}
