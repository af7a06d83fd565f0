//! What is read of a system afterwards, and keys.

use agentwerk::event::RunOutcome;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Status, Ticket, TicketKey, TicketSystem};
use agentwerk_tests::within;
use serde_json::json;
use tempfile::TempDir;

use crate::{ada, parrot, with_ada};

#[tokio::test]
async fn the_last_result_is_that_of_the_ticket_that_was_done_last() {
    let tickets = with_ada(&parrot());
    assert_eq!(tickets.last_result(), None);
    let old = tickets.task_labeled("old", "later");
    tickets.task("new");
    within(tickets.finish()).await;
    assert_eq!(tickets.last_result().as_deref(), Some("new"));
    tickets.answer(old, "old").await.unwrap();
    assert_eq!(
        tickets.last_result().as_deref(),
        Some("old"),
        "by its end, not by its key"
    );
    assert_eq!(tickets.all_results(), ["new", "old"]);
}

#[tokio::test]
async fn results_are_text_as_it_is_and_anything_else_as_json() {
    let tickets = TicketSystem::in_memory();
    let answers = [
        json!("a \"text\""),
        json!({ "b": [1, 2], "a": null }),
        json!(7),
    ];
    for answer in answers {
        let key = tickets.task("x");
        tickets.answer(key, answer).await.unwrap();
    }
    let expected = ["a \"text\"", r#"{"b":[1,2],"a":null}"#, "7"];
    assert_eq!(tickets.all_results(), expected);
    assert_eq!(tickets.last_result().as_deref(), Some("7"));
}

#[tokio::test]
async fn tickets_that_failed_or_were_cancelled_have_no_result() {
    let tickets = TicketSystem::in_memory();
    let failed = tickets.task("x");
    let cancelled = tickets.task("y");
    tickets.fail(failed, "so").await.unwrap();
    tickets.cancel_ticket(cancelled).await.unwrap();
    assert_eq!(tickets.last_result(), None);
    assert!(tickets.all_results().is_empty());
}

#[tokio::test]
async fn tickets_are_listed_in_the_order_of_submission_with_what_is_known_of_them() {
    let tickets = with_ada(&parrot());
    let parent = tickets.ticket(Ticket::new("low").priority(-1));
    let child = tickets.ticket(Ticket::new("high").label("ada").priority(1).parent(parent));
    let open = tickets.task_labeled("open", "nobody");
    let outcome = within(tickets.finish()).await;
    assert!(matches!(outcome, RunOutcome::Stalled(keys) if keys == [open]));
    let all = tickets.tickets();
    let lines: Vec<_> = all
        .iter()
        .map(|one| format!("{}: {}", one.key(), one.status()))
        .collect();
    assert_eq!(
        lines,
        ["TICKET-1: done", "TICKET-2: done", "TICKET-3: todo"]
    );
    assert_eq!(all[1].key(), child);
    assert_eq!(all[1].result_string().as_deref(), Some("high"));
    assert_eq!(all[1].parent_key(), Some(parent));
    assert_eq!(all[1].labels(), ["ada"]);
    assert!(all[0].finished_at() >= all[1].finished_at());
}

#[test]
fn a_cancel_that_was_requested_is_known() {
    let tickets = TicketSystem::in_memory();
    assert!(!tickets.is_cancelled());
    tickets.cancel();
    assert!(tickets.is_cancelled());
}

#[tokio::test]
async fn a_key_is_never_used_again_whatever_became_of_its_ticket() {
    let dir = TempDir::new().unwrap();
    let mut given = Vec::new();
    for life in 0..4 {
        let tickets = if life == 0 {
            let tickets = TicketSystem::new();
            tickets.dir(dir.path());
            tickets
        } else {
            TicketSystem::load(dir.path()).unwrap()
        };
        tickets.agent(ada(&ScriptedModel::from_fn(|_| "done")));
        let keys = [(); 3].map(|()| tickets.task_labeled("x", "nobody"));
        given.extend(keys);
        given.push(tickets.task("done"));
        tickets.cancel_ticket(keys[1]).await.unwrap();
        tickets.fail(keys[2], "so").await.unwrap();
        within(tickets.finish()).await;
        within(tickets.close()).await;
    }
    let expected: Vec<_> = (1..=16).map(TicketKey::from_number).collect();
    assert_eq!(given, expected);
    assert_eq!(given[0].to_string(), "TICKET-1");

    // A new session in the directory goes on as well.
    let tickets = TicketSystem::new();
    tickets.dir(dir.path());
    assert_eq!(tickets.task("x").to_string(), "TICKET-17");
    assert_eq!(tickets.tickets()[0].status(), Status::Todo);
}
