//! Limits of a search, each of which is said in its answer.

use std::fs::{self, File};
use std::io::Write;

use serde_json::json;

use crate::tree::{Tree, lines};

fn many(files: usize) -> Tree {
    let tree = Tree::of([]);
    for number in 0..files {
        tree.write(&format!("{number:04}"), "x\n");
        tree.touch(&format!("{number:04}"), (files - number) as u64);
    }
    tree
}

#[tokio::test]
async fn a_hundred_files_are_shown_and_all_are_counted() {
    let tree = many(250);
    let text = tree.glob(json!({ "pattern": "*" })).await.unwrap();
    assert!(text.starts_with("0000\n0001\n"), "{text}");
    assert!(
        text.ends_with(
            "(100 of 250 files, the newest first; go on with `offset`: 100, or narrow the search)\n"
        ),
        "{text}"
    );
    let text = tree
        .glob(json!({ "pattern": "*", "limit": 3, "offset": 248 }))
        .await;
    assert_eq!(
        text.unwrap(),
        "0248\n0249\n(2 of 250 files, the newest first)\n"
    );
    let text = tree.glob(json!({ "pattern": "*", "offset": 300 })).await;
    assert_eq!(text.unwrap(), "(0 of 250 files, the newest first)\n");
}

#[tokio::test]
async fn a_search_goes_on_where_it_stopped() {
    let tree = many(250);
    for output in ["content", "files", "count"] {
        let mut all = Vec::new();
        loop {
            let arguments =
                json!({ "pattern": "x", "output": output, "limit": 70, "offset": all.len() });
            let text = tree.grep(arguments).await.unwrap();
            let found = lines(&text);
            assert!(!found.is_empty(), "{text}");
            all.extend(found);
            if !text.contains("go on with `offset`") {
                break;
            }
            assert!(
                text.contains(&format!("`offset`: {},", all.len())),
                "{text}"
            );
        }
        assert_eq!(all.len(), 250, "{output}");
        assert!(all.is_sorted(), "{output}");
    }
}

#[tokio::test]
async fn one_answer_has_forty_thousand_bytes_at_most() {
    let tree = Tree::of([]);
    let line = format!("x{}\n", "y".repeat(450));
    tree.write("a", line.repeat(500));
    for arguments in [json!({ "context": 20 }), json!({})] {
        let mut numbers = Vec::new();
        loop {
            let mut arguments = arguments.clone();
            arguments["pattern"] = json!("x");
            arguments["limit"] = json!(1_000);
            arguments["offset"] = json!(numbers.len());
            let text = tree.grep(arguments).await.unwrap();
            assert!(text.len() < 41_000, "{} bytes", text.len());
            let shown = text.lines().filter_map(|line| line.strip_prefix("a:"));
            numbers.extend(
                shown.map(|line| line.split_once(':').unwrap().0.parse::<usize>().unwrap()),
            );
            if !text.contains("go on with") {
                break;
            }
        }
        assert_eq!(numbers, (1..=500).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn every_call_shows_a_match_whatever_stands_around_it() {
    let tree = Tree::of([]);
    // No byte of these is text, so each is shown as three.
    let line = [vec![0xff; 600], b"\n".to_vec()].concat();
    tree.write(
        "a",
        [line.repeat(30), b"needle\n".to_vec(), line.repeat(30)].concat(),
    );
    let arguments = json!({ "pattern": "needle", "context": 20 });
    let text = tree.grep(arguments).await.unwrap();
    assert!(
        text.contains("a:31: needle\n") && text.len() < 42_000,
        "{} bytes",
        text.len()
    );
}

#[tokio::test]
async fn a_match_of_many_lines_is_cut() {
    let tree = Tree::new([("a", &*format!("start\n{}end\n", "line\n".repeat(100)))]);
    let arguments = json!({ "pattern": "(?s)start.*end", "multiline": true });
    let text = tree.grep(arguments).await.unwrap();
    assert_eq!(text.lines().count(), 21, "{text}");
    assert!(
        text.ends_with("a:21: … (82 more lines of this match)\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_line_that_is_too_long_is_told() {
    let tree = Tree::new([("b", "needle\n")]);
    let mut file = File::create(tree.path("a")).unwrap();
    file.write_all(b"needle\n").unwrap();
    file.write_all(&vec![b'x'; 2 << 20]).unwrap();
    file.write_all(b"\nneedle\n").unwrap();
    let text = tree.grep(json!({ "pattern": "needle" })).await.unwrap();
    let expected = "a:1: needle\nb:1: needle\n(1 files were not searched to their ends, because a \
                    line (with `multiline`, the file) has more than 1 MiB, or is too long \
                    for an expression with so many parts)\n";
    assert_eq!(text, expected);
    let arguments = json!({ "pattern": "needle\\n", "multiline": true });
    let text = tree.grep(arguments).await.unwrap();
    assert!(text.starts_with("b:1: needle\n(1 files were not"), "{text}");
}

#[tokio::test]
async fn directories_that_are_too_deep_are_told() {
    let tree = Tree::of([]);
    tree.write(&format!("{}a", "d/".repeat(100)), "x\n");
    tree.write(&format!("{}b", "d/".repeat(101)), "x\n");
    let text = tree.glob(json!({ "pattern": "**" })).await.unwrap();
    assert_eq!(lines(&text).len(), 1, "{text}");
    assert!(
        text.contains("(1 directories more than 100 levels deep were not entered)"),
        "{text}"
    );
    let path = "d/".repeat(50);
    let text = tree
        .grep(json!({ "pattern": "x", "path": path }))
        .await
        .unwrap();
    assert_eq!(lines(&text).len(), 2, "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_not_waited_for() {
    let tree = Tree::new([("a", "x\n")]);
    let pipe = tree.path("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let text = agentwerk_tests::within(tree.grep(json!({ "pattern": "x" }))).await;
    assert_eq!(text.unwrap(), "a:1: x\n");
    let asked = tree.grep(json!({ "pattern": "x", "path": "pipe" }));
    let text = agentwerk_tests::within(asked).await.unwrap_err();
    assert!(
        text.contains("neither a directory nor a regular file"),
        "{text}"
    );
    assert_eq!(tree.found(json!({ "pattern": "*" })).await, ["a"]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_cannot_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;

    let tree = Tree::new([("a", "x\n"), ("closed/b", "x\n")]);
    fs::set_permissions(tree.path("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    let readable = fs::read_dir(tree.path("closed")).is_ok();
    let text = tree.grep(json!({ "pattern": "x" })).await.unwrap();
    fs::set_permissions(tree.path("closed"), fs::Permissions::from_mode(0o755)).unwrap();
    // The superuser may read everything.
    if readable {
        assert_eq!(text, "a:1: x\nclosed/b:1: x\n");
    } else {
        assert_eq!(text, "a:1: x\n(1 files or directories could not be read)\n");
    }
}
