//! Leave survives the process that asked for it, the one that answers, and the one that acts on it.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use agentwerk::chat::{Response, ToolCall};
use agentwerk::event::ApprovalDecision;
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Status, TicketSystem};
use agentwerk_tests::process::{Heard, Process};
use agentwerk_tests::{all_calls_are_answered, results, within};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Calls, FIRST};

/// How long a process may take to say its line.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts the program, waits for its line, and kills it.
fn kill_at(line: &str, arguments: &[&Path]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_approvals"));
    let process = Process::start(command.args(arguments)).unwrap();
    let heard = process.line(Instant::now() + PATIENCE);
    assert_eq!(heard, Heard::Line(line.to_owned()));
    process.kill().unwrap();
}

/// The agent of the program, with a tool that remembers.
fn agent(calls: &Calls) -> Agent {
    let model = ScriptedModel::from_fn(|_request| Response::text("Done."));
    let agent = Agent::new()
        .name("payer")
        .context(" ")
        .tool(calls.tool("pay"));
    agent.provider(model).model("scripted")
}

fn bill() -> Value {
    json!({ "amount": 120, "to": "the grocer" })
}

#[tokio::test]
async fn what_was_asked_before_a_kill_is_answered_and_runs_once_behind_it() {
    let dir = TempDir::new().unwrap();
    kill_at("asked", &[Path::new("ask"), dir.path()]);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let [request] = tickets.approvals().try_into().unwrap();
    assert_eq!(request.ticket, Some(FIRST));
    assert_eq!(request.arguments.parse().unwrap(), bill());
    let calls = Calls::default();
    tickets.agent(agent(&calls));
    within(tickets.resolve_approval(&request, ApprovalDecision::Approve))
        .await
        .unwrap();
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(
        calls.all(),
        [bill()],
        "once, with exactly what was approved"
    );
    let ticket = tickets.get(FIRST).unwrap();
    assert!(all_calls_are_answered(&ticket.transcript().unwrap()));
    within(tickets.close()).await;

    let again = TicketSystem::load(dir.path()).unwrap();
    again.agent(agent(&calls));
    assert!(within(again.finish()).await.is_drained());
    assert_eq!(calls.all().len(), 1);
}

#[tokio::test]
async fn an_answer_survives_the_process_that_gave_it() {
    let dir = TempDir::new().unwrap();
    kill_at("asked", &[Path::new("ask"), dir.path()]);
    kill_at("answered", &[Path::new("answer"), dir.path()]);

    let tickets = TicketSystem::load(dir.path()).unwrap();
    assert!(tickets.approvals().is_empty());
    assert_eq!(tickets.get(FIRST).unwrap().status(), Status::Todo);
    let calls = Calls::default();
    tickets.agent(agent(&calls));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(calls.all(), [bill()]);
}

#[tokio::test]
async fn an_approved_call_that_was_interrupted_does_not_run_again() {
    let dir = TempDir::new().unwrap();
    let ledger = dir.path().join("ledger");
    kill_at("asked", &[Path::new("ask"), dir.path()]);
    kill_at("answered", &[Path::new("answer"), dir.path()]);
    kill_at("paying", &[Path::new("pay"), dir.path(), &ledger]);
    let paid: Value = serde_json::from_str(&fs::read_to_string(&ledger).unwrap()).unwrap();
    assert_eq!(paid, bill());

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let calls = Calls::default();
    tickets.agent(agent(&calls));
    assert!(within(tickets.finish()).await.is_drained());
    assert!(calls.all().is_empty(), "nobody knows whether it was paid");
    let transcript = tickets.get(FIRST).unwrap().transcript().unwrap();
    let told = results(&transcript[2]);
    assert!(told[0].content.contains("outcome is unknown"), "{told:?}");
}

#[tokio::test]
async fn an_answer_to_other_arguments_than_those_in_the_conversation_is_not_used() {
    let request = ToolCall::new("1", "pay", &bill());
    let other = ToolCall::new("1", "pay", &json!({ "amount": 121, "to": "the grocer" }));
    let asked = agentwerk::event::ApprovalRequest::new(Some(FIRST), "payer".into(), &request);
    assert!(asked.is_for(&request));
    assert!(!asked.is_for(&other));
    assert!(!asked.is_for(&ToolCall::new("2", "pay", &bill())));
    assert!(!asked.is_for(&ToolCall::new("1", "lend", &bill())));
}
