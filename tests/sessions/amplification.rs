//! How much is written for a conversation.

use std::fs;

use agentwerk::chat::{Request, Response};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, TicketSystem};
use agentwerk_tests::{call, within};
use serde_json::json;
use tempfile::TempDir;

#[tokio::test]
async fn a_hundred_tool_turns_write_little_more_than_their_messages() {
    let read = Tool::new("read", "Reads four kilobytes.")
        .schema(json!({ "type": "object", "properties": { "page": { "type": "integer" } } }))
        .handler(|_, _| async { Ok(ToolResult::success("0123456789abcde\n".repeat(256))) });
    let model = ScriptedModel::from_fn(|request: &Request| match request.messages.len() / 2 {
        turn @ 0..100 => call(&turn.to_string(), "read", &json!({ "page": turn })),
        _ => Response::text("done"),
    });
    let dir = TempDir::new().unwrap();
    let tickets = TicketSystem::new();
    tickets.dir(dir.path()).provider(model).model("m");
    // All of it is to stay in the conversation.
    tickets.agent(Agent::new().tool(read).context_window(1_000_000));
    let key = tickets.task("Read it all.");
    assert!(within(tickets.finish()).await.is_drained());

    let transcript = tickets.get(key).unwrap().transcript().unwrap();
    assert_eq!(transcript.len(), 202);
    let messages: usize = transcript
        .iter()
        .map(|message| serde_json::to_string(message).unwrap().len())
        .sum();
    drop(tickets);
    let written = bytes_below(dir.path());
    let ratio = written as f64 / messages as f64;
    println!("{written} bytes for {messages} bytes of messages: {ratio:.3}");
    assert!(ratio <= 1.5, "{ratio}");
}

/// The bytes of all files below a directory.
fn bytes_below(dir: &std::path::Path) -> u64 {
    let entries = fs::read_dir(dir).unwrap().map(Result::unwrap);
    entries
        .map(|entry| match entry.metadata().unwrap() {
            metadata if metadata.is_dir() => bytes_below(&entry.path()),
            metadata => metadata.len(),
        })
        .sum()
}
