//! `ReadFileTool`: what is shown of a file. Where a path may lead stands in `paths`.

use std::fs;

use agentwerk::tools::ReadFileTool;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::play::{call, call_in, play_in};

/// A directory with one file in it.
fn dir_with(name: &str, content: impl AsRef<[u8]>) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name), content).unwrap();
    dir
}

/// What is shown of a file with this content.
async fn shown(content: impl AsRef<[u8]>, arguments: Value) -> String {
    let dir = dir_with("a.txt", content);
    let mut whole = json!({ "path": "a.txt" });
    for (name, value) in arguments.as_object().unwrap() {
        whole[name] = value.clone();
    }
    call_in(&dir, ReadFileTool, whole).await.unwrap()
}

async fn refused(name: &str, content: &[u8], path: &str) -> String {
    let dir = dir_with(name, content);
    let arguments = json!({ "path": path });
    call_in(&dir, ReadFileTool, arguments).await.unwrap_err()
}

#[tokio::test]
async fn lines_are_shown_with_their_numbers() {
    let text = shown("one\n\n  three", json!({})).await;
    assert_eq!(text, "     1\tone\n     2\t\n     3\t  three\n");
}

#[tokio::test]
async fn a_last_line_end_adds_no_line() {
    assert_eq!(shown("one\n", json!({})).await, "     1\tone\n");
}

#[tokio::test]
async fn windows_line_ends_are_not_shown() {
    let text = shown("one\r\ntwo\r\n\r\nfour\rstill four", json!({})).await;
    let expected = "     1\tone\n     2\ttwo\n     3\t\n     4\tfour\rstill four\n";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn offset_and_limit_choose_the_lines() {
    let content = "1\n2\n3\n4\n5\n";
    let text = shown(content, json!({ "offset": 2, "limit": 2 })).await;
    let expected = "     2\t2\n     3\t3\n(cut here; go on with `offset`: 4)\n";
    assert_eq!(text, expected);
    // The last lines are not cut.
    let text = shown(content, json!({ "offset": 4, "limit": 2 })).await;
    assert_eq!(text, "     4\t4\n     5\t5\n");
}

#[tokio::test]
async fn an_offset_behind_the_end_says_how_long_the_file_is() {
    let text = shown("1\n2\n3\n", json!({ "offset": 4 })).await;
    assert_eq!(text, "(the file has only 3 lines)\n");
}

#[tokio::test]
async fn an_empty_file_says_so() {
    assert_eq!(shown("", json!({})).await, "(the file is empty)\n");
}

#[tokio::test]
async fn two_thousand_lines_are_shown_at_once() {
    let text = shown("x\n".repeat(2_001), json!({})).await;
    assert_eq!(text.lines().count(), 2_001);
    assert!(text.ends_with("  2000\tx\n(cut here; go on with `offset`: 2001)\n"));
    let text = shown("x\n".repeat(2_000), json!({})).await;
    assert_eq!(text.lines().count(), 2_000);
    assert!(text.ends_with("  2000\tx\n"));
}

#[tokio::test]
async fn a_long_line_is_cut_and_the_next_one_is_whole() {
    let text = shown(format!("{}\nnext\n", "x".repeat(5_000)), json!({})).await;
    let expected = format!("     1\t{}… (line cut)\n     2\tnext\n", "x".repeat(2_000));
    assert_eq!(text, expected);
}

#[tokio::test]
async fn a_line_of_two_thousand_bytes_is_shown_whole() {
    let line = "x".repeat(2_000);
    for end in ["", "\n", "\r\n"] {
        let text = shown(format!("{line}{end}"), json!({})).await;
        assert_eq!(text, format!("     1\t{line}\n"), "{end:?}");
        let text = shown(format!("{line}x{end}"), json!({})).await;
        assert_eq!(text, format!("     1\t{line}… (line cut)\n"), "{end:?}");
    }
}

#[tokio::test]
async fn a_line_is_cut_between_characters() {
    let text = shown(format!("x{}", "ä".repeat(2_000)), json!({})).await;
    let expected = format!("     1\tx{}… (line cut)\n", "ä".repeat(999));
    assert_eq!(text, expected);
}

#[tokio::test]
async fn bytes_that_are_no_text_are_shown_as_such() {
    let text = shown(b"caf\xe9\n\xff\xfe\n", json!({})).await;
    let lines = "     1\tcaf\u{fffd}\n     2\t\u{fffd}\u{fffd}\n";
    let note = text.strip_prefix(lines).unwrap_or_else(|| panic!("{text}"));
    assert!(note.contains("no UTF-8 text"), "{note}");
}

#[tokio::test]
async fn one_call_shows_fifty_thousand_bytes_at_most() {
    // The lines meet the limit in different ways, the notice at the end included.
    for length in 80..120 {
        let content = format!("{}\n", "x".repeat(length)).repeat(1_500);
        let text = shown(&content, json!({})).await;
        assert!(text.len() <= 50_000, "{length}: {} bytes", text.len());
        let next = text.lines().count();
        let notice = format!("\n(cut here; go on with `offset`: {next})\n");
        assert!(text.ends_with(&notice), "{length}");
    }
}

#[tokio::test]
async fn a_model_that_goes_on_at_the_offset_reads_the_whole_file() {
    let lines: Vec<_> = (1..=3_000)
        .map(|n| format!("{n}:{}", "x".repeat(n % 90)))
        .collect();
    let dir = dir_with("a.txt", lines.join("\n"));
    let (mut read, mut offset) = (Vec::new(), Some(1));
    while let Some(first) = offset {
        let arguments = json!({ "path": "a.txt", "offset": first });
        let calls = [call("1", "read_file", arguments)];
        let text = play_in(dir.path(), ReadFileTool, calls)
            .await
            .result()
            .content;
        offset = text
            .lines()
            .last()
            .and_then(|last| last.strip_prefix("(cut here; go on with `offset`: "))
            .map(|rest| rest.trim_end_matches(')').parse::<usize>().unwrap());
        let numbered = text.lines().filter_map(|line| line.split_once('\t'));
        read.extend(numbered.map(|(_, line)| line.to_owned()));
    }
    assert_eq!(read, lines);
}

#[tokio::test]
async fn a_binary_file_is_not_shown() {
    let text = refused("a.png", b"\x89PNG\x00\x01", "a.png").await;
    assert!(
        text.contains("`a.png` is a binary file of 6 bytes"),
        "{text}"
    );
    assert!(text.contains("another file"), "{text}");
}

#[tokio::test]
async fn a_missing_file_is_answered_with_the_tool_that_lists() {
    let text = refused("a.txt", b"", "b.txt").await;
    assert!(text.contains("There is no `b.txt`"), "{text}");
    assert!(text.contains("Call `list_directory`"), "{text}");
    let text = refused("a.txt", b"", "no/such/b.txt").await;
    assert!(text.contains("Call `list_directory`"), "{text}");
}

#[tokio::test]
async fn a_file_below_a_file_is_answered_with_a_next_step() {
    let text = refused("a.txt", b"", "a.txt/b.txt").await;
    assert!(text.contains("`a.txt` is a file"), "{text}");
    assert!(text.contains("Call `read_file` to read it"), "{text}");
}

#[tokio::test]
async fn a_directory_is_answered_with_the_tool_that_lists() {
    for path in ["", " "] {
        let text = refused("a.txt", b"", path).await;
        assert!(text.contains("`path` is empty. Give the path"), "{text}");
    }
    for path in [".", "./"] {
        let text = refused("a.txt", b"", path).await;
        assert!(text.contains("is a directory"), "{text}");
        assert!(text.contains("Call `list_directory`"), "{text}");
    }
}

#[tokio::test]
async fn arguments_out_of_range_are_refused_before_the_call() {
    let dir = dir_with("a.txt", "x");
    let wrong = [
        json!({}),
        json!({ "path": "a.txt", "offset": 0 }),
        json!({ "path": "a.txt", "limit": 2_001 }),
        json!({ "path": "a.txt", "lines": 3 }),
    ];
    let calls = wrong.map(|arguments| call("1", "read_file", arguments));
    let played = play_in(dir.path(), ReadFileTool, calls).await;
    for result in played.results() {
        assert!(result.content.contains("do not fit"), "{result:?}");
    }
}
