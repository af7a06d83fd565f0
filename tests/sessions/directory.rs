//! Where a session is, and who may use it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use agentwerk::store::Durability;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, RunError, RunOutcome, Ticket, TicketError, TicketSystem};
use agentwerk_tests::within;
use tempfile::TempDir;

use crate::{begin, load};

#[tokio::test]
async fn the_directory_is_made_with_the_first_ticket() {
    let dir = TempDir::new().unwrap();
    let session = dir.path().join("session");
    let tickets = begin(&session, ScriptedModel::replies(["Hi."]));
    assert!(tickets.tickets().is_empty());
    assert_eq!(tickets.last_result(), None);
    tickets.start();
    assert!(within(tickets.finish()).await.is_drained());
    assert!(!session.exists());

    tickets.task("Greet me.");
    assert!(session.join("lock").exists());
    assert!(within(tickets.finish()).await.is_drained());
    let results = fs::read_to_string(session.join("results.jsonl")).unwrap();
    let expected = r#"{"ticket":"TICKET-1","agent":"agent-1","result":"Hi."}"#;
    assert_eq!(results, format!("{expected}\n"));
}

#[tokio::test]
async fn an_agent_that_waits_already_is_woken_by_the_first_ticket() {
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::replies(["Hi."]));
    tickets.start();
    tokio::task::yield_now().await;
    let greeting = tickets.submit(Ticket::new("Greet me.").returns::<String>());
    assert_eq!(within(greeting).await.unwrap(), "Hi.");
}

#[tokio::test]
async fn without_durability_there_are_no_files() {
    let dir = TempDir::new().unwrap();
    let session = dir.path().join("session");
    let tickets = begin(&session, ScriptedModel::replies(["Hi."]));
    tickets.durability(Durability::Memory);
    tickets.task("Greet me.");
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(tickets.last_result().as_deref(), Some("Hi."));
    assert!(!session.exists());
}

/// Runs in a process of its own, in an empty directory; see the next test.
#[tokio::test]
#[ignore = "the test after this one runs it"]
async fn in_an_empty_directory() {
    let work = Agent::new()
        .provider(ScriptedModel::replies(["one"]))
        .model("m")
        .task("x")
        .finish();
    within(work).await;
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(ScriptedModel::replies(["two"]))
            .model("m"),
    );
    tickets.task("x");
    within(tickets.finish()).await;
    let is_there = || Path::new(".agentwerk").exists();
    assert!(!is_there());

    let tickets = TicketSystem::new();
    assert!(!is_there());
    tickets.task("x");
    assert!(is_there());
}

#[test]
fn a_new_system_uses_the_working_directory_and_one_in_memory_does_not() {
    let dir = TempDir::new().unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "directory::in_an_empty_directory"])
        .current_dir(dir.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
    assert!(dir.path().join(".agentwerk/journal/000001.jsonl").exists());
}

#[tokio::test]
async fn an_agent_with_a_directory_keeps_its_session_there() {
    let dir = TempDir::new().unwrap();
    let work = Agent::new()
        .dir(dir.path())
        .provider(ScriptedModel::replies(["Hi."]))
        .model("m")
        .task("Greet me.")
        .finish();
    let work = within(work).await;
    assert_eq!(work.last_result().as_deref(), Some("Hi."));
    // The next one may work there as soon as the first is done.
    let tickets = TicketSystem::load(dir.path().join(".agentwerk")).unwrap();
    assert_eq!(tickets.last_result().as_deref(), Some("Hi."));
    work.task("another");
    let outcome = within(work.finish()).await;
    assert!(
        outcome.to_string().contains("the session is closed"),
        "{outcome}"
    );
}

#[tokio::test]
async fn the_directory_of_an_agent_is_not_made_for_its_session() {
    let dir = TempDir::new().unwrap();
    let missing = dir.path().join("missing");
    let work = Agent::new()
        .dir(&missing)
        .provider(ScriptedModel::replies(["Hi."]))
        .model("m")
        .task("Greet me.")
        .finish();
    let outcome = within(work).await.outcome().unwrap();
    assert!(outcome.to_string().contains("missing"), "{outcome}");
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_directory_is_set_before_the_first_ticket() {
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::replies(["Hi."]));
    tickets.task("Greet me.");
    tickets.dir(dir.path().join("other"));
    let outcome = within(tickets.finish()).await;
    assert!(
        matches!(
            &outcome,
            RunOutcome::Failed(RunError::SessionIsOpen { setting: "dir" })
        ),
        "{outcome:?}"
    );
    // Told once; the session is as good as before.
    assert!(within(tickets.finish()).await.is_drained());
    tickets.durability(Durability::Buffered);
    assert!(within(tickets.finish()).await.is_drained());

    let tickets = TicketSystem::in_memory();
    tickets.durability(Durability::Fsync);
    let outcome = within(tickets.finish()).await;
    assert!(
        outcome.to_string().contains("`durability` was set"),
        "{outcome}"
    );
}

#[tokio::test]
async fn a_second_system_is_told_who_has_the_directory() {
    let dir = TempDir::new().unwrap();
    let first = begin(dir.path(), ScriptedModel::replies(["Hi."]));
    first.task("Greet me.");

    let second = begin(dir.path(), ScriptedModel::replies(["Hi."]));
    let refused = second.submit(Ticket::new("x"));
    let outcome = within(second.finish()).await;
    let process = format!("process {}", std::process::id());
    assert!(outcome.to_string().contains(&process), "{outcome}");
    let error = within(refused.durable()).await.unwrap_err();
    assert!(matches!(error, TicketError::Store { .. }), "{error:?}");

    let error = TicketSystem::load(dir.path()).unwrap_err().to_string();
    assert!(error.contains(&process), "{error}");
    assert!(
        error.contains("close the other system with `close().await`"),
        "{error}"
    );
    // The first one has not heard of it.
    assert!(within(first.finish()).await.is_drained());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_can_be_loaded_as_soon_as_its_last_handle_is_gone() {
    let dir = TempDir::new().unwrap();
    let model = ScriptedModel::from_fn(|_| "Hi.");
    begin(dir.path(), model.clone()).task("x");
    for _ in 0..100 {
        let tickets = load(dir.path(), model.clone());
        tickets.task("x");
        within(tickets.finish()).await;
    }
    assert_eq!(load(dir.path(), model).all_results().len(), 101);
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_fails_the_run_with_its_name() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let tickets = begin(&file, ScriptedModel::replies(["Hi."]));
    let keys = [tickets.task("x"), tickets.task("y")];
    assert_ne!(keys[0], keys[1]);
    let outcome = within(tickets.finish()).await;
    assert!(outcome.to_string().contains("file"), "{outcome}");
    assert!(tickets.tickets().is_empty());
}
