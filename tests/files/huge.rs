//! Large files and directories: limits are said, memory stays flat, and a cancel is heard.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use agentwerk::tools::{IntoTool, ListDirectoryTool, ReadFileTool, Tool, ToolContext};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::play::call_in;

const GIGABYTE: u64 = 1 << 30;
const MEGABYTE: u64 = 1 << 20;
/// Files in the large directory.
const FILES: usize = 100_000;
/// How much memory a call may add.
const MEMORY_KB_MAX: u64 = 16 * 1024;

/// A sparse file of one gigabyte that begins with text, and has the end of a line each megabyte.
fn sparse(dir: &TempDir) {
    let mut file = File::create(dir.path().join("huge.txt")).unwrap();
    file.write_all(&b"text ".repeat(2_000)).unwrap();
    file.set_len(GIGABYTE).unwrap();
    for megabyte in 1..=1_024 {
        let end = format!("line {megabyte}\n");
        let place = megabyte * MEGABYTE - end.len() as u64;
        file.write_all_at(end.as_bytes(), place).unwrap();
    }
}

/// A file of one gigabyte of short lines.
fn lines(dir: &TempDir) {
    let mut file = BufWriter::new(File::create(dir.path().join("huge.txt")).unwrap());
    let line = format!("{}\n", "x".repeat(63));
    for _ in 0..GIGABYTE / 64 {
        file.write_all(line.as_bytes()).unwrap();
    }
    file.flush().unwrap();
}

fn many_files() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..FILES {
        File::create(dir.path().join(format!("{number:06}"))).unwrap();
    }
    dir
}

/// The most memory that this process has had, in kB:
/// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let words: Vec<_> = line.unwrap().split_whitespace().collect();
    words[1].parse().unwrap()
}

fn tool(name: &str) -> Tool {
    match name {
        "read_file" => ReadFileTool.into_tool(),
        _ => ListDirectoryTool.into_tool(),
    }
}

/// What a process adds to its memory by one call, in kB.
fn memory_of(dir: &Path, name: &str, arguments: &Value) -> u64 {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "huge::measures_one_call",
            "--ignored",
            "--nocapture",
        ])
        .env("MEASURED_DIR", dir)
        .env("MEASURED_TOOL", name)
        .env("MEASURED_ARGUMENTS", arguments.to_string())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let added = text.lines().find_map(|line| line.strip_prefix("added: "));
    added.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
}

/// The process that is measured: one of its own, because others add to the memory of this one.
#[tokio::test]
#[ignore = "run by the tests that measure memory"]
async fn measures_one_call() {
    let Ok(dir) = std::env::var("MEASURED_DIR") else {
        return;
    };
    let name = std::env::var("MEASURED_TOOL").unwrap();
    let arguments = std::env::var("MEASURED_ARGUMENTS").unwrap();
    let arguments = serde_json::from_str(&arguments).unwrap();
    // A first call, so that what every call needs is there.
    let small = tempfile::tempdir().unwrap();
    let _warm = call_in(&small, tool(&name), json!({ "path": "." })).await;
    let before = peak_memory();
    call_in(dir, tool(&name), arguments).await.unwrap();
    println!("\nadded: {}", peak_memory() - before);
}

/// How long a call goes on after it is cancelled; `None` if it had ended before.
async fn end_after_cancel(dir: &Path, tool: Tool, arguments: Value) -> Option<Duration> {
    let context = ToolContext::new(dir);
    let cancel = context.cancel().clone();
    let mut call = tokio::spawn(async move { tool.call(arguments, &context).await });
    let begun = tokio::time::timeout(Duration::from_millis(30), &mut call).await;
    if begun.is_ok() {
        return None;
    }
    cancel.cancel();
    let cancelled = Instant::now();
    let error = call.await.unwrap().unwrap_err();
    assert!(error.to_string().contains("cancelled"), "{error}");
    Some(cancelled.elapsed())
}

async fn assert_huge_file_is_read(dir: &TempDir, offset: u64, shown: &str) {
    let arguments = json!({ "path": "huge.txt", "offset": offset, "limit": 1 });
    let begun = Instant::now();
    let text = call_in(dir, ReadFileTool, arguments.clone()).await.unwrap();
    let read_in = begun.elapsed();
    assert!(
        text.starts_with(&format!("{offset:>6}\t{shown}")),
        "{text:.80}"
    );
    let notice = format!("\n(cut here; go on with `offset`: {})\n", offset + 1);
    assert!(text.ends_with(&notice), "{text:.80}");
    let added = memory_of(dir.path(), "read_file", &arguments);
    let ended = end_after_cancel(dir.path(), ReadFileTool.into_tool(), arguments).await;
    println!("1 GB: line {offset} in {read_in:?}, {added} kB more; a cancel ends it in {ended:?}");
    assert!(added < MEMORY_KB_MAX, "{added} kB");
    let ended = ended.expect("a gigabyte is not read in a moment");
    assert!(ended < Duration::from_secs(1), "{ended:?}");
}

#[tokio::test]
async fn a_sparse_gigabyte_is_read_far_inside() {
    let dir = tempfile::tempdir().unwrap();
    sparse(&dir);
    assert_huge_file_is_read(&dir, 1_000, "\0\0").await;
}

#[tokio::test]
#[ignore = "writes a gigabyte"]
async fn a_gigabyte_of_lines_is_read_far_inside() {
    let dir = tempfile::tempdir().unwrap();
    lines(&dir);
    assert_huge_file_is_read(&dir, GIGABYTE / 64 - 10, "xxx").await;
}

#[tokio::test]
async fn a_hundred_thousand_files_are_listed_to_a_limit() {
    let dir = many_files();
    let begun = Instant::now();
    let text = call_in(&dir, ListDirectoryTool, json!({})).await.unwrap();
    let listed_in = begun.elapsed();
    assert!(text.starts_with("000000 (0 bytes)\n"), "{text:.80}");
    let end = "\n000999 (0 bytes)\n(the first 1000 of 100000 entries)\n";
    assert!(text.ends_with(end));
    let added = memory_of(dir.path(), "list_directory", &json!({}));
    let ended = end_after_cancel(dir.path(), ListDirectoryTool.into_tool(), json!({})).await;
    println!("{FILES} files: {listed_in:?}, {added} kB more; a cancel ends it in {ended:?}");
    assert!(added < MEMORY_KB_MAX, "{added} kB");
    assert!(
        ended.is_none_or(|ended| ended < Duration::from_secs(1)),
        "{ended:?}"
    );
    // A missing path is looked for among some of them only.
    let begun = Instant::now();
    let told = call_in(&dir, ReadFileTool, json!({ "path": "sub/a.txt" })).await;
    assert!(told.unwrap_err().starts_with("There is no `sub/a.txt`"));
    println!("a missing path among them: {:?}", begun.elapsed());
}
