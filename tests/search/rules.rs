//! The rules of ignore files agree with ripgrep's own walker.

use std::collections::BTreeSet;
use std::path::PathBuf;

use fastrand::Rng;
use ignore::WalkBuilder;
use serde_json::json;

use crate::is_long;
use crate::tree::Tree;

/// Trees that are made in the gate, and in a long check.
const TREES: [u64; 2] = [60, 200];
const SEED: u64 = 1_000;

/// Names that rules speak of.
const NAMES: [&str; 12] = [
    "a", "b", "c.txt", "d.log", ".e", "target", "src", "keep.log", "A", "x y", "[z]", ".gitkeep",
];
/// Rules of all forms: anchored, for directories only, with wildcards, whitelists, comments, spaces
/// and mistakes.
const RULES: [&str; 40] = [
    "a",
    "/a",
    "a/",
    "/a/",
    "a/b",
    "/a/b",
    "**/b",
    "a/**",
    "a/**/b",
    "b/",
    "*.log",
    "!keep.log",
    "/*.log",
    "*.txt",
    "!*.txt",
    "src/*.txt",
    "/src/",
    "!src",
    "!/src/",
    "target",
    "target/",
    "!target",
    ".*",
    "!.e",
    ".e",
    "!.gitkeep",
    "*",
    "!*/",
    "/*",
    "!/src",
    "[ab]",
    "[!a]*",
    "?",
    "x y",
    "x\\ y",
    "\\[z\\]",
    "# a",
    "\\!a",
    "a ",
    "[",
];

/// The files of a tree by our walk.
async fn ours(tree: &Tree, path: &str, hidden: bool, ignored: bool) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    loop {
        let text = tree
            .glob(json!({
                "pattern": "**", "path": path, "hidden": hidden, "ignored": ignored,
                "limit": 1_000, "offset": found.len(),
            }))
            .await
            .unwrap();
        found.extend(crate::tree::lines(&text).into_iter().map(PathBuf::from));
        if !text.contains("go on with") {
            return found;
        }
    }
}

/// The files of a tree by ripgrep's walk.
fn theirs(tree: &Tree, path: &str, hidden: bool, ignored: bool) -> BTreeSet<PathBuf> {
    let mut builder = WalkBuilder::new(tree.path(path));
    builder
        .hidden(!hidden)
        .ignore(!ignored)
        .git_ignore(!ignored)
        .git_exclude(!ignored)
        .git_global(false)
        .require_git(false)
        // Above the tree lies what belongs to somebody else.
        .parents(!ignored)
        .filter_entry(move |entry| hidden || entry.depth() == 0 || entry.file_name() != ".git");
    let files = builder.build().filter_map(|entry| {
        let entry = entry.unwrap();
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        let below = entry.path().strip_prefix(tree.root()).unwrap();
        is_file.then(|| below.to_owned())
    });
    files.collect()
}

fn rules(random: &mut Rng) -> String {
    let end = if random.u8(..4) == 0 { "\r\n" } else { "\n" };
    let count = random.usize(1..6);
    let rules = (0..count).map(|_| format!("{}{end}", RULES[random.usize(..RULES.len())]));
    rules.collect()
}

/// A directory with files, directories and rules.
fn plant(tree: &Tree, dir: &str, depth: usize, random: &mut Rng) -> Vec<String> {
    let mut dirs = vec![dir.to_owned()];
    for name in [".gitignore", ".ignore", ".git/info/exclude"] {
        if random.u8(..3) == 0 {
            tree.write(&format!("{dir}/{name}"), rules(random));
        }
    }
    for name in NAMES {
        let path = format!("{dir}/{name}");
        match random.u8(..5) {
            0 | 1 => tree.write(&path, ""),
            2 if depth > 0 => dirs.extend(plant(tree, &path, depth - 1, random)),
            _ => {}
        }
    }
    dirs.retain(|dir| tree.path(dir).is_dir());
    dirs
}

#[tokio::test]
async fn random_trees_are_walked_as_ripgrep_walks_them() {
    let mut found = 0;
    let mut excluded = 0;
    let trees = TREES[usize::from(is_long())];
    for seed in SEED..SEED + trees {
        let mut random = Rng::with_seed(seed);
        let tree = Tree::of([]);
        let dirs = plant(&tree, ".", 3, &mut random);
        let below = &dirs[random.usize(..dirs.len())];
        for path in [".", below] {
            for (hidden, ignored) in [(false, false), (true, false), (false, true), (true, true)] {
                let ours = ours(&tree, path, hidden, ignored).await;
                let theirs = theirs(&tree, path, hidden, ignored);
                assert_eq!(
                    ours, theirs,
                    "seed {seed}, {path}, hidden {hidden}, ignored {ignored}"
                );
                found += ours.len();
                if !ignored {
                    excluded += usize::from(!ours.is_empty());
                }
            }
        }
    }
    println!(
        "{trees} trees, {} walks, {found} files; {excluded} walks under rules gave some",
        trees * 8
    );
    assert!(found > 5_000 && excluded > 150, "the trees show too little");
}

#[tokio::test]
async fn an_ignore_file_that_is_too_large_does_not_count_and_is_told() {
    let tree = Tree::of(["a.log", "b.txt"]);
    tree.write(
        ".gitignore",
        format!("*.log\n#{}\n", "x".repeat(64 * 1_024)),
    );
    let text = tree.glob(json!({ "pattern": "*" })).await.unwrap();
    assert!(
        text.contains("a.log") && text.contains("(1 ignore files are too large"),
        "{text}"
    );
    tree.write(".gitignore", "*.log\n");
    let text = tree.glob(json!({ "pattern": "*" })).await.unwrap();
    assert_eq!(text, "b.txt\n(1 of 1 files, the newest first)\n");
}

#[tokio::test]
async fn lines_that_are_no_rules_leave_the_others() {
    let tree = Tree::of(["a.log", "b.txt"]);
    tree.write(".gitignore", b"\xef\xbb\xbf*.log\n\xff\xfe\n[\n{a\n");
    let text = tree.glob(json!({ "pattern": "*" })).await.unwrap();
    assert_eq!(text, "b.txt\n(1 of 1 files, the newest first)\n");
}
