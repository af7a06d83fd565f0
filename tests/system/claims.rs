//! Tickets and agents that come during a run, and tickets that tools submit.

use std::sync::Arc;

use agentwerk::chat::Response;
use agentwerk::event::EventKind;
use agentwerk::store::Waiters;
use agentwerk::testing::ScriptedModel;
use agentwerk::ticket::Routing;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, StuckModel, call, within};
use serde_json::json;
use tokio::sync::Semaphore;

/// A tool that submits a ticket with a label.
fn submit_tool() -> Tool {
    Tool::new("submit", "Submits a ticket.")
        .schema(json!({
            "type": "object",
            "properties": { "label": { "type": "string" } },
            "required": ["label"]
        }))
        .handler(|input, context| async move {
            let own = context.ticket().ok_or("no ticket")?.key;
            let label = input["label"].as_str().unwrap_or_default();
            let ticket = Ticket::new("further work").label(label).parent(own);
            let key = context.desk().ok_or("no desk")?.submit(ticket).await;
            Ok(ToolResult::success(
                key.map_err(|error| error.to_string())?.to_string(),
            ))
        })
}

#[tokio::test]
async fn a_ticket_that_a_tool_submits_is_worked_on_in_the_same_run() {
    let planner = ScriptedModel::replies([
        call("1", "submit", &json!({ "label": "worker" })),
        Response::text("planned"),
    ]);
    let tickets = TicketSystem::in_memory();
    tickets.model("m");
    tickets.agent(
        Agent::new()
            .name("planner")
            .provider(planner.clone())
            .tool(submit_tool()),
    );
    let worker = Agent::new().name("worker").label("work");
    tickets.agent(worker.provider(ScriptedModel::from_fn(|_| "worked")));
    let parent = tickets.task_labeled("plan", "planner");
    assert!(tickets.finish().await.is_drained());

    let all = tickets.tickets();
    assert_eq!(all.len(), 2);
    let child = &all[1];
    assert_eq!(child.status(), Status::Done);
    assert_eq!(child.reporter().as_str(), "planner");
    assert_eq!(child.parent_key(), Some(parent));
    assert_eq!(child.result_string().as_deref(), Some("worked"));
    let told = planner.requests()[1].messages.last().cloned().unwrap();
    assert_eq!(
        agentwerk_tests::results(&told)[0].content,
        child.key().to_string()
    );
}

#[tokio::test]
async fn a_tool_reads_tickets_and_knows_its_own() {
    let read = Tool::new("read", "Reads.").handler(|_input, context| async move {
        let own = context.ticket().ok_or("no ticket")?.clone();
        let first = context.desk().ok_or("no desk")?.read(&"TICKET-1".parse()?);
        let first = first.ok_or("no first ticket")?;
        let agent = context.agent().to_string();
        let labels = own.labels.to_vec();
        Ok(ToolResult::success(json!([
            own.key,
            agent,
            labels,
            own.task,
            first.result_string()
        ])))
    });
    let model = ScriptedModel::from_fn(|request| match request.last_text() {
        text if text.ends_with("first") => Response::text("one"),
        text if text.ends_with("second") => call("c", "read", &json!({})),
        _ => Response::text(
            agentwerk_tests::results(request.messages.last().unwrap())[0]
                .content
                .clone(),
        ),
    });
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .name("ada")
            .provider(model)
            .model("m")
            .tool(read),
    );
    tickets.task_labeled("first", "ada");
    tickets.task_labeled("second", "ada");
    assert!(tickets.finish().await.is_drained());
    let expected = json!(["TICKET-2", "ada", ["ada"], "second", "one"]).to_string();
    assert_eq!(tickets.last_result(), Some(expected));
}

#[tokio::test]
async fn tickets_and_agents_that_come_during_a_run_are_served_at_once() {
    let tickets = TicketSystem::in_memory();
    tickets
        .provider(ScriptedModel::from_fn(|_| "done"))
        .model("m");
    tickets.agent(Agent::new().name("early"));
    let mut events = tickets.events();
    tickets.start();
    for round in 0..3 {
        let late = tickets.task_labeled("x", format!("late-{round}"));
        let key = tickets.task("x");
        tickets.agent(Agent::new().name(format!("late-{round}")));
        let mut open = vec![late, key];
        while !open.is_empty() {
            if let EventKind::TicketDone { key } = within(events.next()).await.unwrap().kind {
                open.retain(|each| *each != key);
            }
        }
    }
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.all_results().len(), 6);
}

#[tokio::test]
async fn an_agent_that_comes_while_another_is_stuck_takes_the_rest() {
    let stuck = StuckModel::default();
    let tickets = TicketSystem::in_memory();
    tickets.model("m");
    tickets.agent(Agent::new().name("stuck").provider(stuck.clone()));
    tickets.task("a");
    tickets.start();
    within(stuck.asked()).await;
    let second = tickets.submit(Ticket::new("b").returns::<String>());
    tickets.agent(
        Agent::new()
            .name("free")
            .provider(ScriptedModel::replies(["done"])),
    );
    assert_eq!(within(second).await.unwrap(), "done");
    within(tickets.stop()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_claimed_by_one_agent_however_many_race_for_it() {
    let permits = Arc::new(Semaphore::new(0));
    let gate = Arc::clone(&permits);
    let hold = Tool::new("hold", "Waits.").handler(move |_input, _context| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await?.forget();
            Ok(ToolResult::success("go"))
        }
    });
    let model = ScriptedModel::from_fn(|request| match request.messages.len() {
        1 => call("1", "hold", &json!({})),
        _ => Response::text("done"),
    });
    let tickets = TicketSystem::in_memory();
    tickets.provider(model).model("m");
    tickets.pool(16, |_| Agent::new().tool(hold.clone()));
    let log = EventLog::of(&tickets);
    tickets.start();
    let submitting: Vec<_> = (0..8)
        .map(|_| {
            let tickets = tickets.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    tickets.task(n);
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    permits.add_permits(200);
    for each in submitting {
        each.await.unwrap();
    }
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(
        (log.count("TicketStarted"), log.count("TicketDone")),
        (200, 200)
    );
    assert_eq!(log.count("TicketReleased"), 0);
}

#[tokio::test]
async fn an_offer_that_came_to_nothing_does_not_hide_the_ticket_when_it_is_given_back() {
    let waiters = Waiters::new();
    let anyone = Routing::new([] as [&str; 0], None);
    let key = TicketKey::from_number(1);
    let labels: Arc<[String]> = Arc::from([]);
    let mut watch = waiters.watch(&anyone);
    waiters.offer(key, &labels);
    within(watch.offered()).await;
    // Another agent was faster, and gives the ticket back before this one waits again.
    waiters.offer(key, &labels);
    within(watch.offered()).await;
    let mut next = waiters.watch(&anyone);
    drop(watch);
    within(next.offered()).await;
}
