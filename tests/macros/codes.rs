//! Every mistake with a code is explained, and has a case that shows its words and its place.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, iter};

fn at_root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The codes that have a section in the page.
fn explained() -> BTreeSet<String> {
    ["tools", "results"]
        .into_iter()
        .flat_map(|part| {
            let page = at_root(&format!("agentwerk/src/docs/guides/diagnostics_{part}.md"));
            let page = fs::read_to_string(page).unwrap();
            let headings = page.lines().filter_map(|line| line.strip_prefix("## "));
            headings.map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn files(dir: &str) -> impl Iterator<Item = PathBuf> {
    let files = fs::read_dir(at_root(dir)).unwrap();
    files.map(|entry| entry.unwrap().path())
}

/// The codes `[T01]` in a text.
fn codes(text: &str) -> impl Iterator<Item = String> {
    text.split('[').skip(1).filter_map(|rest| {
        let (code, _) = rest.split_once(']')?;
        let mut letters = code.chars();
        let is_code = matches!(letters.next(), Some('R' | 'T'))
            && code.len() == 3
            && letters.all(|letter| letter.is_ascii_digit());
        is_code.then(|| code.to_owned())
    })
}

/// The codes that a case shows: by its text, or, where rustc words the mistake, by its name.
fn shown() -> BTreeSet<String> {
    let carets = files("agentwerk-macros/tests/caret");
    let programs = files("tests/macros/ui");
    carets
        .chain(programs)
        .flat_map(|file| {
            let name = file.file_name().unwrap().to_string_lossy().to_uppercase();
            let named = name.split_once('_').map(|(code, _)| format!("[{code}]"));
            let text = fs::read_to_string(&file).unwrap();
            let all: Vec<_> = codes(&text)
                .chain(
                    iter::once(named)
                        .flatten()
                        .flat_map(|name| codes(&name).collect::<Vec<_>>()),
                )
                .collect();
            all
        })
        .collect()
}

#[test]
fn every_code_is_explained_and_shown() {
    let explained = explained();
    assert!(explained.len() >= 32, "{explained:?}");
    assert_eq!(explained, shown());
}
