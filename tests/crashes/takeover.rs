//! Somebody goes on with the tickets of a process that was killed.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Status, TicketKey, TicketSystem, Transcript};
use agentwerk_tests::process::{Heard, Process};
use agentwerk_tests::{all_calls_are_answered, results, within};
use tempfile::TempDir;

/// How long a process may take to open a session and to get stuck.
const PATIENCE: Duration = Duration::from_secs(60);

/// The ticket whose agent waited for its model.
const TALK: TicketKey = TicketKey::from_number(1);
/// The ticket whose agent waited for a tool.
const ACT: TicketKey = TicketKey::from_number(2);

/// Has a process claim two tickets in this directory, and kills it while it works on them.
fn leave_two_tickets(dir: &Path) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kill_loop"));
    let process = Process::start(command.arg("stuck").arg(dir)).unwrap();
    let mut said: Vec<_> = (0..2)
        .map(|_| process.line(Instant::now() + PATIENCE))
        .collect();
    said.sort_by_key(|heard| format!("{heard:?}"));
    let expected = ["asking", "calling"].map(|line| Heard::Line(line.to_owned()));
    assert_eq!(said, expected);
    let (status, rest) = process.kill().unwrap();
    assert!(!status.success() && rest.is_empty(), "{status}: {rest:?}");
}

/// An agent that says at once that it is done, with the tools of the one before.
fn successor(model: &ScriptedModel) -> Agent {
    let tool = |name: &str, read_only| {
        let tool = Tool::new(name, "Is not called.").read_only(read_only);
        tool.handler(|_input, _context| async { Ok(ToolResult::success("called")) })
    };
    let agent = Agent::new().labels(["talk", "act"]);
    let agent = agent.tool(tool("write", false)).tool(tool("look", true));
    agent.provider(model.clone()).model("m")
}

fn transcript(tickets: &TicketSystem, key: TicketKey) -> Transcript {
    tickets.get(key).unwrap().transcript().unwrap()
}

#[tokio::test]
async fn the_tickets_of_a_killed_process_are_open_again_and_are_finished() {
    let dir = TempDir::new().unwrap();
    leave_two_tickets(dir.path());

    let tickets = TicketSystem::load(dir.path()).unwrap();
    for key in [TALK, ACT] {
        let ticket = tickets.get(key).unwrap();
        assert_eq!(ticket.status(), Status::Todo, "{key}");
        assert_eq!(ticket.token(), 1, "{key}");
    }

    let model = ScriptedModel::from_fn(|_| "done by another");
    tickets.agent(successor(&model));
    assert!(within(tickets.finish()).await.is_drained());
    for key in [TALK, ACT] {
        let ticket = tickets.get(key).unwrap();
        assert_eq!(ticket.result_string().unwrap(), "done by another");
        assert_eq!(ticket.token(), 2, "{key} was claimed once more");
    }
    assert_eq!(model.requests().len(), 2);
}

#[tokio::test]
async fn the_next_agent_is_told_of_each_call_that_was_cut_off() {
    let dir = TempDir::new().unwrap();
    leave_two_tickets(dir.path());

    let tickets = TicketSystem::load(dir.path()).unwrap();
    let before = transcript(&tickets, ACT);
    let calls: Vec<_> = before.last().unwrap().tool_calls().collect();
    assert_eq!(calls.len(), 2, "what asked for the calls was kept");

    let model = ScriptedModel::from_fn(|_| "done by another");
    tickets.agent(successor(&model));
    assert!(within(tickets.finish()).await.is_drained());
    let after = transcript(&tickets, ACT);
    assert_eq!(after[..before.len()], before[..]);
    assert!(all_calls_are_answered(&after));
    let answers = results(&after[before.len()]);
    assert!(answers.iter().all(|answer| answer.is_error));
    let [write, look] = &answers[..] else {
        panic!("{answers:?}")
    };
    assert!(write.content.contains("outcome is unknown"), "{write:?}");
    assert!(look.content.contains("call it again"), "{look:?}");
    // The model was asked with just that.
    let asked = model.requests().into_iter().map(|request| request.messages);
    assert_eq!(
        asked
            .filter(|asked| *asked == after[..=before.len()])
            .count(),
        1
    );
}
