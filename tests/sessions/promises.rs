//! What is in the files when something is told.

use std::fs;
use std::sync::{Arc, Mutex};

use agentwerk::chat::{Request, Response};
use agentwerk::event::EventKind;
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Ticket};
use agentwerk_tests::{call, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{begin, records};

#[tokio::test]
async fn a_result_is_in_the_files_before_its_event() {
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::from_fn(|_| "Hi."));
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (path, told) = (dir.path().to_owned(), Arc::clone(&seen));
    tickets.on_event(move |event| {
        if let EventKind::TicketDone { key } = event.kind {
            let results = fs::read_to_string(path.join("results.jsonl")).unwrap();
            let done = records(&path)
                .iter()
                .any(|record| record["key"] == json!(key) && record["done"]["result"] == "Hi.");
            told.lock()
                .unwrap()
                .push((results.contains(&key.to_string()), done));
        }
    });
    for _ in 0..20 {
        tickets.task("Greet me.");
    }
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(*seen.lock().unwrap(), [(true, true); 20]);
}

#[tokio::test]
async fn a_submission_is_in_the_files_when_it_is_durable() {
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::from_fn(|_| "Hi."));
    for number in 1..=20 {
        let pending = tickets.submit(Ticket::new(number));
        within(pending.durable()).await.unwrap();
        let last = records(dir.path()).pop().unwrap();
        assert_eq!(last["submitted"]["task"], number);
    }
}

#[tokio::test]
async fn a_call_that_changes_something_is_in_the_files_before_it_begins() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().to_owned();
    let is_recorded = move |id: &str| {
        records(&path)
            .iter()
            .filter_map(|record| record["message"]["content"].as_array())
            .flatten()
            .any(|block| block["type"] == "tool_call" && block["id"] == id)
    };
    let change = Tool::new("change", "Changes something.")
        .schema(json!({ "type": "object" }))
        .handler(move |_, context| {
            let recorded = is_recorded(context.call_id().as_str());
            async move { Ok(ToolResult::success(recorded)) }
        });
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        turn @ 1..40 => call(&turn.to_string(), "change", &json!({ "turn": turn })),
        _ => Response::text("done"),
    });
    let tickets = begin(dir.path(), model.clone());
    tickets.agent(Agent::new().label("change").tool(change));
    let key = tickets.task_labeled("x", "change");
    assert!(within(tickets.finish()).await.is_drained());
    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    let answers: Vec<_> = transcript
        .iter()
        .flat_map(agentwerk_tests::results)
        .collect();
    assert_eq!(answers.len(), 20);
    assert!(
        answers.iter().all(|answer| answer.content == "true"),
        "{answers:?}"
    );
}

#[tokio::test]
async fn a_ticket_that_nobody_can_work_on_is_kept_with_its_reason() {
    /// A value that is no JSON.
    struct Broken;
    impl serde::Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::from_fn(|_| "Hi."));
    let log = agentwerk_tests::EventLog::of(&tickets);
    let key = tickets.task(Broken);
    assert!(within(tickets.finish()).await.is_drained());
    let names: Vec<_> = log
        .of_ticket(key)
        .iter()
        .map(agentwerk_tests::name_of)
        .collect();
    assert_eq!(names, ["TicketSubmitted", "TicketFailed"]);
    assert!(
        records(dir.path())
            .iter()
            .any(|record| record["failed"] != Value::Null)
    );
}

#[tokio::test]
async fn a_task_that_lies_too_deep_to_be_read_again_is_refused() {
    let nested = |levels| (0..levels).fold(json!(1), |inner, _| json!([inner]));
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::from_fn(|_| "Hi."));
    let keys = [120, 121].map(|levels| tickets.task(nested(levels)));
    assert!(within(tickets.finish()).await.is_drained());
    drop(tickets);
    let tickets = agentwerk::TicketSystem::load(dir.path()).unwrap();
    let [deep, too_deep] = keys.map(|key| tickets.get(key).unwrap());
    assert_eq!(deep.task(), &nested(120));
    assert_eq!(deep.result_string().as_deref(), Some("Hi."));
    let failure = too_deep.failure().unwrap().to_string();
    assert!(failure.contains("more than 120 levels"), "{failure}");
}

#[tokio::test]
async fn conversations_of_finished_tickets_are_in_the_files_alone() {
    let dir = TempDir::new().unwrap();
    let tickets = begin(dir.path(), ScriptedModel::from_fn(|_| "Hi."));
    let key = tickets.task("Greet me.");
    assert!(within(tickets.finish()).await.is_drained());
    let ticket = tickets.get(key).unwrap();
    assert_eq!(ticket.transcript().unwrap().len(), 2);

    fs::remove_file(dir.path().join("journal/000001.jsonl")).unwrap();
    let error = ticket.transcript().unwrap_err();
    assert_eq!(error.to_string(), "read the transcript of TICKET-1");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("000001.jsonl"), "{source}");
    assert_eq!(ticket.result_string().as_deref(), Some("Hi."));
}
