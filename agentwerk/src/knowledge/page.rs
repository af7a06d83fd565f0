use std::fmt;

use super::entry::{PageEntry, one_line, summary_of, tag};
use super::front_matter;
use super::slug::slug;

/// A page of a [`Knowledge`](super::Knowledge) store; its `Display` is the text of its file.
///
/// # Units and limits
/// The text of the file, with the front matter, has at most 40,000 bytes, and the front matter
/// 4,000; it is checked when the page is saved.
///
/// # Examples
/// ```
/// use agentwerk::knowledge::KnowledgePage;
///
/// let page = KnowledgePage::new("Release Process", "1. Tag it.\n2. Push it.\n")
///     .with_summary("How a release is made")
///     .with_tags(["release", "CI"]);
/// assert_eq!(page.slug(), "release-process");
/// assert_eq!(
///     page.to_string(),
///     "---\nsummary: \"How a release is made\"\ntags: [\"release\", \"ci\"]\n---\n\n\
///      1. Tag it.\n2. Push it.\n"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgePage {
    entry: PageEntry,
    content: String,
}

impl KnowledgePage {
    /// A page with a name and a text, which is Markdown.
    ///
    /// The name becomes a slug: words of `a-z0-9` that are joined by `-`. Marks of letters are
    /// dropped, a `.md` at the end too. Of a name with other letters, or one that is too long, a
    /// digest is added. A name that is reserved, such as `index`, gets `-page`.
    pub fn new(name: &str, content: impl Into<String>) -> Self {
        let content = content.into();
        Self {
            entry: PageEntry {
                slug: slug(name),
                summary: summary_of(&content),
                tags: Vec::new(),
                updated: None,
            },
            content,
        }
    }

    /// Says what the page is about, in one line; unsaid, that is the first line of its text.
    #[must_use]
    pub fn with_summary(mut self, summary: &str) -> Self {
        let summary = one_line(summary);
        if !summary.is_empty() {
            self.entry.summary = summary;
        }
        self
    }

    /// Sets the tags, which are kept in lower case.
    #[must_use]
    pub fn with_tags<I: IntoIterator<Item: AsRef<str>>>(mut self, tags: I) -> Self {
        let tags = tags.into_iter();
        self.entry.tags = tags.filter_map(|text| tag(text.as_ref())).collect();
        self
    }

    /// Reads the text of a file.
    pub(super) fn parse(slug: &str, text: &str) -> Self {
        let (found, content) = front_matter::split(text);
        Self {
            entry: PageEntry {
                slug: slug.to_owned(),
                summary: found.summary.unwrap_or_else(|| summary_of(content)),
                tags: found.tags,
                updated: found.updated,
            },
            content: content.to_owned(),
        }
    }

    pub(super) fn saved_at(&self, time: String) -> Self {
        let mut page = self.clone();
        page.entry.updated = Some(time);
        page
    }

    /// The front matter, as it stands above the text.
    pub(super) fn front_matter(&self) -> String {
        let entry = &self.entry;
        front_matter::write(&entry.summary, &entry.tags, entry.updated())
    }

    /// What the index knows of the page.
    pub fn entry(&self) -> &PageEntry {
        &self.entry
    }

    pub(super) fn into_entry(self) -> PageEntry {
        self.entry
    }

    /// The page's name: words of `a-z0-9` that are joined by `-`, at most 64 bytes.
    pub fn slug(&self) -> &str {
        &self.entry.slug
    }

    /// The text, without the front matter.
    pub fn content(&self) -> &str {
        &self.content
    }
}

impl fmt::Display for KnowledgePage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.front_matter(), self.content)
    }
}
