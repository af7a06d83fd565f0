//! What `grep` finds in files, and how it is shown.

use serde_json::{Value, json};

use crate::tree::Tree;

fn project() -> Tree {
    Tree::new([
        ("src/main.rs", "fn main() {\n    greet(\"you\");\n}\n"),
        (
            "src/greet.rs",
            "// Greets.\nfn greet(name: &str) {\n    print(name);\n}\n\nfn other() {}\n",
        ),
        ("notes.txt", "Greet everybody.\nfn\n"),
    ])
}

async fn shown(tree: &Tree, arguments: Value) -> String {
    tree.grep(arguments).await.unwrap()
}

#[tokio::test]
async fn matching_lines_are_shown_with_path_and_number() {
    let text = shown(&project(), json!({ "pattern": r"fn \w+\(" })).await;
    let expected = "src/greet.rs:2: fn greet(name: &str) {\n\
                    src/greet.rs:6: fn other() {}\n\
                    src/main.rs:1: fn main() {\n";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn files_are_shown_the_newest_first() {
    let tree = project();
    tree.touch("src/main.rs", 100);
    let text = shown(&tree, json!({ "pattern": "fn", "output": "files" })).await;
    let expected = "src/main.rs\nnotes.txt\nsrc/greet.rs\n(3 of 3 files, the newest first)\n";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn matching_lines_are_counted_by_file() {
    let text = shown(&project(), json!({ "pattern": "fn", "output": "count" })).await;
    let expected =
        "notes.txt: 1\nsrc/greet.rs: 2\nsrc/main.rs: 1\n(3 of 3 files; 4 matching lines in all)\n";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn lines_around_a_match_are_shown() {
    let tree = Tree::new([("a", "1\n2\nx 3\n4\n5\n6\n7\nx 8\nx 9\n10\n"), ("b", "x\n")]);
    let text = shown(&tree, json!({ "pattern": "x", "context": 1 })).await;
    let expected =
        "a-2- 2\na:3: x 3\na-4- 4\n--\na-7- 7\na:8: x 8\na:9: x 9\na-10- 10\n--\nb:1: x\n";
    assert_eq!(text, expected);
    let text = shown(&tree, json!({ "pattern": "3", "before": 2 })).await;
    assert_eq!(text, "a-1- 1\na-2- 2\na:3: x 3\n");
    let text = shown(&tree, json!({ "pattern": "3", "after": 2 })).await;
    assert_eq!(text, "a:3: x 3\na-4- 4\na-5- 5\n");
    // What is said of one side goes before what is said of both.
    let text = shown(&tree, json!({ "pattern": "3", "after": 0, "context": 1 })).await;
    assert_eq!(text, "a-2- 2\na:3: x 3\n");
}

#[tokio::test]
async fn capital_letters_may_be_ignored() {
    let arguments = json!({ "pattern": "GREET", "output": "count" });
    let text = shown(&project(), arguments).await;
    assert!(text.starts_with("No line matches."), "{text}");
    let arguments = json!({ "pattern": "GREET", "output": "count", "ignore_case": true });
    let text = shown(&project(), arguments).await;
    assert!(text.contains("4 matching lines in all"), "{text}");
}

#[tokio::test]
async fn a_literal_is_no_expression() {
    let tree = Tree::new([("a", "f(x)\nfx\n[(\n")]);
    let text = shown(&tree, json!({ "pattern": "f(x)", "literal": true })).await;
    assert_eq!(text, "a:1: f(x)\n");
    let text = shown(&tree, json!({ "pattern": "f(x)" })).await;
    assert_eq!(text, "a:2: fx\n");
    let text = shown(&tree, json!({ "pattern": "[(", "literal": true })).await;
    assert_eq!(text, "a:3: [(\n");
}

#[tokio::test]
async fn a_match_may_span_lines_when_asked_for() {
    let tree = Tree::new([("a", "start\nmiddle\nend\nrest\n")]);
    let text = tree.grep(json!({ "pattern": "start\\nmiddle" })).await;
    assert!(text.unwrap_err().contains("Set `multiline` to true"));
    for pattern in ["start\\nmiddle\\nend", "(?s)start.*end"] {
        let text = shown(&tree, json!({ "pattern": pattern, "multiline": true })).await;
        assert_eq!(text, "a:1: start\na:2: middle\na:3: end\n", "{pattern}");
    }
    let text = shown(&tree, json!({ "pattern": "start.*end", "multiline": true })).await;
    assert!(text.starts_with("No line matches."), "{text}");
}

#[tokio::test]
async fn a_glob_says_which_files_are_searched() {
    let tree = project();
    tree.write("src/deep/x.rs", "fn x() {}\n");
    for (glob, files) in [
        ("*.rs", vec!["src/deep/x.rs", "src/greet.rs", "src/main.rs"]),
        ("src/*.rs", vec!["src/greet.rs", "src/main.rs"]),
        ("**/deep/*", vec!["src/deep/x.rs"]),
        ("*.{txt,md}", vec!["notes.txt"]),
        ("none", vec![]),
    ] {
        let arguments = json!({ "pattern": "fn", "output": "count", "glob": glob });
        let text = shown(&tree, arguments).await;
        let found: Vec<_> = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .collect();
        let found: Vec<_> = found.into_iter().map(|(file, _)| file).collect();
        assert_eq!(found, files, "{glob}");
    }
    for (glob, hint) in [
        ("!*.rs", "cannot exclude"),
        ("../*", "`..`"),
        ("[", "not a glob"),
    ] {
        let text = tree.grep(json!({ "pattern": "fn", "glob": glob })).await;
        let text = text.unwrap_err();
        assert!(text.contains(hint), "{glob}: {text}");
    }
}

#[tokio::test]
async fn hidden_and_ignored_files_are_searched_when_asked_for() {
    let tree = Tree::new([("a", "x"), (".b", "x"), (".c/d", "x"), ("e.log", "x")]);
    tree.write(".gitignore", "*.log\n");
    for (hidden, ignored, files) in [
        (false, false, 1),
        (true, false, 3),
        (false, true, 2),
        (true, true, 4),
    ] {
        let arguments =
            json!({ "pattern": "^x$", "output": "files", "hidden": hidden, "ignored": ignored });
        let text = shown(&tree, arguments).await;
        assert!(
            text.contains(&format!("({files} of {files} files")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_single_file_is_searched_whatever_excludes_it() {
    let tree = Tree::new([("sub/.a.log", "x\n"), (".ignore", "*.log\n")]);
    let text = shown(&tree, json!({ "pattern": "x", "path": "sub/.a.log" })).await;
    assert_eq!(text, "sub/.a.log:1: x\n");
    let whole = tree.path("sub/.a.log");
    let text = shown(
        &tree,
        json!({ "pattern": "x", "path": whole, "output": "count" }),
    )
    .await;
    assert!(
        text.starts_with(&format!("{}: 1\n", whole.display())),
        "{text}"
    );
}

#[tokio::test]
async fn no_match_is_told_with_what_was_searched() {
    let text = shown(&project(), json!({ "pattern": "nowhere" })).await;
    let expected = "No line matches. (3 files were searched, hidden ones and those that ignore files \
                    exclude left out)\n";
    assert_eq!(text, expected);
}

#[tokio::test]
async fn an_expression_that_cannot_be_read_is_answered_with_its_mistake() {
    let tree = project();
    for (pattern, hint) in [
        ("foo(", "unclosed group"),
        ("a{2,1}", "invalid repetition count range"),
        (r"(?<=a)b", "look-around"),
        (r"(a)\1", "backreferences"),
        ("\\w{1000}{1000}", "size limit"),
    ] {
        let text = tree.grep(json!({ "pattern": pattern })).await.unwrap_err();
        assert!(text.contains(hint), "{pattern}: {text}");
        assert!(text.contains("set `literal` to true"), "{text}");
        assert!(text.len() < 4_000);
    }
    let text = tree
        .grep(json!({ "pattern": "ab\ncd(" }))
        .await
        .unwrap_err();
    assert!(text.contains('^'), "{text}");
}

#[tokio::test]
async fn text_with_a_byte_order_mark_is_read() {
    let tree = Tree::of([]);
    let text = "\u{feff}first\nsecond ä\n";
    tree.write("utf8", text);
    let units = || text.encode_utf16();
    tree.write(
        "utf16le",
        units().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
    );
    tree.write(
        "utf16be",
        units().flat_map(u16::to_be_bytes).collect::<Vec<_>>(),
    );
    let text = shown(&tree, json!({ "pattern": "ä|^first" })).await;
    let expected: String = ["utf16be", "utf16le", "utf8"]
        .map(|file| format!("{file}:1: first\n{file}:2: second ä\n"))
        .concat();
    assert_eq!(text.replace('\u{feff}', ""), expected);
}

#[tokio::test]
async fn the_end_of_a_line_is_no_part_of_it() {
    let tree = Tree::new([("a", "one\r\ntwo\r\nthree")]);
    let text = shown(&tree, json!({ "pattern": "(one|two|three)$" })).await;
    assert_eq!(text, "a:1: one\na:2: two\na:3: three\n");
}

#[tokio::test]
async fn binary_files_are_left_out() {
    let tree = Tree::new([("text", "x\n")]);
    tree.write("binary", b"x\nx\0x\n");
    for output in ["content", "files", "count"] {
        let text = shown(&tree, json!({ "pattern": "x", "output": output })).await;
        assert!(text.contains("text") && !text.contains("binary"), "{text}");
    }
    let text = shown(&tree, json!({ "pattern": "x", "path": "binary" })).await;
    assert!(text.contains("`binary` is binary from byte 3 on"), "{text}");
    // Far behind the beginning of a text, a zero byte ends the search.
    tree.write(
        "late",
        ["x\n".repeat(50_000).as_bytes(), b"\0\nx\n"].concat(),
    );
    let arguments = json!({ "pattern": "x", "path": "late", "output": "count" });
    let text = shown(&tree, arguments).await;
    assert!(text.starts_with("late: 3"), "{text}");
    assert!(
        text.contains("`late` is binary from byte 100000 on"),
        "{text}"
    );
}

#[tokio::test]
async fn a_long_line_is_cut_around_its_match() {
    let long = "ä".repeat(1_000);
    let tree = Tree::new([("a", &*format!("{long}needle{long}\n"))]);
    let text = shown(&tree, json!({ "pattern": "needle" })).await;
    assert!(
        text.starts_with("a:1: …ää") && text.ends_with("ää…\n"),
        "{text}"
    );
    assert!(
        text.contains("äneedleä") && text.len() < 520,
        "{} bytes",
        text.len()
    );
    assert!(!text.contains('\u{fffd}'));
    // Also at its ends.
    for (content, expected) in [
        (format!("needle{long}"), "a:1: needleä"),
        (format!("{long}needle"), "äneedle\n"),
    ] {
        tree.write("a", &content);
        let text = shown(&tree, json!({ "pattern": "needle" })).await;
        assert!(text.contains(expected), "{text}");
    }
}
