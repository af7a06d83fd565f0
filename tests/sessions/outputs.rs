//! Outputs of tools that are too large for a conversation.

use std::sync::Arc;

use agentwerk::chat::{Request, Response};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{ReadFileTool, Tool, ToolResult};
use agentwerk::{Agent, TicketSystem};
use agentwerk_tests::{call, results, within};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::Semaphore;

/// A tool whose output has a line for each number.
fn counting() -> Tool {
    Tool::new("count", "Counts far.")
        .schema(json!({ "type": "object" }))
        .read_only(true)
        .handler(|_, _| async {
            let lines: String = (1..=20_000)
                .map(|number| format!("line {number}\n"))
                .collect();
            Ok(ToolResult::success(lines))
        })
}

/// The path in a text that names one in backticks.
fn path_in(text: &str) -> &str {
    let mut parts = text.rsplit('`');
    parts.find(|part| part.contains("outputs")).expect("a path")
}

#[tokio::test]
async fn a_large_output_is_kept_and_read_from_its_file() {
    let (session, work) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
        1 => call("far/../away", "count", &json!({})),
        3 => {
            let told = &results(&request.messages[2])[0].content;
            let arguments = json!({ "path": path_in(told), "offset": 12_345, "limit": 1 });
            call("read", "read_file", &arguments)
        }
        _ => Response::text(results(request.messages.last().unwrap())[0].content.clone()),
    });
    let tickets = TicketSystem::new();
    tickets.dir(session.path()).provider(model).model("m");
    tickets.agent(
        Agent::new()
            .dir(work.path())
            .tools((counting(), ReadFileTool)),
    );
    let key = tickets.task("Count.");
    assert!(within(tickets.finish()).await.is_drained());

    let read = tickets.last_result().unwrap();
    assert!(read.contains("line 12345"), "{read}");
    let kept = session.path().join("outputs").join(key.to_string());
    let files: Vec<_> = std::fs::read_dir(kept).unwrap().collect();
    assert_eq!(files.len(), 1);
    let file = std::fs::read_to_string(files[0].as_ref().unwrap().path()).unwrap();
    assert!(file.ends_with("line 20000\n"));
    let told = tickets.get(key).unwrap().transcript().unwrap()[2].clone();
    assert!(results(&told)[0].content.len() <= 10_000);
}

/// A tool that never gives anything, and tells when it is called.
fn pausing(called: &Arc<Semaphore>) -> Tool {
    let called = Arc::clone(called);
    Tool::new("pause", "Waits for ever.")
        .schema(json!({ "type": "object" }))
        .read_only(true)
        .handler(move |_, _| {
            called.add_permits(1);
            std::future::pending()
        })
}

#[tokio::test]
async fn a_session_that_was_moved_and_resumed_reads_its_old_output() {
    let (place, work) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (old, new) = (place.path().join("old"), place.path().join("new"));
    let called = Arc::new(Semaphore::new(0));
    let staff = |tickets: &TicketSystem| {
        let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() {
            1 => call("count", "count", &json!({})),
            3 => call("pause", "pause", &json!({})),
            5 => {
                let told = &results(&request.messages[2])[0].content;
                let arguments = json!({ "path": path_in(told), "offset": 12_345, "limit": 1 });
                call("read", "read_file", &arguments)
            }
            _ => Response::text(results(request.messages.last().unwrap())[0].content.clone()),
        });
        let agent = Agent::new().dir(work.path()).provider(model).model("m");
        tickets.agent(agent.tools((counting(), pausing(&called), ReadFileTool)));
    };
    let tickets = TicketSystem::new();
    tickets.dir(&old);
    staff(&tickets);
    tickets.task("Count.");
    tickets.start();
    let paused = within(called.acquire()).await;
    paused.unwrap().forget();
    within(tickets.stop()).await;
    drop(tickets);
    std::fs::rename(&old, &new).unwrap();

    let tickets = TicketSystem::load(&new).unwrap();
    staff(&tickets);
    assert!(within(tickets.finish()).await.is_drained());
    let transcript = tickets.tickets()[0].transcript().unwrap();
    let told = &results(&transcript[2])[0].content;
    assert!(path_in(told).starts_with(old.to_str().unwrap()), "{told}");
    let read = tickets.last_result().unwrap();
    assert!(read.contains("line 12345"), "{read}");
}
