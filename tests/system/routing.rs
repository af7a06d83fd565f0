//! Which agent gets which ticket.

use agentwerk::event::EventKind;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, RunOutcome, Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::EventLog;

/// A system whose agents all answer with "done".
fn system() -> TicketSystem {
    let tickets = TicketSystem::in_memory();
    tickets
        .provider(ScriptedModel::from_fn(|_| "done"))
        .model("m");
    tickets
}

fn assignee(tickets: &TicketSystem, key: TicketKey) -> Option<String> {
    let ticket = tickets.get(key).unwrap();
    ticket.assignee().map(ToString::to_string)
}

#[tokio::test]
async fn a_label_of_the_ticket_must_meet_a_label_of_the_agent() {
    let tickets = system();
    tickets.agent(Agent::new().name("mathematician").labels(["math", "logic"]));
    tickets.agent(Agent::new().name("poet").label("verse"));
    let sum = tickets.task_labeled("1 + 1", "math");
    let both = tickets.ticket(Ticket::new("a proof").labels(["urgent", "logic"]));
    let poem = tickets.task_labeled("a haiku", "verse");
    let nobody = tickets.task_labeled("a cake", "baking");
    let RunOutcome::Stalled(keys) = tickets.finish().await else {
        panic!("nobody bakes")
    };
    assert_eq!(keys, [nobody]);
    assert_eq!(assignee(&tickets, sum).as_deref(), Some("mathematician"));
    assert_eq!(assignee(&tickets, both).as_deref(), Some("mathematician"));
    assert_eq!(assignee(&tickets, poem).as_deref(), Some("poet"));
    assert_eq!(assignee(&tickets, nobody), None);
}

#[tokio::test]
async fn an_agent_without_labels_takes_tickets_without_and_no_others() {
    let tickets = system();
    tickets.agent(Agent::new().name("anyone"));
    let plain = tickets.task("x");
    let labelled = tickets.task_labeled("y", "math");
    let RunOutcome::Stalled(keys) = tickets.finish().await else {
        panic!("nobody does math")
    };
    assert_eq!(keys, [labelled]);
    assert_eq!(tickets.get(plain).unwrap().status(), Status::Done);
}

#[tokio::test]
async fn an_agent_with_labels_takes_no_ticket_without() {
    let tickets = system();
    tickets.agent(Agent::new().label("math"));
    let plain = tickets.task("x");
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(keys) if keys == [plain]));
}

#[tokio::test]
async fn a_name_counts_as_a_label() {
    let tickets = system();
    tickets.agent(Agent::new().name("ada"));
    tickets.agent(Agent::new().name("bob").label("math"));
    let for_ada = tickets.task_labeled("x", "ada");
    let for_bob = tickets.task_labeled("x", "bob");
    let plain = tickets.task("x");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(assignee(&tickets, for_ada).as_deref(), Some("ada"));
    assert_eq!(assignee(&tickets, for_bob).as_deref(), Some("bob"));
    assert_eq!(assignee(&tickets, plain).as_deref(), Some("ada"));
}

#[tokio::test]
async fn agents_without_a_name_are_counted_and_the_count_is_no_label() {
    let tickets = system();
    tickets.agent(Agent::new().label("a"));
    tickets.agent(Agent::new().label("b"));
    let first = tickets.task_labeled("x", "a");
    let second = tickets.task_labeled("x", "b");
    let by_count = tickets.task_labeled("x", "agent-1");
    assert!(matches!(tickets.finish().await, RunOutcome::Stalled(keys) if keys == [by_count]));
    assert_eq!(assignee(&tickets, first).as_deref(), Some("agent-1"));
    assert_eq!(assignee(&tickets, second).as_deref(), Some("agent-2"));

    let other = system();
    other.agent(Agent::new().task("x"));
    assert!(other.finish().await.is_drained());
    let count = other.tickets()[0].assignee().map(ToString::to_string);
    assert_eq!(
        count.as_deref(),
        Some("agent-1"),
        "each system counts for itself"
    );
}

#[tokio::test]
async fn a_task_that_is_given_through_an_agent_carries_its_labels() {
    let tickets = system();
    tickets.agent(Agent::new().name("idle"));
    tickets.agent(
        Agent::new()
            .name("ada")
            .labels(["math", "logic"])
            .task("x")
            .task("y"),
    );
    assert!(tickets.finish().await.is_drained());
    for ticket in tickets.tickets() {
        assert_eq!(ticket.labels(), ["math", "logic"]);
        assert_eq!(
            ticket.assignee().map(ToString::to_string).as_deref(),
            Some("ada")
        );
    }
    assert_eq!(tickets.tickets().len(), 2);
}

#[tokio::test]
async fn the_oldest_ticket_is_first_across_labels() {
    let tickets = system();
    tickets.agent(Agent::new().labels(["a", "b"]));
    let log = EventLog::of(&tickets);
    let keys: Vec<_> = (0..20)
        .map(|n| tickets.task_labeled(n, if n % 3 == 0 { "a" } else { "b" }))
        .collect();
    assert!(tickets.finish().await.is_drained());
    let started: Vec<_> = log
        .kinds()
        .into_iter()
        .filter_map(|kind| match kind {
            EventKind::TicketStarted { key } => Some(key),
            _ => None,
        })
        .collect();
    assert_eq!(started, keys);
}

#[tokio::test]
async fn a_claim_records_the_assignee_and_leaves_the_labels_as_they_are() {
    let tickets = system();
    tickets.agent(Agent::new().name("ada").label("math"));
    let key = tickets.ticket(Ticket::new("x").labels(["math", "urgent", "math"]));
    assert_eq!(assignee(&tickets, key), None);
    assert!(tickets.finish().await.is_drained());
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.labels(), ["math", "urgent"]);
    assert!(ticket.has_label("urgent") && !ticket.has_label("ada"));
    assert_eq!(assignee(&tickets, key).as_deref(), Some("ada"));
}

#[tokio::test]
async fn two_agents_of_one_name_share_the_work_and_never_a_ticket() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.provider(model.clone()).model("m");
    tickets.pool(4, |_| Agent::new().name("twin"));
    for n in 0..40 {
        tickets.task_labeled(n, "twin");
    }
    let log = EventLog::of(&tickets);
    assert!(tickets.finish().await.is_drained());
    assert_eq!(model.requests().len(), 40);
    assert_eq!(
        (log.count("TicketStarted"), log.count("TicketDone")),
        (40, 40)
    );
}

#[tokio::test]
async fn a_ticket_names_the_one_that_led_to_it() {
    let tickets = system();
    tickets.agent(Agent::new());
    let first = tickets.task("x");
    let second = tickets.ticket(Ticket::new("y").parent(first));
    assert!(tickets.finish().await.is_drained());
    assert_eq!(tickets.get(second).unwrap().parent_key(), Some(first));
    assert_eq!(tickets.get(first).unwrap().parent_key(), None);
    assert!(tickets.get(first).unwrap().reporter().is_empty());
}

#[tokio::test]
async fn keys_count_up_from_one() {
    let tickets = system();
    let keys: Vec<_> = (0..3).map(|n| tickets.task(n).to_string()).collect();
    assert_eq!(keys, ["TICKET-1", "TICKET-2", "TICKET-3"]);
    assert!(
        tickets
            .get("TICKET-4".parse::<TicketKey>().unwrap())
            .is_none()
    );
}

#[tokio::test]
async fn a_pool_is_built_by_position() {
    let tickets = system();
    tickets.pool(3, |n| Agent::new().name(format!("worker_{n}")));
    let keys: Vec<_> = (0..3)
        .map(|n| tickets.task_labeled(n, format!("worker_{n}")))
        .collect();
    assert!(tickets.finish().await.is_drained());
    for (n, key) in keys.into_iter().enumerate() {
        assert_eq!(assignee(&tickets, key), Some(format!("worker_{n}")));
    }
}
