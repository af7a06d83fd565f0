//! What each mistake is told, and at which token: `tests/caret/*.txt`.
//!
//! A file holds items with `---` between them, and below each line the errors that begin in it. To
//! write the errors anew: `UPDATE_EXPECT=1 cargo test -p agentwerk-macros caret`.

use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use proc_macro2::LineColumn;

use super::macros::Expanding;
use crate::error::{Code, Errors};

const BETWEEN_CASES: &str = "\n---\n";

fn files() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/caret");
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// Whether a line tells of an error and is no part of the item.
fn is_told(line: &str) -> bool {
    ["^", "help: ", "note: "]
        .iter()
        .any(|start| line.trim_start().starts_with(start))
}

fn without_errors(case: &str) -> String {
    let kept = case.lines().filter(|line| !is_told(line));
    kept.collect::<Vec<_>>().join("\n")
}

/// The item with its errors below the lines in which they begin.
fn with_errors(item: &str, errors: &Errors) -> String {
    let mut told: Vec<_> = errors
        .found()
        .map(|error| (error.span().start(), error.span().end(), error.to_string()))
        .collect();
    told.sort_by_key(|(start, end, _)| (*start, *end));
    let mut lines = Vec::new();
    for (index, line) in item.lines().enumerate() {
        lines.push(line.to_owned());
        let here = told.iter().filter(|(start, ..)| start.line == index + 1);
        for (start, end, text) in here {
            lines.extend(below(line, *start, *end, text));
        }
    }
    lines.join("\n")
}

fn below(line: &str, start: LineColumn, end: LineColumn, text: &str) -> Vec<String> {
    let last = if end.line == start.line {
        end.column
    } else {
        line.chars().count()
    };
    let carets = "^".repeat(last.saturating_sub(start.column).max(1));
    let indent = " ".repeat(start.column);
    let mut texts = text.lines();
    let first = texts.next().unwrap_or_default();
    let mut lines = vec![format!("{indent}{carets} {first}")];
    lines.extend(texts.map(|rest| format!("{indent}{rest}")));
    lines
}

#[test]
fn errors_stand_at_the_token_that_is_wrong() {
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let cases: Vec<_> = text
            .trim_end()
            .split(BETWEEN_CASES)
            .map(|case| {
                let item = without_errors(case);
                with_errors(&item, &Expanding::of(&item).expand().errors)
            })
            .collect();
        expect_file![file].assert_eq(&format!("{}\n", cases.join(BETWEEN_CASES)));
    }
}

#[test]
fn every_mistake_has_a_case_in_a_file_of_its_name() {
    for code in Code::ALL {
        let told = format!("[{code:?}] ");
        let name = format!("{code:?}").to_lowercase();
        let mut files = files().into_iter();
        let file = files.find(|file| file.file_stem().unwrap().to_str().unwrap() == name);
        let file = file.unwrap_or_else(|| panic!("there is no {name}.txt"));
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains(&told), "{name}.txt has no case of {told}");
    }
}
