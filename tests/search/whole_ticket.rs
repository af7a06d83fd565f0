//! Each tool, called by a model in the course of a ticket.

use agentwerk::chat::{Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{GlobTool, GrepTool};
use agentwerk::{Agent, Status, TicketSystem};
use agentwerk_tests::results;
use serde_json::{Value, json};

use crate::tree::Tree;

/// What a model is told of one call.
async fn told(tree: &Tree, tool: &'static str, arguments: Value) -> (String, bool) {
    let model = ScriptedModel::from_fn(move |request| match request.messages.len() {
        1 => Response::tool_calls([ToolCall::new("1", tool, &arguments)]),
        _ => Response::text("The end."),
    });
    let system = TicketSystem::in_memory();
    let agent = Agent::new().tools((GlobTool, GrepTool)).dir(tree.root());
    system.agent(
        agent
            .provider(model.clone())
            .model("scripted")
            .task("Begin."),
    );
    assert!(system.finish().await.is_drained());
    let [ticket] = system.tickets().try_into().unwrap();
    assert_eq!(ticket.status(), Status::Done);
    let requests = model.requests();
    let [result] = results(&requests[1].messages[2]).try_into().unwrap();
    (result.content, result.is_error)
}

#[tokio::test]
async fn a_model_finds_files() {
    let tree = Tree::of(["src/a.rs", "src/b.txt"]);
    let (text, is_error) = told(&tree, "glob", json!({ "pattern": "src/*.rs" })).await;
    assert_eq!(text, "src/a.rs\n(1 of 1 files, the newest first)\n");
    assert!(!is_error);
}

#[tokio::test]
async fn a_model_searches_in_files() {
    let tree = Tree::new([("src/a.rs", "fn a() {}\n")]);
    let arguments = json!({ "pattern": "^fn", "path": "src", "output": "content" });
    let (text, is_error) = told(&tree, "grep", arguments).await;
    assert_eq!(text, "src/a.rs:1: fn a() {}\n");
    assert!(!is_error);
}

#[tokio::test]
async fn arguments_outside_of_their_ranges_are_refused() {
    let tree = Tree::of([]);
    for (tool, arguments, name) in [
        ("glob", json!({ "pattern": "*", "limit": 1_001 }), "limit"),
        ("glob", json!({ "pattern": "" }), "pattern"),
        ("grep", json!({ "pattern": "x", "context": 21 }), "context"),
        (
            "grep",
            json!({ "pattern": "x", "offset": 10_001 }),
            "offset",
        ),
        (
            "grep",
            json!({ "pattern": "x", "output": "lines" }),
            "output",
        ),
        (
            "grep",
            json!({ "pattern": "x", "ignorecase": true }),
            "ignorecase",
        ),
    ] {
        let (text, is_error) = told(&tree, tool, arguments).await;
        assert!(is_error && text.contains(name), "{name}: {text}");
    }
}

#[test]
fn a_read_only_tool_says_so() {
    use agentwerk::tools::TypedTool;

    assert!(GlobTool.spec().read_only);
    assert!(GrepTool.spec().read_only);
}
