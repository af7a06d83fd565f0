//! What `glob` finds.

use serde_json::json;

use crate::tree::Tree;

fn project() -> Tree {
    Tree::of([
        "a.rs",
        "b.txt",
        "src/lib.rs",
        "src/deep/er/mod.rs",
        "src/x[1].rs",
        "docs/a.md",
        ".hidden/h.rs",
        ".env.rs",
    ])
}

#[tokio::test]
async fn patterns_mean_what_they_say() {
    let tree = project();
    let cases: [(&str, &[&str]); 16] = [
        ("*.rs", &["a.rs"]),
        (
            "**/*.rs",
            &["src/x[1].rs", "src/deep/er/mod.rs", "src/lib.rs", "a.rs"],
        ),
        ("./**/lib.rs", &["src/lib.rs"]),
        ("src/*.rs", &["src/x[1].rs", "src/lib.rs"]),
        (
            "src/**",
            &["src/x[1].rs", "src/deep/er/mod.rs", "src/lib.rs"],
        ),
        (
            "src/**/*.rs",
            &["src/x[1].rs", "src/deep/er/mod.rs", "src/lib.rs"],
        ),
        ("*", &["b.txt", "a.rs"]),
        ("?.*", &["b.txt", "a.rs"]),
        ("[ab].{rs,txt}", &["b.txt", "a.rs"]),
        ("[!a].*", &["b.txt"]),
        ("{src,docs}/*", &["docs/a.md", "src/x[1].rs", "src/lib.rs"]),
        ("{src/deep,docs}/**", &["docs/a.md", "src/deep/er/mod.rs"]),
        ("src/x[[]1].rs", &["src/x[1].rs"]),
        ("src/x\\[1\\].rs", &["src/x[1].rs"]),
        ("**/er/*", &["src/deep/er/mod.rs"]),
        ("a.rs", &["a.rs"]),
    ];
    for (pattern, expected) in cases {
        let found = tree.found(json!({ "pattern": pattern })).await;
        assert_eq!(found, expected, "{pattern}");
    }
}

#[tokio::test]
async fn a_pattern_is_relative_to_the_path() {
    let tree = project();
    for path in ["src", "./src/", "docs/../src"] {
        let found = tree.found(json!({ "pattern": "*.rs", "path": path })).await;
        assert_eq!(found.len(), 2, "{path}: {found:?}");
        for file in found {
            assert!(tree.path(&file).is_file(), "{file}");
        }
    }
    let whole = tree.path("src");
    let found = tree
        .found(json!({ "pattern": "lib.rs", "path": whole }))
        .await;
    assert_eq!(found, [whole.join("lib.rs").display().to_string()]);
}

#[tokio::test]
async fn hidden_files_are_found_when_asked_for() {
    let tree = project();
    let arguments = json!({ "pattern": "**/*.rs", "hidden": true });
    let found = tree.found(arguments).await;
    assert_eq!(found[..2], [".env.rs", ".hidden/h.rs"]);
    assert_eq!(found.len(), 6);
    let arguments = json!({ "pattern": ".*", "hidden": true });
    assert_eq!(tree.found(arguments).await, [".env.rs"]);
}

#[tokio::test]
async fn ignored_files_are_found_when_asked_for() {
    let tree = project();
    tree.write(".gitignore", "*.rs\n!lib.rs\n");
    let arguments = json!({ "pattern": "**/*.rs" });
    assert_eq!(tree.found(arguments).await, ["src/lib.rs"]);
    let arguments = json!({ "pattern": "**/*.rs", "ignored": true });
    assert_eq!(tree.found(arguments).await.len(), 4);
    let arguments = json!({ "pattern": "**/*.rs", "ignored": true, "hidden": true });
    assert_eq!(tree.found(arguments).await.len(), 6);
}

#[tokio::test]
async fn the_files_of_git_are_found_only_with_hidden_ones() {
    let tree = Tree::of(["a", ".git/config", ".git/info/exclude", "sub/.git/HEAD"]);
    tree.write(".ignore", "!.git\n!.git/**\n");
    assert_eq!(tree.found(json!({ "pattern": "**" })).await, ["a"]);
    let arguments = json!({ "pattern": "**/.git/**", "hidden": true });
    assert_eq!(tree.found(arguments).await.len(), 3);
}

#[tokio::test]
async fn the_newest_come_first_and_then_the_paths_decide() {
    let tree = Tree::of(["old", "b", "a/z", "a-z"]);
    for path in ["b", "a/z", "a-z"] {
        tree.touch(path, 10);
    }
    let text = tree.glob(json!({ "pattern": "**" })).await.unwrap();
    assert_eq!(text, "a/z\na-z\nb\nold\n(4 of 4 files, the newest first)\n");
}

#[tokio::test]
async fn no_match_is_told_with_what_may_be_wrong() {
    let tree = project();
    let text = tree.glob(json!({ "pattern": "*.md" })).await.unwrap();
    assert!(
        text.starts_with("No file matches. `*` does not cross `/`"),
        "{text}"
    );
    assert!(
        text.contains("Hidden files and those that ignore files exclude"),
        "{text}"
    );
    let arguments = json!({ "pattern": "**/*.c", "hidden": true, "ignored": true });
    assert_eq!(tree.glob(arguments).await.unwrap(), "No file matches.\n");
}

#[tokio::test]
async fn patterns_that_lead_elsewhere_are_refused_with_a_hint() {
    let tree = project();
    for (pattern, hint) in [
        ("../*", "must not contain `..`"),
        ("src/../*", "must not contain `..`"),
        ("/etc/*", "must be relative"),
        ("src/", "end it in `/**`"),
        ("", "must end in the name of a file"),
        ("[a", "not a glob"),
        ("{a", "not a glob"),
    ] {
        let text = tree.glob(json!({ "pattern": pattern })).await.unwrap_err();
        assert!(text.contains(hint), "{pattern}: {text}");
    }
    let text = tree.glob(json!({ "pattern": "*".repeat(1_001) })).await;
    assert!(text.unwrap_err().contains("1000 are allowed"));
}

#[tokio::test]
async fn a_path_that_is_no_directory_is_answered_with_a_next_step() {
    let tree = project();
    let text = tree.glob(json!({ "pattern": "*", "path": "a.rs" })).await;
    assert!(text.unwrap_err().contains("`a.rs` is a file"));
    let text = tree.glob(json!({ "pattern": "*", "path": "none" })).await;
    assert!(text.unwrap_err().contains("There is no `none`"));
}

#[tokio::test]
async fn the_longest_patterns_do_no_harm() {
    let tree = project();
    for part in [
        "?", "[!a]", "{a,", "**/", "[a-z", "*a", "{a,b}", "\\", "{[!a],?}",
    ] {
        let pattern = part.repeat(1_000 / part.len());
        // Whatever comes of it, it comes.
        let _text = tree.glob(json!({ "pattern": pattern })).await;
    }
}

#[tokio::test]
async fn a_name_of_several_lines_is_shown_in_one() {
    let tree = Tree::of(["a\nb"]);
    let found = tree.found(json!({ "pattern": "*" })).await;
    assert_eq!(found, ["a\\nb"]);
}
