//! Deadlines of tickets.

use std::time::Duration;

use agentwerk::chat::Request;
use agentwerk::event::{EventKind, FailureReason};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Status, Ticket, TicketError, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, StuckModel, system, within};
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);

fn reason(tickets: &TicketSystem, key: TicketKey) -> Option<FailureReason> {
    let ticket = tickets.get(key).unwrap();
    ticket.failure().map(|failure| failure.reason)
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_is_not_done_by_its_deadline_fails_and_its_request_is_dropped() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    let log = EventLog::of(&tickets);
    let started = Instant::now();
    let pending = tickets.submit(Ticket::new("x").deadline(MINUTE));
    let key = *pending.key();
    let error = pending.await.unwrap_err();
    assert_eq!(started.elapsed(), MINUTE);
    let TicketError::Failed { failure, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(failure.reason, FailureReason::DeadlineExceeded);
    assert!(tickets.finish().await.is_drained(), "the run went on");
    assert_eq!(stuck.dropped(), 1);
    assert_eq!(tickets.get(key).unwrap().status(), Status::Failed);
    let ends = log.of_ticket(key).into_iter();
    assert_eq!(ends.filter(EventKind::is_terminal).count(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_agent_of_a_failed_ticket_goes_on_with_the_next() {
    let model = ScriptedModel::from_fn(|request: &Request| request.last_text());
    let stuck = StuckModel::default();
    let tickets = TicketSystem::in_memory_at(agentwerk::Clock::starting_at(
        agentwerk::Timestamp::from_millis(0),
    ));
    tickets.agent(
        Agent::new()
            .label("slow")
            .provider(stuck.clone())
            .model("m"),
    );
    let first = tickets.ticket(Ticket::new("one").label("slow").deadline(MINUTE));
    let second = tickets.ticket(Ticket::new("two").label("slow").deadline(2 * MINUTE));
    let other = tickets.ticket(Ticket::new("three").deadline(MINUTE));
    tickets.agent(Agent::new().provider(model).model("m").context(" "));
    let started = Instant::now();
    assert!(tickets.finish().await.is_drained());
    assert_eq!(started.elapsed(), 2 * MINUTE);
    let exceeded = Some(FailureReason::DeadlineExceeded);
    assert_eq!(reason(&tickets, first), exceeded);
    assert_eq!(reason(&tickets, second), exceeded);
    assert_eq!(
        tickets.get(other).unwrap().result_string().as_deref(),
        Some("three")
    );
    assert_eq!(stuck.dropped(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_holds_for_a_ticket_that_nobody_has_begun_or_that_waits() {
    let model = ScriptedModel::replies(["What is your name?"]);
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    tickets.agent(
        Agent::new()
            .label("talk")
            .provider(model)
            .model("m")
            .interactive(),
    );
    // Served by nobody, waiting for a comment, and one that keeps the run alive.
    let unserved = tickets.ticket(Ticket::new("x").label("nobody").deadline(MINUTE));
    let waiting = tickets.ticket(Ticket::new("x").label("talk").deadline(2 * MINUTE));
    tickets.ticket(Ticket::new("x").deadline(3 * MINUTE));
    assert!(tickets.finish().await.is_drained());
    let exceeded = Some(FailureReason::DeadlineExceeded);
    assert_eq!(reason(&tickets, unserved), exceeded);
    assert_eq!(reason(&tickets, waiting), exceeded);
    let ticket = tickets.get(unserved).unwrap();
    assert_eq!(
        (ticket.started_at(), ticket.finished_at()),
        (None, ticket.due_at())
    );
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_is_over_when_a_run_begins_fails_the_ticket_then() {
    let model = ScriptedModel::replies(["done"]);
    let tickets = system(model.clone());
    let late = tickets.ticket(Ticket::new("late").deadline(MINUTE));
    let in_time = tickets.ticket(Ticket::new("in time").deadline(3 * MINUTE));
    tokio::time::advance(2 * MINUTE).await;
    assert!(tickets.finish().await.is_drained());
    assert_eq!(
        reason(&tickets, late),
        Some(FailureReason::DeadlineExceeded)
    );
    assert_eq!(tickets.get(in_time).unwrap().status(), Status::Done);
    assert_eq!(model.requests().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_earlier_deadline_that_comes_later_is_kept() {
    let stuck = StuckModel::default();
    let tickets = system(stuck.clone());
    let first = tickets.submit(Ticket::new("x").deadline(10 * MINUTE));
    tickets.start();
    tokio::time::sleep(MINUTE).await;
    let started = Instant::now();
    let second = tickets.submit(Ticket::new("x").deadline(MINUTE));
    assert!(second.await.is_err());
    assert_eq!(started.elapsed(), MINUTE);
    assert!(first.await.is_err());
    assert_eq!(started.elapsed(), 9 * MINUTE);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_is_done_in_time_stays_done() {
    let tickets = system(ScriptedModel::replies(["done", "done"]));
    let key = tickets.ticket(Ticket::new("x").deadline(MINUTE));
    tickets.finish().await;
    tokio::time::advance(2 * MINUTE).await;
    tickets.task("another");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.get(key).unwrap().status(), Status::Done);
}

#[tokio::test]
async fn of_many_overdue_tickets_of_a_session_none_is_worked_on() {
    let dir = tempfile::tempdir().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    for number in 0..20 {
        tickets.ticket(Ticket::new(number).deadline(Duration::ZERO));
    }
    tickets.close().await;
    drop(tickets);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let model = ScriptedModel::from_fn(|_| "too late");
    tickets.agent(Agent::new().provider(model.clone()).model("scripted"));
    assert!(within(tickets.finish()).await.is_drained());
    let all = tickets.tickets();
    assert!(all.iter().all(|ticket| ticket.status() == Status::Failed));
    assert!(model.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_reaches_a_deadline_that_the_time_of_day_does_not() {
    let tickets = TicketSystem::in_memory();
    tickets.agent(Agent::new().provider(StuckModel::default()).model("m"));
    let started = Instant::now();
    let key = tickets.ticket(Ticket::new("x").deadline(60 * MINUTE));
    assert!(tickets.finish().await.is_drained());
    assert_eq!(reason(&tickets, key), Some(FailureReason::DeadlineExceeded));
    assert!(started.elapsed() <= 60 * MINUTE);
    let ticket = tickets.get(key).unwrap();
    let failure = ticket.failure().unwrap();
    assert!(
        failure.message.contains("3600 s after its submission"),
        "{failure}"
    );
}
