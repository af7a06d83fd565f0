//! Many tickets, many agents.

use std::collections::HashMap;

use agentwerk::chat::{Request, Response};
use agentwerk::event::EventKind;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, call, echo, within};
use serde_json::json;

const TICKETS: usize = 10_000;
const AGENTS: usize = 256;

/// Each ticket was claimed once, ended once, and nothing else happened to it.
fn check(tickets: &TicketSystem, log: &EventLog) {
    let mut claims: HashMap<TicketKey, usize> = HashMap::new();
    let mut ends: HashMap<TicketKey, usize> = HashMap::new();
    for kind in log.kinds() {
        match kind {
            EventKind::TicketStarted { key } => *claims.entry(key).or_default() += 1,
            EventKind::TicketDone { key } => *ends.entry(key).or_default() += 1,
            EventKind::TicketReleased { .. } | EventKind::TicketFailed { .. } => {
                panic!("{kind:?}")
            }
            _ => {}
        }
    }
    let all = tickets.tickets();
    assert_eq!(all.len(), TICKETS);
    for ticket in &all {
        assert_eq!(ticket.status(), Status::Done);
        assert_eq!(claims.get(&ticket.key()), Some(&1));
        assert_eq!(ends.get(&ticket.key()), Some(&1));
    }
    assert_eq!((claims.len(), ends.len()), (TICKETS, TICKETS));
    let stats = tickets.stats();
    assert_eq!(
        (stats.claims(), stats.tickets_done()),
        (TICKETS as u64, TICKETS as u64)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tickets_are_each_done_once() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("m");
    tickets.pool(AGENTS, |_| Agent::new().context(" "));
    let log = EventLog::of(&tickets);
    for n in 0..TICKETS {
        tickets.task(n);
    }
    assert!(within(tickets.finish()).await.is_drained());
    check(&tickets, &log);
    let mut asked: Vec<_> = model.requests().iter().map(Request::last_text).collect();
    asked.sort();
    asked.dedup();
    assert_eq!((asked.len(), model.requests().len()), (TICKETS, TICKETS));
    assert_eq!(tickets.all_results().len(), TICKETS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_tickets_with_labels_and_tool_calls_are_each_done_once() {
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "echo", &json!({ "text": request.last_text() })),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    tickets.provider(model).model("m");
    tickets.pool(AGENTS, |n| {
        Agent::new().label(format!("label-{}", n % 16)).tool(echo())
    });
    let log = EventLog::of(&tickets);
    tickets.start();
    for n in 0..TICKETS {
        tickets.ticket(Ticket::new(n).labels([format!("label-{}", n % 16), "any".to_owned()]));
        if n % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    assert!(within(tickets.finish()).await.is_drained());
    check(&tickets, &log);
    let stats = tickets.stats();
    assert_eq!(
        (stats.tool_calls(), stats.turns()),
        (TICKETS as u64, 2 * TICKETS as u64)
    );
    assert_eq!(stats.stats_for_label("any").tickets_done(), TICKETS as u64);
    assert_eq!(
        stats.stats_for_label("label-3").tickets_done(),
        TICKETS as u64 / 16
    );
    assert_eq!(log.count("ToolCallFinished"), TICKETS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_ten_thousand_idle_agents_the_one_that_serves_a_ticket_is_asked() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("m");
    tickets.pool(10_000, |n| Agent::new().label(format!("label-{n}")));
    tickets.start();
    let pending = tickets.submit(Ticket::new("x").label("label-7777").returns::<String>());
    let log = EventLog::of(&tickets);
    assert_eq!(within(&pending).await.unwrap(), "done");
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(model.requests().len(), 1);
    assert_eq!(log.count("TicketStarted"), 1);
    let assignee = tickets
        .get(pending.key())
        .unwrap()
        .assignee()
        .cloned()
        .unwrap();
    assert_eq!(assignee.as_str(), "agent-7778");
}

#[tokio::test]
async fn a_ticket_wakes_one_of_many_agents_that_would_serve_it() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("m");
    tickets.pool(10_000, |_| Agent::new());
    let log = EventLog::of(&tickets);
    tickets.start();
    for n in 0..20 {
        let result: String = within(tickets.submit(Ticket::new(n).returns()))
            .await
            .unwrap();
        assert_eq!(result, "done");
    }
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(
        (log.count("TicketStarted"), model.requests().len()),
        (20, 20)
    );
}
