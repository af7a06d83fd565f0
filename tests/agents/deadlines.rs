//! How long an agent may hold a ticket.

use std::time::Duration;

use agentwerk::chat::Request;
use agentwerk::event::{FailureReason, RunOutcome};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Status, TicketSystem};
use agentwerk_tests::{EventLog, StuckModel, call, within};
use serde_json::json;

use crate::ada;

const LIMIT: Duration = Duration::from_secs(90);

#[tokio::test(start_paused = true)]
async fn a_ticket_fails_that_its_agent_holds_for_too_long() {
    let stuck = StuckModel::default();
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new().provider(stuck.clone()).model("m");
    tickets.agent(agent.deadline(LIMIT).task("x").task("y"));
    let log = EventLog::of(&tickets);
    let begun = tokio::time::Instant::now();
    assert!(tickets.finish().await.is_drained());
    assert_eq!(begun.elapsed().as_secs(), 180, "one after the other");
    for ticket in tickets.tickets() {
        assert_eq!(ticket.status(), Status::Failed);
        let failure = ticket.failure().unwrap();
        assert_eq!(failure.reason, FailureReason::DeadlineExceeded);
        assert!(failure.message.contains("90 s"), "{failure:?}");
    }
    assert_eq!((stuck.dropped(), log.count("TicketFailed")), (2, 2));
    assert_eq!(log.count("PolicyViolated"), 0);
}

/// Takes a while, turn by turn, and is done.
fn slow(turns: usize, each: Duration) -> Agent {
    let wait = Tool::new("wait", "Waits.").handler(move |_input, _context| async move {
        tokio::time::sleep(each).await;
        Ok(ToolResult::success("waited"))
    });
    let model = ScriptedModel::from_fn(move |request: &Request| {
        let turn = request.messages.len() / 2;
        if turn < turns {
            call(&turn.to_string(), "wait", &json!({}))
        } else {
            agentwerk::chat::Response::text("done")
        }
    });
    ada(&model).tool(wait)
}

#[tokio::test(start_paused = true)]
async fn the_time_of_all_turns_counts_and_each_ticket_has_its_own() {
    let step = Duration::from_secs(20);
    let tickets = TicketSystem::in_memory();
    tickets.agent(slow(4, step).deadline(LIMIT).task("x").task("y"));
    tickets.agent(
        slow(5, step)
            .name("eve")
            .label("e")
            .deadline(LIMIT)
            .task("z"),
    );
    assert!(tickets.finish().await.is_drained());
    let statuses: Vec<_> = tickets.tickets().iter().map(|one| one.status()).collect();
    assert_eq!(statuses, [Status::Done, Status::Done, Status::Failed]);
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_a_ticket_is_held_for_as_long_as_it_takes() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(slow(3, Duration::from_secs(100_000)).task("x"));
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("done"));
}

#[tokio::test(start_paused = true)]
async fn the_time_does_not_go_on_while_the_ticket_waits() {
    let tickets = TicketSystem::in_memory();
    let model = ScriptedModel::replies(["Which?", "Fine."]);
    tickets.agent(ada(&model).interactive().deadline(LIMIT));
    let key = tickets.task("x");
    tickets.start();
    let waits = |outcome| matches!(outcome, RunOutcome::Waiting(_));
    assert!(waits(tickets.finish().await));
    tokio::time::sleep(LIMIT * 10).await;
    tickets.comment(key, "That one.").unwrap();
    assert!(waits(tickets.finish().await));
    assert_eq!(tickets.get(key).unwrap().status(), Status::Waiting);
}

#[tokio::test(start_paused = true)]
async fn the_time_begins_anew_with_each_claim() {
    let stuck = StuckModel::default();
    let tickets = TicketSystem::in_memory();
    let agent = Agent::new().provider(stuck.clone()).model("m");
    tickets.agent(agent.deadline(LIMIT));
    let key = tickets.task("x");
    for _ in 0..3 {
        tickets.start();
        within(stuck.asked()).await;
        tokio::time::sleep(LIMIT * 2 / 3).await;
        within(tickets.stop()).await;
        assert_eq!(tickets.get(key).unwrap().status(), Status::Todo);
    }
}
