use super::characters::{Shown, is_plain, is_visible};

/// Bytes of one line.
pub(super) const LINE_BYTES_MAX: usize = 8_192;
/// Words of one line.
const WORDS_MAX: usize = 200;

/// What a shell takes for the beginning of something else than a program, where it stands first.
/// Source: [bash, reserved words](https://www.gnu.org/software/bash/manual/html_node/Reserved-Words.html)
const RESERVED: [&str; 22] = [
    "!", "[[", "]]", "{", "}", "case", "coproc", "do", "done", "elif", "else", "esac", "fi", "for",
    "function", "if", "in", "select", "then", "time", "until", "while",
];

/// Why a line is not a list of literal words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WordError {
    #[error("there is no command")]
    Empty,
    #[error("it has {0} bytes, more than {LINE_BYTES_MAX}")]
    LongLine(usize),
    #[error("it has more than {WORDS_MAX} words")]
    ManyWords,
    #[error("{} may stand in single quotes only", Shown(*.0))]
    Special(char),
    #[error("{} may not stand anywhere", Shown(*.0))]
    Invisible(char),
    #[error("quotes must enclose a whole word, and a word may not hold the quotes that enclose it")]
    PartlyQuoted,
    #[error("a quote is not closed")]
    OpenQuote,
    #[error("it begins with an assignment, and variables cannot be set")]
    Assignment,
    #[error("`{0}` is a word of the shell, and there is no shell")]
    Reserved(&'static str),
}

/// Splits a line into words, all of them literal: every shell would take the line for the same words,
/// and would find nothing in it to expand, to redirect or to run besides.
///
/// Rather than to know all that shells understand, it knows what none of them does: outside of quotes
/// a few ASCII characters, and quotes around whole words only.
pub(super) fn split(line: &str) -> Result<Vec<String>, WordError> {
    let words: Vec<_> = written(line)?
        .into_iter()
        .map(literal)
        .collect::<Result<_, _>>()?;
    check_program(words.first().ok_or(WordError::Empty)?)?;
    Ok(words)
}

/// The words as they are written, with their quotes.
pub(super) fn written(line: &str) -> Result<Vec<&str>, WordError> {
    if line.len() > LINE_BYTES_MAX {
        return Err(WordError::LongLine(line.len()));
    }
    let mut words = Vec::new();
    let mut rest = line.trim_matches(' ');
    while !rest.is_empty() {
        let end = match rest.chars().next() {
            Some(quote @ ('\'' | '"')) => 2 + rest[1..].find(quote).ok_or(WordError::OpenQuote)?,
            _ => rest.find(' ').unwrap_or(rest.len()),
        };
        let (word, behind) = rest.split_at(end);
        if !behind.is_empty() && !behind.starts_with(' ') {
            return Err(WordError::PartlyQuoted);
        }
        if words.len() == WORDS_MAX {
            return Err(WordError::ManyWords);
        }
        words.push(word);
        rest = behind.trim_start_matches(' ');
    }
    Ok(words)
}

/// What a written word stands for.
pub(super) fn literal(word: &str) -> Result<String, WordError> {
    let Some(quote @ ('\'' | '"')) = word.chars().next() else {
        check_plain(word)?;
        return Ok(word.to_owned());
    };
    let inner = word[1..].strip_suffix(quote).ok_or(WordError::OpenQuote)?;
    for c in inner.chars() {
        if !is_visible(c) {
            return Err(WordError::Invisible(c));
        }
        // The last one for interactive shells, which replace it by an earlier command.
        if quote == '"' && matches!(c, '$' | '`' | '\\' | '!') {
            return Err(WordError::Special(c));
        }
    }
    Ok(inner.to_owned())
}

/// A word that may be the program: not one that means something else to a shell in the first place.
pub(super) fn check_program(word: &str) -> Result<(), WordError> {
    if word.is_empty() {
        return Err(WordError::Empty);
    }
    if word.contains('=') {
        return Err(WordError::Assignment);
    }
    // A job of bash, which it would go on with.
    if word.starts_with('%') {
        return Err(WordError::Special('%'));
    }
    match RESERVED.iter().find(|reserved| **reserved == word) {
        Some(reserved) => Err(WordError::Reserved(reserved)),
        None => Ok(()),
    }
}

fn check_plain(word: &str) -> Result<(), WordError> {
    let mut before = None;
    for c in word.chars() {
        if !is_plain(c, before) {
            return Err(match c {
                '\'' | '"' => WordError::PartlyQuoted,
                _ if is_visible(c) => WordError::Special(c),
                _ => WordError::Invisible(c),
            });
        }
        before = Some(c);
    }
    Ok(())
}

#[cfg(test)]
#[path = "tests/words.rs"]
mod tests;
