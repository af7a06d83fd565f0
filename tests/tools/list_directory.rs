//! `ListDirectoryTool`: what is shown of a directory. Where a path may lead stands in `paths`.

use std::fs;

use agentwerk::tools::ListDirectoryTool;
use serde_json::json;
use tempfile::TempDir;

use crate::play::{call, call_in, play_in};

fn dir_with(files: &[&str], dirs: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for name in dirs {
        fs::create_dir_all(dir.path().join(name)).unwrap();
    }
    for name in files {
        fs::write(dir.path().join(name), name).unwrap();
    }
    dir
}

#[tokio::test]
async fn entries_are_sorted_by_name() {
    let files = ["b", "a.txt", "a !", "sub-file", "a"];
    let dir = dir_with(&files, &["sub", "sub.d"]);
    let text = call_in(&dir, ListDirectoryTool, json!({})).await.unwrap();
    let expected = [
        "a (1 bytes)",
        "a ! (3 bytes)",
        "a.txt (5 bytes)",
        "b (1 bytes)",
        "sub/",
        "sub-file (8 bytes)",
        "sub.d/",
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_directory_below_is_listed_by_its_path() {
    let dir = dir_with(&["one/two/c"], &["one/two"]);
    for path in ["one/two", "./one/two/", "one/../one/two"] {
        let text = call_in(&dir, ListDirectoryTool, json!({ "path": path })).await;
        assert_eq!(text.unwrap(), "c (9 bytes)\n");
    }
}

#[tokio::test]
async fn an_empty_directory_says_so() {
    let dir = dir_with(&[], &[]);
    let text = call_in(&dir, ListDirectoryTool, json!({})).await.unwrap();
    assert_eq!(text, "(the directory is empty)\n");
}

#[tokio::test]
async fn a_thousand_entries_are_shown_and_all_are_counted() {
    let names: Vec<_> = (0..1_001).map(|n| format!("{n:04}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let dir = dir_with(&names, &[]);
    let text = call_in(&dir, ListDirectoryTool, json!({})).await.unwrap();
    assert!(text.starts_with("0000 (4 bytes)\n"), "{text}");
    assert!(text.ends_with("0999 (4 bytes)\n(the first 1000 of 1001 entries)\n"));
}

#[tokio::test]
async fn a_file_is_answered_with_the_tool_that_reads() {
    let dir = dir_with(&["a.txt"], &[]);
    let text = call_in(&dir, ListDirectoryTool, json!({ "path": "a.txt" })).await;
    let text = text.unwrap_err();
    assert!(
        text.contains("`a.txt` is a file. Call `read_file`"),
        "{text}"
    );
}

#[tokio::test]
async fn a_missing_directory_is_answered_with_a_next_step() {
    let dir = dir_with(&[], &[]);
    let text = call_in(&dir, ListDirectoryTool, json!({ "path": "no" })).await;
    let text = text.unwrap_err();
    assert!(
        text.contains("There is no `no`. Call `list_directory`"),
        "{text}"
    );
}

#[tokio::test]
async fn both_file_tools_run_together() {
    let dir = dir_with(&["a.txt"], &[]);
    let calls = [
        call("1", "list_directory", json!({})),
        call("2", "read_file", json!({ "path": "a.txt" })),
    ];
    let tools = (ListDirectoryTool, agentwerk::tools::ReadFileTool);
    let played = play_in(dir.path(), tools, calls).await;
    let contents: Vec<_> = played.results().into_iter().map(|r| r.content).collect();
    assert_eq!(contents, ["a.txt (5 bytes)\n", "     1\ta.txt\n"]);
}
