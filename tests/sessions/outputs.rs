//! Outputs of tools that are too large for a conversation.

use agentwerk::chat::{Request, Response};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{ReadFileTool, Tool, ToolResult};
use agentwerk::{Agent, TicketSystem};
use agentwerk_tests::{call, results, within};
use serde_json::json;
use tempfile::TempDir;

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
    let paths = text.split('`').filter(|part| part.contains("outputs"));
    paths.last().expect("a path")
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
    let told = tickets.get(&key).unwrap().transcript().unwrap()[2].clone();
    assert!(results(&told)[0].content.len() <= 10_000);
}
