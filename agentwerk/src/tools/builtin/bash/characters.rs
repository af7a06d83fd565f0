use std::fmt;

use crate::tools::characters::is_format;

/// Whether a character stands for itself outside of quotes, in every shell, behind this one.
pub(super) fn is_plain(c: char, before: Option<char>) -> bool {
    match c {
        '-' | '_' | '.' | '/' | ',' | ':' | '@' | '%' | '+' | '^' => true,
        // First in a word, one begins a comment, and the other is a search for a program to zsh.
        '#' | '=' => before.is_some(),
        // `HEAD~1` is a word; `~`, `x=~` and `x:~` may be somebody's home.
        '~' => before.is_some_and(|before| before.is_ascii_alphanumeric()),
        _ => c.is_ascii_alphanumeric(),
    }
}

/// Whether a reader sees the character, and sees it where it is.
pub(super) fn is_visible(c: char) -> bool {
    c == ' ' || !(c.is_control() || c.is_whitespace() || is_format(c))
}

/// A character in a text for a model: one that cannot be seen as its number.
pub(super) struct Shown(pub(super) char);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(c) = *self;
        match c {
            '\n' => f.write_str("a line end"),
            '`' => f.write_str("a backtick"),
            '!'..='~' => write!(f, "`{c}`"),
            _ => write!(f, "the character U+{:04X}", u32::from(c)),
        }
    }
}
