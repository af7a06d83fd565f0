//! Who gets which ticket, where the rules meet.

use std::sync::Arc;

use agentwerk::chat::{Request, Response};
use agentwerk::event::RunOutcome;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::{StuckModel, call, within};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::{ada, parrot};

fn assignee(tickets: &TicketSystem, key: &TicketKey) -> Option<String> {
    let ticket = tickets.get(key).unwrap();
    ticket.assignee().map(ToString::to_string)
}

/// Every kind of agent with every kind of ticket: who serves what.
#[tokio::test]
async fn each_agent_takes_the_tickets_that_it_serves_and_no_others() {
    let agents: [(&str, &[&str]); 4] = [
        ("", &[]),
        ("ada", &[]),
        ("", &["math", "logic"]),
        ("ada", &["math"]),
    ];
    let labels: [&[&str]; 6] = [
        &[],
        &["ada"],
        &["math"],
        &["logic", "prose"],
        &["prose"],
        &["prose", "ada"],
    ];
    let served = [
        [true, false, false, false, false, false],
        [true, true, false, false, false, true],
        [false, false, true, true, false, false],
        [false, true, true, false, false, true],
    ];
    for ((name, serves), expected) in agents.into_iter().zip(served) {
        let tickets = TicketSystem::in_memory();
        let mut agent = Agent::new().labels(serves.iter().copied());
        if !name.is_empty() {
            agent = agent.name(name);
        }
        tickets.agent(agent.provider(parrot()).model("m"));
        let keys =
            labels.map(|labels| tickets.ticket(Ticket::new("x").labels(labels.iter().copied())));
        within(tickets.finish()).await;
        let done = keys.map(|key| tickets.get(key).unwrap().status() == Status::Done);
        assert_eq!(done, expected, "`{name}` {serves:?}");
    }
}

#[tokio::test]
async fn labels_are_compared_letter_by_letter() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&parrot()).label("math"));
    let keys = ["Math", "math ", "mat", "Ada"].map(|label| tickets.task_labeled("x", label));
    let outcome = within(tickets.finish()).await;
    assert!(matches!(outcome, RunOutcome::Stalled(stalled) if stalled == keys));
}

#[tokio::test]
async fn agents_without_a_name_are_counted_and_no_others() {
    let tickets = TicketSystem::in_memory();
    tickets.provider(parrot()).model("m");
    tickets.pool(2, |n| Agent::new().label(format!("pool {n}")));
    tickets.agent(Agent::new().name("ada").label("named"));
    tickets.agent(Agent::new().label("last"));
    let keys = ["pool 0", "pool 1", "named", "last"].map(|label| tickets.task_labeled("x", label));
    assert!(within(tickets.finish()).await.is_drained());
    let names = keys.map(|key| assignee(&tickets, &key).unwrap());
    assert_eq!(names, ["agent-1", "agent-2", "ada", "agent-3"]);
}

#[tokio::test]
async fn a_name_like_a_count_is_a_label_when_it_was_given() {
    let tickets = TicketSystem::in_memory();
    tickets.provider(parrot()).model("m");
    tickets.agent(Agent::new().name("agent-1"));
    let key = tickets.task_labeled("x", "agent-1");
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(
        assignee(&tickets, &key).as_deref(),
        Some("agent-1"),
        "not the count"
    );
}

#[tokio::test]
async fn while_an_agent_works_nobody_else_has_its_ticket() {
    let stuck = StuckModel::default();
    let tickets = TicketSystem::in_memory();
    tickets.provider(stuck.clone()).model("m");
    tickets.pool(4, |_| Agent::new().name("twin"));
    let key = tickets.task_labeled("x", "twin");
    tickets.start();
    within(stuck.asked()).await;
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.status(), Status::InProgress);
    assert_eq!(
        (ticket.labels(), ticket.tally().claims),
        (&["twin".to_owned()][..], 1)
    );
    assert_eq!(assignee(&tickets, &key).as_deref(), Some("twin"));
    within(tickets.stop()).await;
    assert_eq!(stuck.dropped(), 1);
    assert_eq!(assignee(&tickets, &key), None);
    assert_eq!(tickets.get(key).unwrap().labels(), ["twin"]);
}

#[tokio::test]
async fn tickets_and_agents_that_a_run_did_not_begin_with_are_its_own() {
    let (called, open) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let (tell, wait) = (Arc::clone(&called), Arc::clone(&open));
    let gate = Tool::new("gate", "Waits.").handler(move |_input, _context| {
        let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
        async move {
            tell.add_permits(1);
            wait.acquire().await?.forget();
            Ok(ToolResult::success("open"))
        }
    });
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "gate", &json!({})),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(ada(&model).tool(gate).task("Begin."));
    tickets.start();
    within(called.acquire()).await.unwrap().forget();
    // Nobody serves it yet, and the run is live.
    let late = tickets.submit(Ticket::new("late").label("late").returns::<String>());
    tickets.agent(ada(&parrot()).name("late"));
    assert_eq!(within(late).await.unwrap(), "late");
    open.add_permits(1);
    assert!(within(tickets.finish()).await.is_drained());
}
