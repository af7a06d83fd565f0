use std::ffi::OsStr;
use std::path::{self, Path};
use std::process::Command;

use super::environment::{Environment, find_program};
use super::pattern::{Misfit, Pattern};
use super::words::{LINE_BYTES_MAX, split};
use crate::excerpt::shorten;

/// Bytes of a line for the shell. Linux takes an argument of 128 KiB.
const SCRIPT_BYTES_MAX: usize = 100_000;
/// Bytes of all patterns that are repeated to a model in an error.
const PATTERNS_BYTES_MAX: usize = 1_500;
/// Bytes of a word that are.
const WORD_BYTES_MAX: usize = 100;
/// The shells for any line; the first that is there is taken.
const SHELLS: [&str; 2] = ["/bin/bash", "/bin/sh"];

/// Which lines may run.
#[derive(Clone, Debug)]
pub(super) enum Allowed {
    /// Those that fit one of these, without a shell.
    Patterns(Vec<Pattern>),
    /// Any, in a shell.
    Everything,
}

impl Allowed {
    /// The process for a line, or what the model is told in its place.
    pub(super) fn command(
        &self,
        line: &str,
        dir: &Path,
        environment: &Environment,
    ) -> Result<Command, String> {
        // A relative program would be looked for in another directory on some systems.
        let dir = path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        if !dir.is_dir() {
            return Err("The working directory does not exist, so no command can run.".to_owned());
        }
        let variables = environment.variables();
        let mut command = match self {
            Self::Everything => shell(line)?,
            Self::Patterns(patterns) => {
                let path = variables.get(OsStr::new("PATH"));
                direct(
                    line,
                    patterns,
                    &dir,
                    path.map_or(OsStr::new(""), |path| path),
                )?
            }
        };
        command.current_dir(dir).env_clear().envs(variables);
        Ok(command)
    }
}

/// A shell that runs the line.
fn shell(line: &str) -> Result<Command, String> {
    if line.len() > SCRIPT_BYTES_MAX || line.contains('\0') {
        return Err(format!(
            "The command was not run: a line may have {SCRIPT_BYTES_MAX} bytes, and no NUL. Write \
             what is longer to a file, and run that."
        ));
    }
    let there = SHELLS.iter().find(|shell| Path::new(shell).exists());
    let mut command = Command::new(there.unwrap_or(&SHELLS[1]));
    // Behind the two dashes, a line that begins with one is no option.
    command.args(["-c", "--", line]);
    Ok(command)
}

/// The program itself, if the line is allowed.
fn direct(line: &str, patterns: &[Pattern], dir: &Path, path: &OsStr) -> Result<Command, String> {
    let allowed = || shorten(format!("`{}`", list(patterns, "`, `")), PATTERNS_BYTES_MAX);
    let words = split(line).map_err(|problem| {
        format!(
            "The command was not run: {problem}. Give one command of at most {LINE_BYTES_MAX} bytes: \
             plain words with spaces between, without anything that a shell would expand, and a word \
             with other characters whole in single quotes. Allowed is what fits one of: {}",
            allowed()
        )
    })?;
    if let Some(misfit) = misfit(patterns, &words) {
        return Err(format!(
            "The command was not run: {}. Options must be those that a pattern spells. Allowed is \
             what fits one of: {}",
            explain(misfit, &words),
            allowed()
        ));
    }
    let program = find_program(&words[0], dir, path).ok_or_else(|| {
        format!(
            "The command was not run: there is no program `{}` on this machine. Go on without it.",
            shown(&words[0])
        )
    })?;
    let mut command = Command::new(program);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, &words[0]);
    command.args(&words[1..]);
    Ok(command)
}

/// Where a line stops to fit the pattern that it fits longest; `None` if it fits one.
fn misfit(patterns: &[Pattern], words: &[String]) -> Option<Misfit> {
    let mut furthest = Misfit::At(0);
    for pattern in patterns {
        match pattern.check(words) {
            Ok(()) => return None,
            Err(misfit) => furthest = furthest.max(misfit),
        }
    }
    Some(furthest)
}

fn explain(misfit: Misfit, words: &[String]) -> String {
    match misfit {
        Misfit::At(position) => {
            let word = words.get(position).map_or("", String::as_str);
            format!(
                "its word {}, `{}`, is not allowed there",
                position + 1,
                shown(word)
            )
        }
        Misfit::TooShort => "more words are needed".to_owned(),
    }
}

fn shown(word: &str) -> String {
    shorten(word.to_owned(), WORD_BYTES_MAX)
}

/// The patterns as they were given.
pub(super) fn list(patterns: &[Pattern], between: &str) -> String {
    let texts: Vec<_> = patterns.iter().map(Pattern::to_string).collect();
    texts.join(between)
}
