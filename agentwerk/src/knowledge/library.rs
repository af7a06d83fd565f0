use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::KnowledgeError;
use super::files::{PageFiles, file_of, path_of};
use super::index;
use super::pages::KnowledgePages;
use super::scan::Scan;
use crate::causes::with_causes;
use crate::clock::{Clock, Timestamp};

/// Characters of the index, unless set.
const INDEX_CHARS_MAX: usize = 4_000;

/// A store of pages that agents write and read, beyond one ticket and one session; cheap to clone.
///
/// [`Agent::knowledge`](crate::Agent::knowledge) gives it to an agent. Several agents may have one
/// store, and several stores, also of other processes, one directory: each sees the pages of the
/// others when it reads next. Of two that save one page at the same time, the last one counts.
///
/// # Files
/// Each page is a Markdown file `knowledge/pages/<name>.md` below the store's directory, and may be
/// edited by hand:
///
/// ```text
/// ---
/// summary: "How a release is made"
/// tags: ["release", "ci"]
/// updated: 2026-05-06T07:08:09Z
/// ---
///
/// 1. Tag it.
/// ```
///
/// The front matter may be missing; then the first line of the text is the summary. It may be written
/// without quotes, and what it has besides these three fields is gone when the page is saved. Bytes
/// that are no UTF-8 are shown as `�`. A file whose name is no slug (words of `a-z0-9`, joined by `-`)
/// is no page, and neither is a link. A page is written to a file of its own first, which then takes
/// its place; such a file that a crash has left behind is removed by `load` after an hour.
///
/// # Units and limits
/// A page has at most 40,000 bytes, of which the front matter has at most 4,000. Pages have no limit
/// in number. [`index_char_limit`](Self::index_char_limit) shortens the index, and refuses no page.
///
/// # Durability
/// When a page is saved or removed, that survives a loss of power.
///
/// # Examples
/// ```
/// # fn main() -> Result<(), agentwerk::knowledge::KnowledgeError> {
/// use agentwerk::Knowledge;
/// use agentwerk::knowledge::KnowledgePage;
///
/// # let temporary = tempfile::tempdir().unwrap();
/// # let dir = temporary.path();
/// let store = Knowledge::load(dir)?;
/// let page = KnowledgePage::new("Release Process", "Tag it, and push the tag.")
///     .with_summary("How a release is made")
///     .with_tags(["release"]);
/// store.pages().save(&page)?;
///
/// assert_eq!(store.index(), "- release-process: How a release is made [release]");
/// assert_eq!(store.pages().load("release-process")?.content(), "Tag it, and push the tag.");
/// # Ok(())
/// # }
/// ```
///
/// Agents share a store:
///
/// ```standalone_crate
/// # fn main() -> Result<(), agentwerk::knowledge::KnowledgeError> {
/// # use agentwerk::Agent;
/// # let temporary = tempfile::tempdir().unwrap();
/// # std::env::set_current_dir(&temporary).unwrap();
/// use agentwerk::Knowledge;
///
/// // What the keeper writes down, the guide can read.
/// let store = Knowledge::load("./lighthouse")?;
/// let keeper = Agent::new().knowledge(&store);
/// let guide = Agent::new().knowledge(&store);
///
/// // A second handle of the same pages, that shows more of the index.
/// let store = Knowledge::load("./lighthouse")?.index_char_limit(20_000);
/// let inspector = Agent::new().knowledge(&store);
/// # assert_eq!(store.index(), "");
/// # let _all = (keeper, guide, inspector);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Knowledge {
    root: Arc<Path>,
    index_chars_max: usize,
    clock: Clock,
}

impl Knowledge {
    /// Opens the store in a directory, and makes `knowledge/pages` there if it is missing.
    ///
    /// # Errors
    /// The directory cannot be made or opened.
    pub fn load(dir: impl AsRef<Path>) -> Result<Self, KnowledgeError> {
        let dir = dir.as_ref();
        // The program may change its working directory later.
        let root = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
        let opened = PageFiles::make(&root).and_then(|files| files.sweep());
        opened.map_err(|source| KnowledgeError::Open {
            path: path_of(&root),
            source,
        })?;
        Ok(Self {
            root: root.into(),
            index_chars_max: INDEX_CHARS_MAX,
            clock: Clock::system(),
        })
    }

    /// Sets how many characters the index has at most, its last note included; unset, 4,000.
    #[must_use]
    pub fn index_char_limit(mut self, chars: usize) -> Self {
        self.index_chars_max = chars;
        self
    }

    /// Sets the clock that pages are dated by; unset, that of the machine.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// One line for each page, that which was written last first; empty without pages.
    ///
    /// It is made of the files at each call, which blocks. Where the limit leaves no room for all, the
    /// last line says how many are not shown. Where the store cannot be read, the text says so:
    /// [`try_index`](Self::try_index) returns the error.
    pub fn index(&self) -> String {
        self.try_index()
            .unwrap_or_else(|error| format!("({})", with_causes(&error)))
    }

    /// The [index](Self::index).
    ///
    /// # Errors
    /// The directory or one of the pages cannot be read.
    pub fn try_index(&self) -> Result<String, KnowledgeError> {
        let scan = self.scan()?;
        let slugs = scan.newest_first();
        index::render(&slugs, self.index_chars_max, |slug| scan.entry(slug))
    }

    /// The pages.
    pub fn pages(&self) -> KnowledgePages<'_> {
        KnowledgePages::new(self)
    }

    /// Removes all pages. What is no page stays.
    ///
    /// # Errors
    /// A page cannot be removed; others may have been.
    pub fn clear(&self) -> Result<(), KnowledgeError> {
        let scan = self.scan()?;
        for slug in scan.by_name() {
            scan.remove(slug)?;
        }
        Ok(())
    }

    /// The file of a page, to be told.
    pub(super) fn path(&self, slug: &str) -> PathBuf {
        path_of(&self.root).join(file_of(slug))
    }

    pub(super) fn open(&self) -> Result<PageFiles, KnowledgeError> {
        PageFiles::open(&self.root).map_err(|source| KnowledgeError::Open {
            path: path_of(&self.root),
            source,
        })
    }

    /// Opens the store, and lists what is there.
    pub(crate) fn scan(&self) -> Result<Scan<'_>, KnowledgeError> {
        let files = self.open()?;
        let found = files.list().map_err(|source| KnowledgeError::List {
            path: path_of(&self.root),
            source,
        })?;
        Ok(Scan::new(self, files, found))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
