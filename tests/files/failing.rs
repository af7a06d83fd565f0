//! Calls that fail or are cancelled leave the file as it was, and no temporary file.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use agentwerk::tools::{EditFileTool, IntoTool, Tool, ToolContext, WriteFileTool};
use serde_json::{Value, json};

/// The names in a directory.
fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn write_call(content: &str) -> (Tool, Value) {
    let arguments = json!({ "path": "a.txt", "content": content });
    (WriteFileTool.into_tool(), arguments)
}

/// A call is cancelled at a hundred different moments: the file has the old content or the new one,
/// and is alone in its directory.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_write_leaves_one_whole_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.txt");
    let (old, new) = ("a\n".repeat(50_000), "b\n".repeat(50_000));
    fs::write(&path, &old).unwrap();
    let (mut kept, mut replaced) = (0, 0);
    let mut longest = Duration::ZERO;
    for round in 0..100 {
        let (tool, arguments) = if round % 2 == 0 {
            write_call(&new)
        } else {
            let arguments = json!({ "path": "a.txt", "old": "a", "new": "b", "replace_all": true });
            (EditFileTool.into_tool(), arguments)
        };
        let context = ToolContext::new(dir.path());
        let cancel = context.cancel().clone();
        let call = tokio::spawn(async move { tool.call(arguments, &context).await });
        let limit = Duration::from_millis(round);
        let early = tokio::time::timeout(limit, cancel.cancelled()).await;
        assert!(early.is_err());
        cancel.cancel();
        let cancelled = Instant::now();
        let result = call.await.unwrap();
        longest = longest.max(cancelled.elapsed());
        assert_eq!(names(dir.path()), ["a.txt"]);
        let text = fs::read_to_string(&path).unwrap();
        if text == old {
            kept += 1;
            assert!(result.is_err());
        } else {
            assert!(text == new, "half of a file");
            replaced += 1;
            fs::write(&path, &old).unwrap();
        }
    }
    println!("100 cancels: {kept} kept, {replaced} replaced; the longest end took {longest:?}");
    assert!(kept > 0);
    assert!(longest < Duration::from_secs(1), "{longest:?}");
}

#[tokio::test]
async fn a_name_that_is_too_long_for_a_file_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let name = "x".repeat(256);
    let arguments = json!({ "path": name, "content": "x" });
    let context = ToolContext::new(dir.path());
    let error = WriteFileTool.into_tool().call(arguments, &context).await;
    assert!(error.unwrap_err().to_string().contains("cannot be written"));
    assert_eq!(names(dir.path()), [""; 0]);
}

#[tokio::test]
async fn a_call_that_was_cancelled_before_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let context = ToolContext::new(dir.path());
    context.cancel().cancel();
    let (tool, arguments) = write_call("x");
    tool.call(arguments, &context).await.unwrap_err();
    assert_eq!(names(dir.path()), [""; 0]);
}
