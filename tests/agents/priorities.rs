//! Which of the open tickets comes first.

use agentwerk::event::EventKind;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Ticket, TicketKey, TicketSystem};
use agentwerk_tests::{EventLog, within};
use tempfile::TempDir;

use crate::{ada, with_ada};

/// The tickets in the order in which they were begun.
fn begun(log: &EventLog) -> Vec<TicketKey> {
    let kinds = log.kinds().into_iter();
    kinds
        .filter_map(|kind| match kind {
            EventKind::TicketStarted { key } => Some(key),
            _ => None,
        })
        .collect()
}

/// Submits a ticket for each priority, and gives the order in which they have to be begun.
fn submit(tickets: &TicketSystem, priorities: &[i32]) -> Vec<TicketKey> {
    let submitted = priorities.iter().enumerate().map(|(number, priority)| {
        let ticket = Ticket::new(number).priority(*priority);
        let ticket = match number % 3 {
            0 => ticket,
            1 => ticket.label("ada"),
            _ => ticket.labels(["ada", "other"]),
        };
        (-i64::from(*priority), tickets.ticket(ticket))
    });
    let mut order: Vec<_> = submitted.collect();
    order.sort_unstable();
    order.into_iter().map(|(_, key)| key).collect()
}

const PRIORITIES: [i32; 12] = [0, 5, -3, 5, i32::MAX, 0, i32::MIN, 7, 0, -3, 5, 1];

#[tokio::test]
async fn a_higher_priority_comes_first_and_then_the_older_ticket() {
    let tickets = with_ada(&ScriptedModel::from_fn(|_| "done"));
    let log = EventLog::of(&tickets);
    let order = submit(&tickets, &PRIORITIES);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(begun(&log), order);
    let priorities = tickets.tickets();
    let priorities: Vec<_> = priorities.iter().map(|ticket| ticket.priority()).collect();
    assert_eq!(priorities, PRIORITIES);
}

#[tokio::test]
async fn without_priorities_the_oldest_comes_first() {
    let tickets = with_ada(&ScriptedModel::from_fn(|_| "done"));
    let log = EventLog::of(&tickets);
    let order = submit(&tickets, &[0; 9]);
    assert!(order.is_sorted());
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(begun(&log), order);
}

#[tokio::test]
async fn priorities_are_in_the_journal() {
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    let order = submit(&tickets, &PRIORITIES);
    within(tickets.close()).await;

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let priorities = tickets.tickets();
    let priorities: Vec<_> = priorities.iter().map(|ticket| ticket.priority()).collect();
    assert_eq!(priorities, PRIORITIES);
    tickets.agent(ada(&ScriptedModel::from_fn(|_| "done")));
    let log = EventLog::of(&tickets);
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(begun(&log), order);
}

#[tokio::test]
async fn a_ticket_that_is_given_back_keeps_its_place() {
    let stuck = agentwerk_tests::StuckModel::default();
    let tickets = TicketSystem::in_memory();
    let agent = agentwerk::Agent::new().name("ada").model("m");
    tickets.agent(agent.provider(stuck.clone()));
    let low = tickets.ticket(Ticket::new("low").priority(-1));
    let high = tickets.ticket(Ticket::new("high").priority(1));
    let log = EventLog::of(&tickets);
    tickets.start();
    within(stuck.asked()).await;
    within(tickets.stop()).await;
    tickets.start();
    within(stuck.asked()).await;
    within(tickets.stop()).await;
    assert_eq!(begun(&log), [high, high]);
    assert!(tickets.get(low).unwrap().started_at().is_none());
}
