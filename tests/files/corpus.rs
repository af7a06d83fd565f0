//! Hostile paths, all refused, and harmless ones, all allowed. Both are data files.

use std::path::{Path, PathBuf};

use agentwerk::chat::ToolCall;
use serde_json::{Value, json};

use crate::tree::{ALLOWED, CANARY, Tree};
use crate::watcher::assert_untouched;

const HOSTILE: &str = include_str!("paths.txt");
const HARMLESS: &str = include_str!("controls.txt");

/// One line: the letters of the tools, and the path as it is written.
fn lines(corpus: &'static str) -> Vec<(&'static str, &'static str)> {
    let lines = corpus.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).collect()
}

/// The path that a line means.
fn path(written: &str, tree: &Tree) -> String {
    let root = tree.path("").display().to_string();
    let home = std::fs::canonicalize(tree.path("room")).unwrap();
    let written = written
        .replace("{root}", root.trim_end_matches('/'))
        .replace("{home}", &home.display().to_string());
    unescape(&repeat(&written))
}

/// Writes `{x*3}` out as `xxx`.
fn repeat(written: &str) -> String {
    let found = written.find("*").and_then(|star| {
        let start = written[..star].rfind('{')?;
        let end = star + written[star..].find('}')?;
        let count: usize = written[star + 1..end].parse().ok()?;
        Some((start, star, end, count))
    });
    match found {
        None => written.to_owned(),
        Some((start, star, end, count)) => format!(
            "{}{}{}",
            &written[..start],
            written[start + 1..star].repeat(count),
            &written[end + 1..]
        ),
    }
}

fn unescape(written: &str) -> String {
    let mut path = String::new();
    let mut rest = written;
    while let Some(place) = rest.find('\\') {
        path.push_str(&rest[..place]);
        let (character, length) = match rest.as_bytes()[place + 1] {
            b'0' => ('\0', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'\\' => ('\\', 2),
            b'u' => {
                let end = rest[place..].find('}').unwrap();
                let code = u32::from_str_radix(&rest[place + 3..place + end], 16).unwrap();
                (char::from_u32(code).unwrap(), end + 1)
            }
            other => panic!("{written}: {other}"),
        };
        path.push(character);
        rest = &rest[place + length..];
    }
    path + rest
}

fn call(id: usize, tool: char, path: &str) -> ToolCall {
    let (name, arguments): (_, Value) = match tool {
        'r' => ("read_file", json!({ "path": path })),
        'l' => ("list_directory", json!({ "path": path })),
        'w' => (
            "write_file",
            json!({ "path": path, "content": format!("written {id}\n") }),
        ),
        'e' => (
            "edit_file",
            json!({ "path": path, "old": "allowed", "new": "allowed," }),
        ),
        other => panic!("no tool is called {other}"),
    };
    ToolCall::new(&*id.to_string(), name, &arguments)
}

/// All calls of a corpus, and what each is to be called in a failure.
fn calls(corpus: &'static str, tree: &Tree) -> (Vec<ToolCall>, Vec<String>) {
    let mut calls = Vec::new();
    let mut names = Vec::new();
    for (tools, written) in lines(corpus) {
        for tool in tools.chars() {
            calls.push(call(calls.len(), tool, &path(written, tree)));
            names.push(format!("{tool} {written}"));
        }
    }
    (calls, names)
}

#[tokio::test]
async fn hostile_paths_are_refused_and_touch_nothing() {
    let tree = Tree::new();
    let (calls, names) = calls(HOSTILE, &tree);
    let before = tree.picture();
    let results = tree.play(calls).await;
    assert_untouched(&before, &tree.picture());
    let mut wrong = Vec::new();
    for (result, name) in results.iter().zip(&names) {
        let text = &result.content;
        let leaks = text.contains(CANARY) || text.contains("root:x:");
        if !result.is_error || leaks || text.len() > 2_000 {
            wrong.push(format!("{name}: {text}"));
        }
    }
    assert_eq!(results.len(), names.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
    println!(
        "{} calls refused, of {} paths",
        names.len(),
        lines(HOSTILE).len()
    );
}

#[tokio::test]
async fn harmless_paths_are_allowed_and_touch_nothing_around() {
    let tree = Tree::new();
    let (calls, names) = calls(HARMLESS, &tree);
    let before = tree.around();
    let results = tree.play(calls).await;
    assert_untouched(&before, &tree.around());
    let mut wrong = Vec::new();
    for (result, name) in results.iter().zip(&names) {
        if result.is_error {
            wrong.push(format!("{name}: {}", result.content));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Written is what the path says.
    for (number, name) in names.iter().enumerate() {
        if let Some(written) = name.strip_prefix("w ") {
            let path: PathBuf = Path::new(&path(written, &tree)).components().collect();
            let path = tree.path("room").join(path);
            let text = std::fs::read_to_string(path).unwrap();
            assert_eq!(text, format!("written {number}\n"), "{name}");
        }
    }
    println!(
        "{} calls allowed, of {} paths",
        names.len(),
        lines(HARMLESS).len()
    );
}

#[test]
fn the_corpora_are_as_large_as_they_are() {
    let (hostile, harmless) = (lines(HOSTILE), lines(HARMLESS));
    assert_eq!((hostile.len(), harmless.len()), (189, 69));
    for corpus in [hostile, harmless] {
        let mut paths: Vec<_> = corpus.iter().map(|(_, path)| path).collect();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), corpus.len(), "a path stands there twice");
    }
}

/// A link that somebody made outside: the other name of a file keeps its content.
#[tokio::test]
async fn a_hard_link_is_read_and_not_written_through() {
    let tree = Tree::new();
    let (there, here) = (tree.path("outside/twin.txt"), tree.path("room/twin.txt"));
    let edited = tree.path("room/twin2.txt");
    std::fs::write(&there, ALLOWED).unwrap();
    std::fs::hard_link(&there, &here).unwrap();
    std::fs::hard_link(&there, &edited).unwrap();
    assert_eq!(tree.read("twin.txt").await.content, "     1\tallowed\n");
    let result = tree.write("twin.txt", "mine\n").await;
    assert!(!result.is_error, "{result:?}");
    let result = tree.edit("twin2.txt", "allowed", "changed").await;
    assert!(!result.is_error, "{result:?}");
    assert_eq!(std::fs::read_to_string(&there).unwrap(), ALLOWED);
    assert_eq!(std::fs::read_to_string(&here).unwrap(), "mine\n");
    assert_eq!(std::fs::read_to_string(&edited).unwrap(), "changed\n");
}
