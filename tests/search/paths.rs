//! Searches that begin below the directory of the agent, and those among the outputs of tools.

use std::fs;

use agentwerk::chat::{Response, ToolCall};
use agentwerk::testing::ScriptedModel;
use agentwerk::tools::{GlobTool, GrepTool, Tool, ToolResult};
use agentwerk::{Agent, TicketSystem};
use agentwerk_tests::results;
use serde_json::json;
use tempfile::TempDir;

use crate::tree::{Tree, lines};

#[tokio::test]
async fn rules_above_the_path_count() {
    let tree = Tree::of([
        "a/b/c/x.log",
        "a/b/c/y.txt",
        "a/b/c/z.md",
        "a/b/c/keep/k.log",
    ]);
    tree.write(".gitignore", "*.log\n");
    tree.write("a/.ignore", "/b/c/y.txt\n");
    tree.write("a/b/c/keep/.gitignore", "!*.log\n");
    for path in ["a", "a/b", "a/b/c"] {
        let found = tree.found(json!({ "pattern": "**", "path": path })).await;
        assert_eq!(found.len(), 2, "{path}: {found:?}");
        assert!(
            found.iter().any(|file| file.ends_with("c/z.md")),
            "{found:?}"
        );
        assert!(
            found.iter().any(|file| file.ends_with("keep/k.log")),
            "{found:?}"
        );
    }
}

#[tokio::test]
async fn an_excluded_directory_is_searched_by_its_path() {
    let tree = Tree::new([("target/out.txt", "x\n"), ("a.txt", "x\n")]);
    tree.write(".gitignore", "target/\n");
    assert_eq!(tree.found(json!({ "pattern": "**" })).await, ["a.txt"]);
    let found = tree
        .found(json!({ "pattern": "**", "path": "target" }))
        .await;
    assert_eq!(found, ["target/out.txt"]);
    let text = tree.grep(json!({ "pattern": "x", "path": "target" })).await;
    assert_eq!(text.unwrap(), "target/out.txt:1: x\n");
}

#[tokio::test]
async fn the_outputs_of_tools_are_searched() {
    let session = TempDir::new().unwrap();
    let room = Tree::new([("a.txt", "x\n")]);
    let big = format!("{}\nneedle\n", "hay\n".repeat(20_000));
    let tool = Tool::new("big", "Says much.").handler(move |_, _| {
        let big = big.clone();
        async move { Ok(ToolResult::success(big)) }
    });
    let outputs = session.path().join("outputs");
    let asked = outputs.clone();
    let model = ScriptedModel::from_fn(move |request| match request.messages.len() {
        1 => Response::tool_calls([ToolCall::new("1", "big", &json!({}))]),
        3 => Response::tool_calls([
            ToolCall::new("2", "grep", &json!({ "pattern": "needle", "path": asked })),
            ToolCall::new("3", "glob", &json!({ "pattern": "**", "path": asked })),
        ]),
        _ => Response::text("The end."),
    });
    let system = TicketSystem::new();
    system.dir(session.path());
    let agent = Agent::new().tools((tool, GrepTool, GlobTool));
    system.agent(
        agent
            .dir(room.root())
            .provider(model.clone())
            .model("scripted")
            .task("Begin."),
    );
    assert!(system.finish().await.is_drained());
    let requests = model.requests();
    let told = results(&requests[2].messages[4]);
    assert!(told[0].content.contains(":20002: needle"), "{told:?}");
    let [file] = lines(&told[1].content).try_into().unwrap();
    assert!(fs::read_to_string(file).unwrap().contains("needle"));
}

#[tokio::test]
async fn further_directories_are_searched_by_their_absolute_paths() {
    let (room, library) = (Tree::new([]), Tree::new([("b/book.md", "a needle\n")]));
    let shelf = library.root().display().to_string();
    let calls = [
        ToolCall::new("1", "grep", &json!({ "pattern": "needle", "path": shelf })),
        ToolCall::new("2", "glob", &json!({ "pattern": "**/*.md", "path": shelf })),
        ToolCall::new("3", "grep", &json!({ "pattern": "needle" })),
    ];
    let model = ScriptedModel::from_fn(move |request| match request.messages.len() {
        1 => Response::tool_calls(calls.clone()),
        _ => Response::text("The end."),
    });
    let agent = Agent::new().dir(room.root()).readable_dir(library.root());
    let agent = agent.tools((GrepTool, GlobTool)).task("Search.");
    let tickets = TicketSystem::in_memory();
    tickets.agent(agent.provider(model).model("scripted"));
    assert!(tickets.finish().await.is_drained());
    let told = results(&tickets.tickets()[0].transcript().unwrap()[2]);
    assert_eq!(told[0].content, format!("{shelf}/b/book.md:1: a needle\n"));
    let listed = told[1].content.starts_with(&format!("{shelf}/b/book.md\n"));
    assert!(listed, "{told:?}");
    assert!(told[2].content.starts_with("No "), "{told:?}");
}
