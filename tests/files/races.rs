//! Somebody swaps directories, files and links while the tools run.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use agentwerk::tools::{
    EditFileTool, IntoTool, ListDirectoryTool, ReadFileTool, ToolContext, WriteFileTool,
};
use serde_json::json;

use crate::tree::{CANARY, Tree};
use crate::watcher::assert_untouched;

/// How often each tool is called on each path while it is swapped.
const ROUNDS: usize = 40;
const FILES: [&str; 2] = ["swap/secret.txt", "file.txt"];

/// Puts a link in the place of a thing, and the thing back. A tool may make something of that name
/// in between.
fn swap(place: &Path, target: &str, away: &Path) {
    fs::rename(place, away).unwrap();
    while symlink(target, place).is_err() {
        clear(place);
    }
    clear(place);
    while fs::rename(away, place).is_err() {
        clear(place);
    }
}

fn clear(place: &Path) {
    if fs::remove_file(place).is_err() {
        let _nothing_there = fs::remove_dir_all(place);
    }
}

#[test]
fn a_swap_of_a_directory_and_a_link_leads_nowhere() {
    let tree = Tree::new();
    let path = |name: &str| tree.path("room").join(name);
    fs::create_dir(path("swap")).unwrap();
    fs::write(path("swap/secret.txt"), "allowed\n").unwrap();
    fs::write(path("file.txt"), "allowed\n").unwrap();
    let before = tree.around();
    let done = AtomicBool::new(false);
    let tools = [
        ReadFileTool.into_tool(),
        WriteFileTool.into_tool(),
        EditFileTool.into_tool(),
        ListDirectoryTool.into_tool(),
    ];
    let context = ToolContext::new(path(""));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (mut allowed, mut refused, mut swaps) = (0, 0, 0);
    thread::scope(|scope| {
        let swapping = scope.spawn(|| {
            let mut swaps = 0;
            while !done.load(Ordering::Acquire) {
                swap(&path("swap"), "../outside", &path("away"));
                let secret = "../outside/secret.txt";
                swap(&path("file.txt"), secret, &path("away.txt"));
                swaps += 2;
            }
            swaps
        });
        for _ in 0..ROUNDS {
            for (tool, file) in tools.iter().flat_map(|tool| FILES.map(|file| (tool, file))) {
                let call = tool.call(arguments(&tool.spec().name, file), &context);
                let text = match runtime.block_on(call) {
                    Ok(result) => {
                        allowed += 1;
                        result.text()
                    }
                    Err(error) => {
                        refused += 1;
                        error.to_string()
                    }
                };
                assert!(!text.contains(CANARY), "{text}");
            }
        }
        done.store(true, Ordering::Release);
        swaps = swapping.join().unwrap();
    });
    assert_untouched(&before, &tree.around());
    assert!(
        allowed > 0 && refused > 0,
        "{allowed} allowed, {refused} refused"
    );
    println!("{swaps} swaps: {allowed} calls allowed, {refused} refused");
}

fn arguments(tool: &str, file: &str) -> serde_json::Value {
    match tool {
        "read_file" => json!({ "path": file }),
        "list_directory" => json!({ "path": file.trim_end_matches("/secret.txt") }),
        "write_file" => json!({ "path": file, "content": "allowed\n" }),
        _ => json!({ "path": file, "old": "allowed", "new": "allowed!" }),
    }
}
