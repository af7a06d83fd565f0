//! Real shells take every line that is accepted for the same words, and do nothing else with it.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::split;

/// What hostile lines are made of.
const FRAGMENTS: [&str; 72] = [
    " ", " ", " ", " ", "  ", "a", "b", "rm", "x1", "-", "-x", "--y", "=", "~", "~a", "#", "#a",
    "!", "$", "$x", "${x}", "$(a)", "$((1))", "`", "`a`", "\\", "\\\n", "\n", "\r", "\t", ";",
    "&&", "||", "|", "&", ">", "2>&1", "<", "<<E", "<(a)", "(", ")", "[[", "]", "{a,b}", "{", "}",
    "*", "?", "[a]", "'", "\"", "'a b'", "\"a b\"", "'$x;'", "''", "\"\"", "$'a'", "^", "%", "@",
    ":", "/", ".", ",", "+", "é", "'é'", "\u{200b}", "\u{ff1b}", "\u{a0}", "time",
];

fn random_line(random: &mut fastrand::Rng) -> String {
    let count = random.usize(1..12);
    let fragments = (0..count).map(|_| FRAGMENTS[random.usize(..FRAGMENTS.len())]);
    fragments.collect()
}

/// Accepted lines with their words; the same ones in every run.
fn accepted(count: usize) -> Vec<(String, Vec<String>)> {
    let mut random = fastrand::Rng::with_seed(7);
    let lines = std::iter::repeat_with(|| random_line(&mut random));
    lines
        .filter_map(|line| split(&line).ok().map(|words| (line, words)))
        // These two programs are a shell's own.
        .filter(|(_, words)| ![".", ":"].contains(&words[0].as_str()))
        .take(count)
        .collect()
}

/// The words that a shell makes of each line, in a directory where nothing may happen.
fn words_of(shell: &str, prelude: &str, prefix: &str, lines: &[(String, Vec<String>)]) -> String {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("empty");
    fs::create_dir(&dir).unwrap();
    let mut script = format!("{prelude}\n");
    for (line, _) in lines {
        script.push_str(&format!("{prefix}{line}\n"));
    }
    let file = place.path().join("script");
    fs::write(&file, script).unwrap();
    let shell = Command::new(shell)
        .arg(&file)
        .current_dir(&dir)
        .env_clear()
        .env("PATH", Path::new("/nonexistent"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let complaints = String::from_utf8_lossy(&shell.stderr);
    assert_eq!(complaints, "", "the shell did something else");
    let made: Vec<_> = fs::read_dir(&dir).unwrap().collect();
    assert!(made.is_empty(), "{made:?}");
    String::from_utf8(shell.stdout).unwrap()
}

/// Compares line by line; each word ends in the first control character, each line in the second.
fn assert_same(said: &str, lines: &[(String, Vec<String>)]) {
    let said: Vec<_> = said.split_terminator('\u{2}').collect();
    assert_eq!(said.len(), lines.len());
    for ((line, words), said) in lines.iter().zip(said) {
        let said: Vec<_> = said.split_terminator('\u{1}').collect();
        assert_eq!(said, *words, "{line:?}");
    }
}

const SAY: &str = r#"printf '%s\001' "$@"; printf '\002'"#;

#[test]
fn the_posix_shell_makes_the_same_words_of_20000_random_lines() {
    let lines = accepted(20_000);
    let said = words_of("/bin/sh", &format!("say() {{ {SAY}; }}"), "say ", &lines);
    assert_same(&said, &lines);
}

/// Here the first word stands where a program does, and every word is looked up as one.
#[test]
fn bash_runs_one_program_with_the_same_words_for_1000_random_lines() {
    if !Path::new("/bin/bash").exists() {
        return;
    }
    let lines: Vec<_> = accepted(1_500)
        .into_iter()
        // A path is not looked up; bash says that it is not there.
        .filter(|(_, words)| !words[0].contains('/'))
        .take(1_000)
        .collect();
    assert_eq!(lines.len(), 1_000);
    let prelude = format!("command_not_found_handle() {{ {SAY}; }}");
    let said = words_of("/bin/bash", &prelude, "", &lines);
    assert_same(&said, &lines);
}

#[test]
fn whole_quoted_words_are_literal() {
    let words = split(r#"  git log  '--format=%h $x' "two words" '' 'é' HEAD~1 a=b "#).unwrap();
    let expected = [
        "git",
        "log",
        "--format=%h $x",
        "two words",
        "",
        "é",
        "HEAD~1",
        "a=b",
    ];
    assert_eq!(words, expected);
}
