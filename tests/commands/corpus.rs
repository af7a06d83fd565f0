//! Command lines that strangers might write, all refused, and harmless ones, all run.

use std::fs;
use std::process::Command;

use serde::Deserialize;

use crate::place::{Place, allowing};

#[derive(Deserialize)]
struct Corpus {
    group: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    pattern: String,
    /// Whether the lines also run with the programs of the machine.
    #[serde(default)]
    real: bool,
    lines: Vec<String>,
}

impl Corpus {
    fn refused() -> Self {
        toml::from_str(include_str!("refused.toml")).unwrap()
    }

    fn allowed() -> Self {
        toml::from_str(include_str!("allowed.toml")).unwrap()
    }

    /// Each line with its pattern.
    fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        let groups = self.group.iter();
        groups.flat_map(|group| {
            let lines = group.lines.iter();
            lines.map(|line| (group.pattern.as_str(), line.as_str()))
        })
    }
}

/// A place in which each program of these patterns, and whatever else a line may begin with, is found.
fn place_for(corpus: &Corpus) -> Place {
    let place = Place::new();
    for (pattern, line) in corpus.lines() {
        for text in [pattern, line] {
            let first = text.split_whitespace().next().unwrap_or_default();
            for program in first.trim_matches(['{', '}', '\'', '"']).split(',') {
                let below = program.strip_prefix("./").unwrap_or(program);
                let is_path = program.starts_with('/') || program.contains("..");
                let is_name = |c: char| c.is_alphanumeric() || "./-_".contains(c);
                if !is_path && !["", "."].contains(&below) && below.chars().all(is_name) {
                    place.fake(program);
                }
            }
        }
    }
    place
}

#[tokio::test]
async fn every_hostile_line_is_refused() {
    let corpus = Corpus::refused();
    let place = place_for(&corpus);
    let programs_before = count(&place);
    let mut ran = Vec::new();
    for (pattern, line) in corpus.lines() {
        // If one ran, it would only say its words.
        let tool = allowing(pattern).env("PATH", place.programs());
        match place.run(tool, line).await {
            Err(text) if text.contains("was not run") && !text.contains("there is no program") => {
                assert!(text.len() < 2_500, "{text}");
                assert!(text.contains(&format!("`{pattern}`")), "{text}");
            }
            said => ran.push((pattern, line, said)),
        }
    }
    assert!(ran.is_empty(), "{} of them: {ran:#?}", ran.len());
    assert_eq!(count(&place), programs_before, "something was written");
}

fn count(place: &Place) -> usize {
    fs::read_dir(place.room()).unwrap().count()
}

#[test]
fn there_are_hostile_and_harmless_lines_enough() {
    assert!(Corpus::refused().lines().count() >= 300);
    assert!(Corpus::allowed().lines().count() >= 55);
}

#[tokio::test]
async fn every_harmless_line_runs_with_the_words_that_a_shell_makes_of_it() {
    let corpus = Corpus::allowed();
    let place = place_for(&corpus);
    let path = place.programs();
    let mut different = Vec::new();
    for (pattern, line) in corpus.lines() {
        let shell = Command::new("/bin/sh")
            .args(["-c", line])
            .current_dir(place.room())
            .env_clear()
            .env("PATH", &path)
            .output()
            .unwrap();
        assert!(shell.status.success(), "{line}: {shell:?}");
        let expected = String::from_utf8(shell.stdout).unwrap();
        let said = place.run(allowing(pattern).env("PATH", &path), line).await;
        if said != Ok(format!("{expected}(exit code 0)\n")) {
            different.push((pattern, line, expected, said));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
}

#[tokio::test]
async fn harmless_lines_run_with_the_programs_of_the_machine() {
    let corpus = Corpus::allowed();
    let place = Place::new();
    place.write("a.txt", "1\n2\n");
    place.write("b.txt", "3\n");
    let real = corpus.group.iter().filter(|group| group.real);
    let mut count = 0;
    for group in real {
        for line in &group.lines {
            let said = place.run(allowing(&group.pattern), line).await;
            let said = said.unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(said.ends_with("(exit code 0)\n"), "{line}: {said}");
            count += 1;
        }
    }
    assert!(count >= 10, "{count}");
}
