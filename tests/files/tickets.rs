//! Each tool once in a whole ticket, and all of them on this repository.

use std::path::Path;

use agentwerk::Agent;
use agentwerk::chat::{Response, ToolCall};
use agentwerk::tools::{ListDirectoryTool, ReadFileTool};
use serde_json::{Value, json};

use crate::play::{call, first_calls, play_agent, results};
use crate::tree::Tree;

#[tokio::test]
async fn a_model_lists_reads_edits_and_writes_in_one_ticket() {
    let tree = Tree::new();
    let steps: [(&str, Value); 5] = [
        ("list_directory", json!({ "path": "sub" })),
        ("read_file", json!({ "path": "sub/b.txt" })),
        (
            "edit_file",
            json!({ "path": "sub/b.txt", "old": "allowed", "new": "changed" }),
        ),
        (
            "write_file",
            json!({ "path": "sub/new.txt", "content": "new\n" }),
        ),
        ("read_file", json!({ "path": "sub/b.txt" })),
    ];
    let played = play_agent(tree.agent(), move |request| {
        let step = request.messages.len() / 2;
        match steps.get(step) {
            Some((tool, arguments)) => Response::tool_calls([ToolCall::new("1", *tool, arguments)]),
            None => Response::text("The end."),
        }
    })
    .await;
    let transcript = played.ticket.transcript().unwrap();
    let told = transcript.iter().skip(2).step_by(2);
    let told: Vec<_> = told.flat_map(results).map(|each| each.content).collect();
    let expected = [
        "b.txt (8 bytes)\nchain3 (link)\ndeep/\nup (link)\n",
        "     1\tallowed\n",
        "Edited `sub/b.txt` at 1 place.\n@@ -1 +1 @@\n-allowed\n+changed\n",
        "Created `sub/new.txt` (4 bytes).\n",
        "     1\tchanged\n",
    ];
    assert_eq!(told, expected);
    assert_eq!(tree.text("sub/b.txt"), "changed\n");
    assert_eq!(tree.text("sub/new.txt"), "new\n");
    // Only the file's own directory has a new entry, and no temporary file.
    let names = std::fs::read_dir(tree.path("room/sub")).unwrap().count();
    assert_eq!(names, 5);
}

#[tokio::test]
async fn this_repository_is_listed_and_read() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let agent = Agent::new()
        .tools((ReadFileTool, ListDirectoryTool))
        .dir(repository);
    let calls = vec![
        call("1", "list_directory", json!({})),
        call(
            "2",
            "read_file",
            json!({ "path": "Cargo.toml", "limit": 1 }),
        ),
        call(
            "3",
            "read_file",
            json!({ "path": "Cargo.lock", "offset": 2_000 }),
        ),
    ];
    let results = play_agent(agent, first_calls(calls)).await.results();
    assert!(results[0].content.contains("\nagentwerk/\n"), "{results:?}");
    let expected = "     1\t[workspace]\n(cut here; go on with `offset`: 2)\n";
    assert_eq!(results[1].content, expected);
    assert!(
        results[2].content.starts_with("  2000\t"),
        "{:?}",
        results[2]
    );
}
