use std::fmt;

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

/// Characters that have no shape of their own, or that move others: the properties `Cf` and
/// `Default_Ignorable_Code_Point`, the line separators, and what is no character.
///
/// Source: [Unicode, `DerivedCoreProperties`](https://www.unicode.org/Public/16.0.0/ucd/DerivedCoreProperties.txt);
/// for what they are used for, [Trojan Source, CVE-2021-42574](https://nvd.nist.gov/vuln/detail/CVE-2021-42574).
fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{10ffff}'
    )
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
