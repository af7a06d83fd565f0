//! The situation that an agent is told of by default.

use std::path::Path;
use std::time::Duration;

use agentwerk::chat::{Message, Request, Response};
use agentwerk::testing::ScriptedModel;
use agentwerk::{Agent, Clock, TicketSystem, Timestamp};
use agentwerk_tests::{StuckModel, call, echo, within};
use serde_json::json;
use tempfile::TempDir;

use crate::texts;

/// 2026-05-06 in UTC.
const THEN: Timestamp = Timestamp::from_millis(1_778_025_600_000);

/// The first lines of the block, which no limit changes.
fn lines(dir: &Path, date: &str) -> String {
    let version = if cfg!(target_os = "linux") {
        let version = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
        format!("- OS version: {}\n", version.trim_end())
    } else {
        panic!("say here where this system keeps its version")
    };
    format!(
        "- Working directory: {}\n- Platform: {}\n{version}- Date: {date}",
        dir.display(),
        std::env::consts::OS
    )
}

/// Sets a limit.
type Set = fn(&TicketSystem);

/// The blocks of the first message that an agent in this directory is sent.
async fn first_message(dir: &Path, set: impl FnOnce(&TicketSystem)) -> Vec<String> {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(THEN));
    set(&tickets);
    let agent = Agent::new().dir(dir).provider(model.clone()).model("m");
    tickets.agent(agent.task("Go."));
    assert!(within(tickets.finish()).await.is_drained());
    let requests = model.requests();
    let blocks = texts(&requests[0].messages[0]);
    blocks.into_iter().map(str::to_owned).collect()
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn with_all_limits_the_whole_block_is_this() {
    let dir = TempDir::new().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    let blocks = first_message(&dir, |tickets| {
        tickets
            .max_turns(8)
            .max_input_tokens(95_000)
            .max_output_tokens(12_000)
            .max_time(Duration::from_secs(240))
            .max_request_retries(1)
            .max_schema_retries(1);
    });
    let expected = lines(&dir, "2026-05-06")
        + "\n- Turns remaining: 8\n- Input tokens remaining: 95000\n\
           - Output tokens remaining: 12000\n- Time remaining: 240s";
    assert_eq!(blocks.await, [expected, "Go.".to_owned()]);
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn without_limits_the_whole_block_is_this() {
    let dir = TempDir::new().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    let blocks = first_message(&dir, |_| ()).await;
    assert_eq!(blocks, [lines(&dir, "2026-05-06"), "Go.".to_owned()]);
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn each_budget_is_shown_alone_when_its_limit_is_set_alone() {
    let dir = TempDir::new().unwrap();
    let dir = dir.path().canonicalize().unwrap();
    let sets: [(Set, &str); 4] = [
        (
            |tickets| drop(tickets.max_turns(1).clone()),
            "Turns remaining: 1",
        ),
        (
            |tickets| drop(tickets.max_input_tokens(2).clone()),
            "Input tokens remaining: 2",
        ),
        (
            |tickets| drop(tickets.max_output_tokens(3).clone()),
            "Output tokens remaining: 3",
        ),
        (
            |tickets| drop(tickets.max_time(Duration::from_millis(1_999)).clone()),
            "Time remaining: 1s",
        ),
    ];
    for (set, line) in sets {
        let expected = format!("{}\n- {line}", lines(&dir, "2026-05-06"));
        assert_eq!(first_message(&dir, set).await[0], expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_turn_keeps_the_block() {
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("1", "later", &json!({})),
        _ => Response::text("done"),
    });
    let later = agentwerk::tools::Tool::new("later", "Lets two days pass.");
    let later = later.handler(|_input, _context| async {
        tokio::time::sleep(Duration::from_secs(200_000)).await;
        Ok(agentwerk::tools::ToolResult::success("It is later."))
    });
    let tickets = TicketSystem::in_memory_at(Clock::starting_at(THEN));
    tickets.max_turns(8).max_time(Duration::from_secs(300_000));
    tickets.agent(Agent::new().provider(model.clone()).model("m").tool(later));
    tickets.task("Go.");
    assert!(tickets.finish().await.is_drained());
    let requests = model.requests();
    let block = texts(&requests[0].messages[0])[0];
    assert!(
        block.ends_with("- Turns remaining: 8\n- Time remaining: 300000s"),
        "{block}"
    );
    assert_eq!(requests[1].messages[0], requests[0].messages[0]);

    tickets.task("Again.");
    assert!(tickets.finish().await.is_drained());
    let next = texts(&model.requests()[2].messages[0])[0].to_owned();
    assert!(
        next.contains("- Date: 2026-05-08"),
        "a ticket that begins later: {next}"
    );
}

#[tokio::test]
async fn a_resumed_ticket_keeps_the_block_and_what_stood_for_names() {
    let session = TempDir::new().unwrap();
    let dir = session.path().join("session");
    let tickets = TicketSystem::new();
    tickets.dir(&dir).max_turns(5);
    let stuck = StuckModel::default();
    let agent = |turns: &str| Agent::new().tool(echo()).template_variable("turns", turns);
    tickets.agent(agent("five").provider(stuck.clone()).model("m"));
    let key = tickets.task("Take {turns} turns.");
    tickets.start();
    within(stuck.asked()).await;
    within(tickets.close()).await;
    let before = tickets
        .get(key)
        .unwrap()
        .transcript()
        .unwrap()
        .into_messages();
    assert!(texts(&before[0])[0].ends_with("- Turns remaining: 5"));
    assert_eq!(texts(&before[0])[1], "Take five turns.");

    let tickets = TicketSystem::load(&dir).unwrap();
    tickets.max_turns(50);
    let model = ScriptedModel::from_fn(|_| "done");
    let other = agent("fifty").context("Another one.");
    tickets.agent(other.provider(model.clone()).model("m"));
    assert!(within(tickets.finish()).await.is_drained());
    assert_eq!(model.requests()[0].messages, before);
}

#[tokio::test(start_paused = true)]
async fn a_context_of_blanks_is_none_at_all() {
    let model = ScriptedModel::from_fn(|_| "done");
    let tickets = TicketSystem::in_memory();
    tickets.agent(
        Agent::new()
            .provider(model.clone())
            .model("m")
            .context(" \n"),
    );
    tickets.task("Go.");
    assert!(tickets.finish().await.is_drained());
    assert_eq!(model.requests()[0].messages, [Message::user("Go.")]);
}

/// What Linux counts of the processes that this one has started and waited for, and those that live.
#[cfg(target_os = "linux")]
fn started() -> (String, String) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_name, fields) = stat.rsplit_once(") ").unwrap();
    // Minor faults of children: no process runs without one.
    let faults = fields.split(' ').nth(8).unwrap().to_owned();
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let children = tasks.map(|task| task.unwrap().path().join("children"));
    let living = children.map(|path| std::fs::read_to_string(path).unwrap());
    (faults, living.collect())
}

/// Runs in a process of its own, without programs in reach; see the next test.
#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
#[ignore = "the test after this one runs it"]
async fn in_a_process_of_its_own() {
    let dir = TempDir::new().unwrap();
    let blocks = first_message(dir.path(), |tickets| drop(tickets.max_turns(8).clone())).await;
    assert!(blocks[0].contains("- OS version: "), "{blocks:?}");
    let none = ("0".to_owned(), String::new());
    assert_eq!(started(), none);
    // So it would look otherwise.
    assert!(
        std::process::Command::new("/bin/true")
            .status()
            .unwrap()
            .success()
    );
    assert_ne!(started(), none);
}

#[cfg(target_os = "linux")]
#[test]
fn no_process_is_started_for_it() {
    let mut test = std::process::Command::new(std::env::current_exe().unwrap());
    test.args([
        "--ignored",
        "--exact",
        "context_block::in_a_process_of_its_own",
    ]);
    let output = test.env_clear().env("PATH", "/nowhere").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
