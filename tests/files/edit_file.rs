//! `EditFileTool`: what is replaced, and what a model is told that did not hit.

use std::fs;
use std::time::Instant;

use agentwerk::tools::EditFileTool;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::play::call_in;

fn dir_with(content: impl AsRef<[u8]>) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.txt"), content).unwrap();
    dir
}

/// What is told of an edit, and what the file is then.
async fn edited(content: &str, arguments: Value) -> (Result<String, String>, String) {
    let dir = dir_with(content);
    let mut whole = json!({ "path": "a.txt" });
    for (name, value) in arguments.as_object().unwrap() {
        whole[name] = value.clone();
    }
    let told = call_in(&dir, EditFileTool, whole).await;
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    (told, fs::read_to_string(dir.path().join("a.txt")).unwrap())
}

/// What is told of an edit that leaves the file as it is.
async fn refused(content: &str, arguments: Value) -> String {
    let (told, left) = edited(content, arguments).await;
    assert_eq!(left, content);
    told.unwrap_err()
}

#[tokio::test]
async fn a_text_that_stands_there_once_is_replaced() {
    let arguments = json!({ "old": "two\n", "new": "2\nand\n" });
    let (told, text) = edited("one\ntwo\nthree", arguments).await;
    assert_eq!(text, "one\n2\nand\nthree");
    let expected = "Edited `a.txt` at 1 place.\n\
                    @@ -1,3 +1,4 @@\n one\n-two\n+2\n+and\n three\n\\ No newline at end of file\n";
    assert_eq!(told.unwrap(), expected);
}

#[tokio::test]
async fn a_text_that_stands_there_more_often_is_refused_with_its_lines() {
    let content = "a = 1\nb = 2\na = 1\na = 1 a = 1\n";
    let told = refused(content, json!({ "old": "a = 1", "new": "a = 2" })).await;
    let expected = "`old` stands in `a.txt` 4 times, at the lines 1, 3, 4, 4. Give more of the text \
                    around the one that you mean, or set `replace_all`.";
    assert_eq!(told, expected);
    let told = refused(&"x\n".repeat(300), json!({ "old": "x", "new": "y" })).await;
    assert!(told.contains("300 times, at the lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and at 290 more"));
}

#[tokio::test]
async fn all_places_are_replaced_where_that_is_asked_for() {
    let arguments = json!({ "old": "a", "new": "aa", "replace_all": true });
    let (told, text) = edited("a b\na\n", arguments).await;
    assert_eq!(text, "aa b\naa\n");
    assert!(told.unwrap().starts_with("Edited `a.txt` at 2 places.\n"));
}

#[tokio::test]
async fn other_white_space_is_named() {
    let content = "fn a() {\n\tlet x = 1;\n\treturn x;\n}\n";
    let old = "    let x = 1;\n    return x;";
    let told = refused(content, json!({ "old": old, "new": "" })).await;
    let expected = "`old` does not stand in `a.txt`; it must match exactly, white space included. The \
                    same text with other white space begins at line 2: the line is indented by 1 tab, \
                    `old` by 4 spaces.\n     2\t\tlet x = 1;\n     3\t\treturn x;\n";
    assert_eq!(told, expected);
    for (content, old, named) in [
        (
            "one  \ntwo\n",
            "one\ntwo",
            "the line ends in 2 spaces, `old` in no white space",
        ),
        (
            "one  two\n",
            "one two",
            "other white space between the words of the line",
        ),
        (
            "  \t one\n",
            "   one",
            "indented by 1 tab and 3 spaces, `old` by 3 spaces",
        ),
    ] {
        let told = refused(content, json!({ "old": old, "new": "" })).await;
        assert!(told.contains(named), "{old:?}: {told}");
    }
}

#[tokio::test]
async fn the_most_similar_place_is_shown() {
    let content =
        "use std::fs;\n\nfn first() {}\n\nfn second(count: usize) -> usize {\n    count\n}\n";
    let old = "\nfn second(count: u32) -> u32 {\n    count\n}";
    let told = refused(content, json!({ "old": old, "new": "" })).await;
    let expected = "The most similar place begins at line 4:\n     4\t\n     5\tfn second(count: usize) \
                    -> usize {\n     6\t    count\n     7\t}\n";
    assert!(told.ends_with(expected), "{told}");
    let told = refused(content, json!({ "old": "qqq zzz www", "new": "" })).await;
    assert!(told.ends_with("No line of it is similar. Call `read_file` to see what is in it."));
}

#[tokio::test]
async fn a_hint_is_bounded_in_a_large_file_and_says_so() {
    let content = format!("{}\n", "some words of a line ".repeat(50)).repeat(9_000);
    let old = format!("{}\n", "some words in a line ".repeat(50)).repeat(30);
    let told = refused(&content, json!({ "old": old, "new": "" })).await;
    assert!(told.len() < 4_000, "{} bytes", told.len());
    assert!(told.contains("(cut after 10 lines)"), "{told}");
    let told = refused(
        &"short\n".repeat(30_000),
        json!({ "old": "shart", "new": "" }),
    )
    .await;
    assert!(
        told.contains("(Only the first 20000 lines were compared.)"),
        "{told}"
    );
}

#[tokio::test]
async fn windows_line_ends_are_found_and_kept() {
    let arguments = json!({ "old": "two\nthree\n", "new": "2\nand\n3\n" });
    let (told, text) = edited("one\r\ntwo\r\nthree\r\n", arguments.clone()).await;
    assert_eq!(text, "one\r\n2\r\nand\r\n3\r\n");
    assert!(told.unwrap().contains("+and\n"));
    // Also where only some lines end so.
    let (_, text) = edited("one\ntwo\r\nthree\r\n", arguments).await;
    assert_eq!(text, "one\n2\r\nand\r\n3\r\n");
    // A text without an end of a line may get some.
    let (_, text) = edited("one\r\ntwo", json!({ "old": "two", "new": "2\n3" })).await;
    assert_eq!(text, "one\r\n2\r\n3");
    let (_, text) = edited("one\ntwo", json!({ "old": "two", "new": "2\n3" })).await;
    assert_eq!(text, "one\n2\n3");
}

#[tokio::test]
async fn nothing_and_the_same_are_refused() {
    let told = refused("a", json!({ "old": "", "new": "b" })).await;
    assert!(told.contains("`old` is empty"), "{told}");
    let told = refused("a", json!({ "old": "a", "new": "a" })).await;
    assert!(told.contains("are the same"), "{told}");
}

#[tokio::test]
async fn only_text_is_edited() {
    for content in [&b"a\xff"[..], b"a\0"] {
        let dir = dir_with(content);
        let arguments = json!({ "path": "a.txt", "old": "a", "new": "b" });
        let told = call_in(&dir, EditFileTool, arguments).await.unwrap_err();
        assert!(told.contains("`a.txt` is no UTF-8 text"), "{told}");
        assert_eq!(fs::read(dir.path().join("a.txt")).unwrap(), content);
    }
}

#[tokio::test]
async fn a_file_is_not_too_large_before_and_after() {
    let content = format!("{}y", "x".repeat(9_999_999));
    let arguments = json!({ "old": "y", "new": "z" });
    edited(&content, arguments.clone()).await.0.unwrap();
    let told = refused(&format!("{content}x"), arguments).await;
    assert!(told.contains("has 10000001 bytes"), "{told}");
    assert!(told.contains("at most 10000000 bytes"), "{told}");
    let told = refused(&content, json!({ "old": "y", "new": "zz" })).await;
    assert!(told.contains("would have 10000001 bytes"), "{told}");
    // What would never fit is not made before it is refused.
    let arguments = json!({ "old": "x", "new": "z".repeat(1_000_000), "replace_all": true });
    let told = refused(&content, arguments).await;
    assert!(told.contains("would have 9999999000001 bytes"), "{told}");
}

#[tokio::test]
async fn a_missing_file_is_answered_with_similar_ones() {
    let dir = dir_with("x");
    for path in ["b.txt", "no/a.txt"] {
        let arguments = json!({ "path": path, "old": "x", "new": "y" });
        let told = call_in(&dir, EditFileTool, arguments).await.unwrap_err();
        assert!(told.starts_with(&format!("There is no `{path}`")), "{told}");
    }
    let arguments = json!({ "path": "no/a.txt", "old": "x", "new": "y" });
    let told = call_in(&dir, EditFileTool, arguments).await.unwrap_err();
    assert!(told.ends_with("Similar paths: `a.txt`."), "{told}");
    assert!(!dir.path().join("no").exists());
}

#[tokio::test]
async fn the_line_that_differs_is_named() {
    let old = json!({ "old": "if a:\n\tb()\n", "new": "" });
    let (told, _) = edited("x\nif a:\n    b()\n", old).await;
    let told = told.unwrap_err();
    let expected = "with other white space begins at line 2: line 3 is indented by 4 spaces, `old` by \
                    1 tab.";
    assert!(told.contains(expected), "{told}");
}

/// Each line by itself would be compared 20,000 times 1,000 times, which are 10 GB.
#[tokio::test]
async fn many_long_lines_that_are_alike_take_little_more_than_different_ones() {
    let mut took = Vec::new();
    for alike in [false, true] {
        let line = |n: usize| {
            let number = if alike { 0 } else { n };
            format!("{number:06} {}\n", "a ".repeat(245))
        };
        let content: String = (0..20_000).map(line).collect();
        let mut old: String = (0..999).map(line).collect();
        old.push_str("another");
        let begun = Instant::now();
        let (told, _) = edited(&content, json!({ "old": old, "new": "" })).await;
        took.push(begun.elapsed());
        assert!(told.unwrap_err().contains("most similar place"));
    }
    println!("{took:?}");
    assert!(took[1] < took[0] * 5, "{took:?}");
}
