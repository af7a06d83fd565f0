use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use grep_regex::{ErrorKind, RegexMatcherBuilder};

use super::expression::{Expression, parts};
use crate::excerpt::shorten;

/// Bytes of a pattern.
pub(super) const PATTERN_BYTES_MAX: usize = 1_000;
/// Bytes of what is wrong with a pattern.
const ERROR_BYTES_MAX: usize = 2_500;
/// Bytes that a compiled expression may have: `\w{3,30}` takes more than one MiB, because it knows all
/// alphabets. How long a search takes does not depend on these, but on the parts of an expression.
const COMPILED_BYTES_MAX: usize = 2 << 20;
/// Bytes that each thread may keep of what it learned of an expression.
const CACHE_BYTES_MAX: usize = 8 << 20;

/// How a pattern is meant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meaning {
    pub(super) literal: bool,
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
}

/// The matcher of an expression, or what the model should change about it.
pub(super) fn matcher(pattern: &str, meaning: Meaning) -> Result<Expression, String> {
    check_length(pattern)?;
    let parts = if meaning.literal {
        pattern.len()
    } else {
        parts(pattern, meaning.ignore_case)
    };
    let mut builder = RegexMatcherBuilder::new();
    builder
        .multi_line(true)
        .fixed_strings(meaning.literal)
        .case_insensitive(meaning.ignore_case)
        .size_limit(COMPILED_BYTES_MAX)
        .dfa_size_limit(CACHE_BYTES_MAX);
    if !meaning.multiline {
        builder.line_terminator(Some(b'\n')).crlf(true);
    }
    builder
        .build(pattern)
        .map(|regex| Expression::new(regex, parts))
        .map_err(|error| match error.kind() {
            ErrorKind::NotAllowed(_) => {
                "The `pattern` asks for the end of a line, and each line is searched by itself. Set \
                 `multiline` to true."
                    .to_owned()
            }
            _ => format!(
                "The `pattern` is not a regular expression that can be searched for:\n{}\nCorrect \
                 it (Rust syntax, without look-around and backreferences), or set `literal` to true \
                 to search for the text as it is.",
                shorten(error.to_string(), ERROR_BYTES_MAX)
            ),
        })
}

/// Which paths below the searched directory are meant.
#[derive(Debug)]
pub(super) struct PathPattern {
    glob: GlobSet,
    /// Only the name of a file counts.
    by_name: bool,
    /// Directories that the pattern spells out at its beginning.
    prefix: PathBuf,
    /// Parts of a path that it matches, where that is a fixed number.
    parts: Option<usize>,
}

impl PathPattern {
    /// A pattern of paths.
    pub(super) fn of_paths(pattern: &str) -> Result<Self, String> {
        check_length(pattern)?;
        let pattern = pattern.trim_start_matches("./");
        check_relative(pattern)?;
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        let glob = glob.and_then(|glob| GlobSetBuilder::new().add(glob).build());
        let glob = glob.map_err(|error| {
            format!(
                "The pattern is not a glob: {}. Use `*`, `?`, `[…]`, `{{a,b}}` and `**`, and put \
                 `\\` before a character that stands for itself.",
                shorten(error.kind().to_string(), ERROR_BYTES_MAX)
            )
        })?;
        let mut prefix: PathBuf = pattern
            .split('/')
            .take_while(|part| !part.contains(['*', '?', '[', '{', '\\']))
            .collect();
        if prefix.as_os_str().len() == pattern.len() {
            prefix.pop();
        }
        let fixed = !pattern.contains("**") && !pattern.contains(['[', '{']);
        Ok(Self {
            glob,
            by_name: false,
            prefix,
            parts: fixed.then(|| pattern.split('/').count()),
        })
    }

    /// A pattern that names files in any directory where it has no `/`.
    pub(super) fn of_files(pattern: &str) -> Result<Self, String> {
        if pattern.starts_with('!') {
            return Err(
                "A `glob` says which files are searched; it cannot exclude any. Name those that you \
                 want, as in `**/*.{rs,toml}`."
                    .to_owned(),
            );
        }
        let mut of_paths = Self::of_paths(pattern)?;
        if !pattern.contains('/') {
            of_paths.by_name = true;
            of_paths.parts = None;
        }
        Ok(of_paths)
    }

    pub(super) fn matches(&self, below: &Path) -> bool {
        match below.file_name() {
            Some(name) if self.by_name => self.glob.is_match(name),
            _ => self.glob.is_match(below),
        }
    }

    /// Whether there may be matching files in a directory.
    pub(super) fn enters(&self, below: &Path) -> bool {
        if self.by_name {
            return true;
        }
        let deep = self
            .parts
            .is_some_and(|parts| below.iter().count() >= parts);
        !deep
            && below
                .iter()
                .zip(&self.prefix)
                .all(|(one, other)| one == other)
    }

    /// Whether it matches files of the searched directory itself alone.
    pub(super) fn is_flat(&self) -> bool {
        self.parts == Some(1)
    }
}

fn check_length(pattern: &str) -> Result<(), String> {
    if pattern.len() > PATTERN_BYTES_MAX {
        return Err(format!(
            "The pattern has {} bytes, and {PATTERN_BYTES_MAX} are allowed. Give a shorter one.",
            pattern.len()
        ));
    }
    Ok(())
}

fn check_relative(pattern: &str) -> Result<(), String> {
    if pattern.starts_with('/') || Path::new(pattern).is_absolute() {
        return Err(
            "The pattern must be relative. Name a directory by `path`, and give the pattern without \
             a `/` at its beginning, as in `src/**/*.rs`."
                .to_owned(),
        );
    }
    if pattern.split('/').any(|part| part == "..") {
        return Err(
            "The pattern must not contain `..`: only files below `path` are found. Name another \
             directory by `path`."
                .to_owned(),
        );
    }
    if pattern.is_empty() || pattern.ends_with('/') {
        return Err(
            "The pattern must end in the name of a file: directories are not found themselves. For \
             all files in a directory, end it in `/**`."
                .to_owned(),
        );
    }
    Ok(())
}
