//! `WriteFileTool`: what is written, and what the model is told of it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use agentwerk::tools::{ListDirectoryTool, ReadFileTool, Tool, WriteFileTool};
use serde_json::json;
use tempfile::TempDir;

use crate::play::call_in;

async fn write(dir: &TempDir, path: &str, content: &str) -> Result<String, String> {
    let arguments = json!({ "path": path, "content": content });
    call_in(dir, WriteFileTool, arguments).await
}

fn dir_with(name: &str, content: impl AsRef<[u8]>) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(name), content).unwrap();
    dir
}

fn text(dir: &TempDir, name: &str) -> String {
    fs::read_to_string(dir.path().join(name)).unwrap()
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_file_is_created_with_the_directories_that_lead_to_it() {
    let dir = tempfile::tempdir().unwrap();
    let told = write(&dir, "src/deep/a.rs", "fn a() {}").await.unwrap();
    assert_eq!(told, "Created `src/deep/a.rs` (9 bytes).\n");
    // No end of a line is added.
    assert_eq!(text(&dir, "src/deep/a.rs"), "fn a() {}");
    assert_eq!(names(&dir.path().join("src/deep")), ["a.rs"]);
}

#[tokio::test]
async fn an_overwritten_file_is_answered_with_the_difference() {
    let dir = dir_with("a.txt", "one\ntwo\nthree\n");
    let told = write(&dir, "a.txt", "one\n2\nthree").await.unwrap();
    let expected = "Replaced `a.txt` (11 bytes).\n\
                    @@ -1,3 +1,3 @@\n one\n-two\n-three\n+2\n+three\n\\ No newline at end of file\n";
    assert_eq!(told, expected);
    assert_eq!(text(&dir, "a.txt"), "one\n2\nthree");
    assert_eq!(names(dir.path()), ["a.txt"]);
}

#[tokio::test]
async fn the_same_content_is_no_difference() {
    let dir = dir_with("a.txt", "one\n");
    let told = write(&dir, "a.txt", "one\n").await.unwrap();
    assert!(
        told.ends_with("(the content is the same as before)\n"),
        "{told}"
    );
}

#[tokio::test]
async fn a_long_difference_is_cut_and_says_so() {
    let dir = dir_with("a.txt", "old line\n".repeat(5_000));
    let told = write(&dir, "a.txt", &"new line\n".repeat(5_000))
        .await
        .unwrap();
    assert!(told.len() < 4_200, "{} bytes", told.len());
    let notice = "-old line\n(the difference is cut: 4000 bytes are shown at most)\n";
    assert!(told.ends_with(notice), "{told}");
}

/// What is the same at both ends is left out before texts are compared.
#[tokio::test]
async fn a_difference_far_inside_has_its_lines() {
    let lines: Vec<_> = (1..=300_000).map(|n| format!("line {n}")).collect();
    let content = lines.join("\n");
    let dir = dir_with("a.txt", &content);
    let changed = content.replace("line 200000\n", "new\nline 200000\n");
    let told = write(&dir, "a.txt", &changed).await.unwrap();
    let expected = "@@ -199997,6 +199997,7 @@\n line 199997\n line 199998\n line 199999\n+new\n \
                    line 200000\n line 200001\n line 200002\n";
    assert_eq!(told.split_once('\n').unwrap().1, expected);
}

#[tokio::test]
async fn a_difference_at_an_end_has_its_lines() {
    let long = "x\n".repeat(10);
    for (old, new, expected) in [
        ("a\nb\n", "a\n", "@@ -1,2 +1 @@\n a\n-b\n"),
        ("a\n", "a\na\n", "@@ -1 +1,2 @@\n a\n+a\n"),
        ("", "a\n", "@@ -0,0 +1 @@\n+a\n"),
        ("ab\n", "aab\n", "@@ -1 +1 @@\n-ab\n+aab\n"),
        ("a\nb\n", "", "@@ -1,2 +0,0 @@\n-a\n-b\n"),
        (
            "äb",
            "öb",
            "@@ -1 +1 @@\n-äb\n\\ No newline at end of file\n+öb\n\\ No newline at end of file\n",
        ),
        (
            &long,
            &format!("y\n{long}"),
            "@@ -1,3 +1,4 @@\n+y\n x\n x\n x\n",
        ),
        (
            &long,
            &format!("{long}y"),
            "@@ -8,3 +8,4 @@\n x\n x\n x\n+y\n\\ No newline at end of file\n",
        ),
    ] {
        let dir = dir_with("a.txt", old);
        let told = write(&dir, "a.txt", new).await.unwrap();
        assert_eq!(told.split_once('\n').unwrap().1, expected, "{old:?}");
    }
}

#[tokio::test]
async fn the_mode_of_a_file_is_kept() {
    let dir = dir_with("a.sh", "#!/bin/sh\n");
    let path = dir.path().join("a.sh");
    for kept in [0o755, 0o600, 0o640, 0o666] {
        set_mode(&path, kept);
        write(&dir, "a.sh", &format!("{kept}")).await.unwrap();
        assert_eq!(mode(&path), kept);
    }
    // As with any write, rights that a program lends go.
    set_mode(&path, 0o6755);
    write(&dir, "a.sh", "other").await.unwrap();
    assert_eq!(mode(&path), 0o755);
}

#[tokio::test]
async fn a_new_file_has_the_mode_that_any_new_file_has() {
    let dir = dir_with("other", "");
    write(&dir, "a.txt", "x").await.unwrap();
    let expected = mode(&dir.path().join("other"));
    assert_eq!(mode(&dir.path().join("a.txt")), expected);
}

#[tokio::test]
async fn a_write_protected_file_is_refused() {
    let dir = dir_with("a.txt", "kept");
    set_mode(&dir.path().join("a.txt"), 0o444);
    let told = write(&dir, "a.txt", "x").await.unwrap_err();
    assert_eq!(told, "`a.txt` is write-protected. Choose another file.");
    assert_eq!(text(&dir, "a.txt"), "kept");
}

#[tokio::test]
async fn windows_line_ends_are_kept() {
    let dir = dir_with("a.txt", "one\r\ntwo\r\n");
    let told = write(&dir, "a.txt", "one\n2\n").await.unwrap();
    assert_eq!(text(&dir, "a.txt"), "one\r\n2\r\n");
    let expected = "Replaced `a.txt` (8 bytes).\n(the lines end in \\r\\n, as before)\n\
                    @@ -1,2 +1,2 @@\n one\n-two\n+2\n";
    assert_eq!(told, expected);
    // Of a file that mixes them nobody knows what is meant.
    let dir = dir_with("a.txt", "one\r\ntwo\n");
    write(&dir, "a.txt", "one\n2\n").await.unwrap();
    assert_eq!(text(&dir, "a.txt"), "one\n2\n");
}

#[tokio::test]
async fn a_file_that_is_no_text_is_replaced_without_a_difference() {
    let dir = dir_with("a.png", b"\x89PNG\xff\x00");
    let told = write(&dir, "a.png", "text").await.unwrap();
    let expected = "Replaced `a.png` (4 bytes; before 6 bytes that are no text, or too many to be \
                    compared).\n";
    assert_eq!(told, expected);
    assert_eq!(text(&dir, "a.png"), "text");
}

#[tokio::test]
async fn ten_million_bytes_are_written_and_not_one_more() {
    let dir = tempfile::tempdir().unwrap();
    let content = "x".repeat(10_000_001);
    let told = write(&dir, "a.txt", &content).await.unwrap_err();
    assert!(told.contains("10000001 bytes"), "{told}");
    assert!(told.contains("10000000 at most"), "{told}");
    assert_eq!(names(dir.path()), [""; 0]);
    write(&dir, "a.txt", &content[1..]).await.unwrap();
    assert_eq!(
        fs::metadata(dir.path().join("a.txt")).unwrap().len(),
        10_000_000
    );
}

#[tokio::test]
async fn a_link_is_not_written_through_and_says_so() {
    let dir = dir_with("a.txt", "kept");
    std::os::unix::fs::symlink("a.txt", dir.path().join("link")).unwrap();
    let told = write(&dir, "link", "x").await.unwrap_err();
    assert_eq!(
        told,
        "`link` is a link, and nothing is written through a link. Give the path of the file that it \
         leads to."
    );
    assert_eq!(text(&dir, "a.txt"), "kept");
    assert!(dir.path().join("link").is_symlink());
}

#[tokio::test]
async fn a_directory_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("sub")).unwrap();
    let told = write(&dir, "sub", "x").await.unwrap_err();
    assert!(told.contains("`sub` is a directory"), "{told}");
    let told = write(&dir, "sub/", "x").await.unwrap_err();
    assert!(told.contains("Give the path of a file"), "{told}");
}

#[test]
fn a_write_may_be_made_again_and_an_edit_not() {
    let spec = |tool: Tool| tool.spec().clone();
    use agentwerk::tools::{EditFileTool, IntoTool};
    let (write, edit) = (
        spec(WriteFileTool.into_tool()),
        spec(EditFileTool.into_tool()),
    );
    assert_eq!((write.read_only, write.idempotent), (false, true));
    assert_eq!((edit.read_only, edit.idempotent), (false, false));
}

#[tokio::test]
async fn paths_are_told_with_all_that_is_in_them() {
    let dir = tempfile::tempdir().unwrap();
    let arguments = json!({ "path": "a\u{202e}txt.b", "content": "x" });
    let told = call_in(&dir, WriteFileTool, arguments).await.unwrap();
    assert_eq!(told, "Created `a\\u{202e}txt.b` (1 bytes).\n");
    let told = call_in(&dir, ListDirectoryTool, json!({})).await.unwrap();
    assert_eq!(told, "a\\u{202e}txt.b (1 bytes)\n");
    let missing = json!({ "path": "\u{feff}b" });
    let told = call_in(&dir, ReadFileTool, missing).await.unwrap_err();
    assert!(told.contains("no `\\u{feff}b`"), "{told}");
}

#[tokio::test]
async fn reading_says_what_is_not_as_it_looks() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("f"), b"a\n\xff\nb\n").unwrap();
    let notice = "(some bytes are no UTF-8 text and are shown as \u{fffd}; writing this text back \
                  would change them)\n";
    let told = call_in(&dir, ReadFileTool, json!({ "path": "f" })).await;
    assert!(told.unwrap().ends_with(notice));
    let first = json!({ "path": "f", "limit": 1 });
    let told = call_in(&dir, ReadFileTool, first).await.unwrap();
    assert!(!told.contains(notice), "{told}");
    let empty = call_in(&dir, ReadFileTool, json!({ "path": " " })).await;
    assert!(empty.unwrap_err().contains("`path` is empty"));
    let below = call_in(&dir, ReadFileTool, json!({ "path": "f/b.rs" })).await;
    assert!(below.unwrap_err().contains("`f` is a file"));
}
