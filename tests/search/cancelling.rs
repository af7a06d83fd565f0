//! A cancelled call ends all its threads soon.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use agentwerk::tools::{GlobTool, GrepTool, IntoTool, ToolContext};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tree::Tree;

/// What a cancel may take where other tests use the same cores.
const GENEROUS: Duration = Duration::from_secs(2);

/// Cancels a call in the middle of its work; how long it goes on.
///
/// The work is over when its thread gives its answer, which it does after all its helpers.
async fn cancel_after(
    dir: &Path,
    tool: impl IntoTool,
    arguments: Value,
    after: Duration,
) -> Duration {
    let context = ToolContext::new(dir);
    let cancel = context.cancel().clone();
    let tool = tool.into_tool();
    let call = tokio::spawn(async move { tool.call(arguments, &context).await });
    let mut call = Box::pin(call);
    let early = tokio::time::timeout(after, &mut call).await;
    assert!(
        early.is_err(),
        "the call ended before it was cancelled: {early:?}"
    );
    let begun = Instant::now();
    cancel.cancel();
    let ended = call.await.unwrap();
    let took = begun.elapsed();
    assert!(ended.unwrap_err().to_string().contains("cancelled"));
    println!("ended {} ms after the cancel", took.as_millis());
    took
}

/// A file that takes long to be searched.
fn huge_file(dir: &Path, bytes: u64) {
    let mut file = File::create(dir.join("huge")).unwrap();
    let block = b"some text that is not looked for\n".repeat(32 * 1_024);
    while file.metadata().unwrap().len() < bytes {
        file.write_all(&block).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn within_one_huge_file() {
    let dir = TempDir::new().unwrap();
    huge_file(dir.path(), 1 << 30);
    let begun = Duration::from_millis(50);
    for arguments in [
        json!({ "pattern": "(text|looked) +nowhere", "ignore_case": true }),
        json!({ "pattern": "e", "output": "count" }),
        json!({ "pattern": "nowhere", "path": "huge" }),
    ] {
        let took = cancel_after(dir.path(), GrepTool, arguments, begun).await;
        assert!(took < GENEROUS, "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn within_one_huge_directory() {
    let dir = TempDir::new().unwrap();
    for number in 0..100_000 {
        fs::write(dir.path().join(format!("file-{number}")), "").unwrap();
    }
    let begun = Duration::from_millis(5);
    let took = cancel_after(dir.path(), GlobTool, json!({ "pattern": "**" }), begun).await;
    assert!(took < GENEROUS, "{took:?}");
    let took = cancel_after(dir.path(), GrepTool, json!({ "pattern": "x" }), begun).await;
    assert!(took < GENEROUS, "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_expression_of_many_states() {
    let dir = TempDir::new().unwrap();
    huge_file(dir.path(), 200 << 20);
    let arguments = json!({ "pattern": "[a-q][^u-z]{13}x" });
    let took = cancel_after(dir.path(), GrepTool, arguments, Duration::from_millis(50)).await;
    assert!(took < GENEROUS, "{took:?}");
}

/// The expression is in as many states as it has parts, at each byte.
const MANY_STATES: &str = "(?s-u)a.{4000}b";

#[tokio::test(flavor = "multi_thread")]
async fn with_an_expression_that_is_in_many_states_in_long_lines() {
    let dir = TempDir::new().unwrap();
    let line = [&[b'a'; 26_000][..], b"\n"].concat();
    fs::write(dir.path().join("lines"), line.repeat(1_000)).unwrap();
    let arguments = json!({ "pattern": MANY_STATES });
    let took = cancel_after(dir.path(), GrepTool, arguments, Duration::from_millis(50)).await;
    assert!(took < GENEROUS, "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_of_1_mb_is_not_searched_for_an_expression_of_many_states() {
    let tree = Tree::new([("line", &*"a".repeat(1_000_000))]);
    for multiline in [false, true] {
        let arguments = json!({ "pattern": MANY_STATES, "multiline": multiline });
        let text = tree.grep(arguments).await.unwrap();
        assert!(text.contains("too long for an expression"), "{text}");
        let arguments = json!({ "pattern": "(?s-u)a.{70}b", "multiline": multiline });
        let begun = Instant::now();
        let text = tree.grep(arguments).await.unwrap();
        println!("searched in {} ms", begun.elapsed().as_millis());
        assert!(!text.contains("too long"), "{text}");
    }
}

#[tokio::test]
async fn an_expression_of_many_parts_finds_lines_as_any_other() {
    let tree = Tree::new([("file", "a\r\nb\n\naa\n")]);
    let pattern = "^(?:a|(?:xy){1000})?$";
    let text = tree.grep(json!({ "pattern": pattern })).await.unwrap();
    assert!(text.starts_with("file:1: a\nfile:3: \n"), "{text}");
    assert!(
        !text.contains("file:2") && !text.contains("file:4"),
        "{text}"
    );
}
