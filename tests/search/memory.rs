//! Memory depends on what is shown, not on how much there is.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::process::Command;

use agentwerk::tools::{GlobTool, GrepTool, ToolContext};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::is_long;

/// The directory in which a process of its own searches, and with what.
const DIR: &str = "AGENTWERK_SEARCH_DIR";
const CALL: &str = "AGENTWERK_SEARCH_CALL";

/// What one search may add, with four threads and the parts of the library that it loads.
const GROWTH_MIB_MAX: u64 = 64;

/// As many files, and as many MiB of text, as are searched in the gate; all of them in a long check.
const FILES: [usize; 2] = [20_000, 100_000];
const MIB: [usize; 2] = [128, 1_024];

/// The most memory that this process ever had.
fn peak_mib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1_024
}

/// Runs in the process of its own; without its variables it does nothing.
#[tokio::test]
async fn searching_process() {
    let (Ok(dir), Ok(arguments)) = (std::env::var(DIR), std::env::var(CALL)) else {
        return;
    };
    let mut arguments: Value = serde_json::from_str(&arguments).unwrap();
    let tool = arguments.as_object_mut().unwrap().remove("tool").unwrap();
    let context = ToolContext::new(dir);
    let before = peak_mib();
    let text = match tool.as_str() {
        Some("glob") => crate::tree::call(&context, GlobTool, arguments).await,
        _ => crate::tree::call(&context, GrepTool, arguments).await,
    };
    let grown = peak_mib() - before;
    println!("grown: {grown} MiB");
    println!("answer: {:?}", text.unwrap());
}

/// How much memory a search takes in a process of its own, and its answer.
fn measured(dir: &TempDir, call: &Value) -> (u64, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "memory::searching_process",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(DIR, dir.path())
        .env(CALL, call.to_string())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let grown = text
        .split_once("grown: ")
        .and_then(|(_, rest)| rest.split_once(" MiB"));
    let grown = grown.unwrap_or_else(|| panic!("{text}")).0.parse().unwrap();
    println!("{call}: {grown} MiB more");
    let answer = text.split_once("answer: ").unwrap().1;
    (grown, answer.lines().next().unwrap().to_owned())
}

#[test]
fn many_files_are_searched_in_little_memory() {
    let dir = TempDir::new().unwrap();
    let files = FILES[usize::from(is_long())];
    for number in 0..files {
        fs::write(
            dir.path().join(format!("a-name-of-some-length-{number}")),
            "x\n",
        )
        .unwrap();
    }
    for (call, expected) in [
        (
            json!({ "tool": "glob", "pattern": "**" }),
            format!("(100 of {files} files"),
        ),
        (
            json!({ "tool": "grep", "pattern": "x" }),
            "there are more".to_owned(),
        ),
        (
            json!({ "tool": "grep", "pattern": "x", "output": "files" }),
            format!("(100 of {files} files"),
        ),
        (
            json!({ "tool": "grep", "pattern": "x", "output": "count" }),
            format!("{files} matching lines"),
        ),
        (
            json!({ "tool": "grep", "pattern": "nowhere" }),
            format!("({files} files were searched"),
        ),
    ] {
        let (grown, answer) = measured(&dir, &call);
        assert!(answer.contains(&expected), "{answer}");
        assert!(grown < GROWTH_MIB_MAX, "{grown} MiB");
    }
}

#[test]
fn large_files_are_searched_in_little_memory() {
    let dir = TempDir::new().unwrap();
    let lines = File::create(dir.path().join("lines")).unwrap();
    let mut lines = std::io::BufWriter::new(lines);
    let block = "a line of text that says nothing\n".repeat(1 << 15);
    let mib = MIB[usize::from(is_long())];
    for _ in 0..(mib << 20) / block.len() {
        lines.write_all(block.as_bytes()).unwrap();
    }
    lines.write_all(b"needle\n").unwrap();
    drop(lines);
    let mut hole = File::create(dir.path().join("hole")).unwrap();
    hole.seek(SeekFrom::Start((mib as u64) << 20)).unwrap();
    hole.write_all(b"needle\n").unwrap();
    for (call, expected) in [
        (json!({ "tool": "grep", "pattern": "needle" }), "lines:"),
        (
            json!({ "tool": "grep", "pattern": "needle", "output": "count" }),
            "lines: 1",
        ),
        (
            json!({ "tool": "grep", "pattern": "needle", "path": "hole" }),
            "`hole` is binary from byte 0 on",
        ),
        (
            json!({ "tool": "grep", "pattern": "needle\\n", "multiline": true }),
            "not searched to their ends",
        ),
    ] {
        let (grown, answer) = measured(&dir, &call);
        assert!(answer.contains(expected), "{answer}");
        assert!(grown < GROWTH_MIB_MAX, "{grown} MiB");
    }
}

#[test]
fn ignore_files_of_many_levels_take_little() {
    let dir = TempDir::new().unwrap();
    let mut below = dir.path().to_owned();
    // Short rules make the largest matchers, for their bytes.
    let rules: String = (0..600).map(|n| format!("*{n}[a-z]*/x{n}?\n")).collect();
    for _ in 0..30 {
        fs::create_dir_all(below.join(".git/info")).unwrap();
        for name in [".ignore", ".gitignore", ".git/info/exclude"] {
            fs::write(below.join(name), &rules).unwrap();
        }
        below.push("d");
    }
    fs::create_dir(&below).unwrap();
    fs::write(below.join("file"), "").unwrap();
    let call = json!({ "tool": "glob", "pattern": "**/file" });
    let (grown, answer) = measured(&dir, &call);
    // Three files of 600 lines count, and 87 do not.
    assert!(
        answer.contains("(87 ignore files are too large, or more than count together"),
        "{answer}"
    );
    assert!(grown < GROWTH_MIB_MAX, "{grown} MiB");
}
