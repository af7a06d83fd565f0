use std::fmt;

/// Characters of a summary that the index shows.
const SUMMARY_CHARS_MAX: usize = 200;
/// Characters of all tags of a page that the index shows.
const TAGS_CHARS_MAX: usize = 100;

/// What the index knows of a page; its `Display` is the line of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageEntry {
    pub(super) slug: String,
    pub(super) summary: String,
    pub(super) tags: Vec<String>,
    pub(super) updated: Option<String>,
}

impl PageEntry {
    /// The page's name: words of `a-z0-9` that are joined by `-`, at most 64 bytes.
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// What the page is about, in one line: as it was given, or else the first line of the page.
    pub fn summary(&self) -> &str {
        &self.summary
    }

    /// The page's tags, in lower case.
    pub fn tags(&self) -> &[String] {
        &self.tags
    }

    /// When the page was saved, in the form of RFC 3339 (`2026-05-06T07:08:09Z`); of a page that
    /// somebody wrote by hand, whatever it says, or nothing.
    pub fn updated(&self) -> Option<&str> {
        self.updated.as_deref()
    }
}

impl fmt::Display for PageEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "- {}", self.slug)?;
        if !self.summary.is_empty() {
            write!(f, ": {}", first_chars(&self.summary, SUMMARY_CHARS_MAX))?;
        }
        if !self.tags.is_empty() {
            let tags = self.tags.join(", ");
            write!(f, " [{}]", first_chars(&tags, TAGS_CHARS_MAX))?;
        }
        Ok(())
    }
}

/// The text in one line: what would break it, or is no text, becomes a space.
pub(super) fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// A tag as it is kept; `None` when nothing is left of it.
pub(super) fn tag(text: &str) -> Option<String> {
    let tag = one_line(text.trim_start_matches('#')).to_lowercase();
    Some(tag).filter(|tag| !tag.is_empty())
}

/// What a page is about that does not say so: its first line with a letter or a digit.
pub(super) fn summary_of(content: &str) -> String {
    let mut lines = content.lines();
    let first = lines.find(|line| line.contains(char::is_alphanumeric));
    let marks = |c: char| c.is_whitespace() || matches!(c, '#' | '-' | '*' | '>' | '\u{feff}');
    let text = one_line(first.unwrap_or_default().trim_start_matches(marks));
    first_chars(&text, SUMMARY_CHARS_MAX)
}

/// The text itself if it is short, else its beginning and an ellipsis.
fn first_chars(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some(_) => {
            let head: String = text.chars().take(chars_max - 1).collect();
            head + "…"
        }
    }
}
