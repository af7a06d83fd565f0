//! What a model is told of a path that does not exist.

use std::fs;
use std::path::Path;

use agentwerk::tools::{ListDirectoryTool, ReadFileTool};
use serde_json::json;
use tempfile::TempDir;

use crate::play::call_in;

fn dir_with(files: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for file in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    dir
}

/// The paths that are named for one that does not exist.
async fn similar(dir: impl AsRef<Path>, path: &str) -> String {
    let told = call_in(&dir, ReadFileTool, json!({ "path": path })).await;
    let told = told.unwrap_err();
    let start = format!("There is no `{path}`. Call `list_directory` to see what is there,");
    assert!(told.starts_with(&start), "{told}");
    let named = told.split_once(" Similar paths: ").map(|(_, named)| named);
    named.unwrap_or_default().to_owned()
}

#[tokio::test]
async fn names_elsewhere_case_extension_and_spelling_are_found() {
    let dir = dir_with(&[
        "src/main.rs",
        "src/tools/reader.rs",
        "README.md",
        "docs/guide.md",
    ]);
    for (wrong, right) in [
        ("main.rs", "`src/main.rs`."),
        ("scr/main.rs", "`src/main.rs`."),
        ("readme.md", "`README.md`."),
        ("README.txt", "`README.md`."),
        ("src/tools/raeder.rs", "`src/tools/reader.rs`."),
        ("docs/deep/guide.md", "`docs/guide.md`."),
        ("nothing-like-it.bin", ""),
    ] {
        assert_eq!(similar(&dir, wrong).await, right, "{wrong}");
    }
}

#[tokio::test]
async fn a_directory_is_found_too() {
    let dir = dir_with(&["tests/tools/main.rs"]);
    let told = call_in(&dir, ListDirectoryTool, json!({ "path": "test/tool" })).await;
    assert!(told.unwrap_err().ends_with("Similar paths: `tests/tools`."));
}

#[tokio::test]
async fn three_paths_are_named_the_best_first() {
    let files = ["a/x.rs", "b/x.rs", "c/x.rs", "d/X.rs", "d/x.txt"];
    let dir = dir_with(&files);
    assert_eq!(
        similar(&dir, "d/x.rs").await,
        "`a/x.rs`, `b/x.rs`, `c/x.rs`."
    );
    assert_eq!(
        similar(&dir, "d/X.txt").await,
        "`d/x.txt`, `d/X.rs`, `a/x.rs`."
    );
}

/// Five thousand entries are looked at, where the way to the path ends first.
#[tokio::test]
async fn the_search_is_bounded() {
    let dir = dir_with(&["near/wanted.rs", "a/b/c/d/e/f/buried.txt"]);
    for n in 0..6_000 {
        fs::write(dir.path().join(format!("near/{n}")), "").unwrap();
    }
    fs::create_dir(dir.path().join("far")).unwrap();
    fs::write(dir.path().join("far/other.rs"), "").unwrap();
    assert_eq!(similar(&dir, "near/other.rs").await, "");
    // Nor is what lies too deep.
    assert_eq!(similar(&dir, "x/buried.txt").await, "");
}

#[tokio::test]
async fn nothing_outside_is_named() {
    let root = dir_with(&["room/a.txt", "outside/wanted.txt"]);
    let room = root.path().join("room");
    std::os::unix::fs::symlink("../outside", room.join("link")).unwrap();
    assert_eq!(similar(&room, "wanted.txt").await, "");
    assert_eq!(similar(&room, "sub/wanted.txt").await, "");
}

#[tokio::test]
async fn the_files_of_this_repository_are_found() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let found = similar(repository, "agentwerk/src/tools/read_file.rs").await;
    let expected = "`agentwerk/src/tools/builtin/files/read_file.rs`";
    assert!(found.starts_with(expected), "{found}");
    let found = similar(repository, "cargo.toml").await;
    assert!(found.contains("`Cargo.toml`"), "{found}");
}
