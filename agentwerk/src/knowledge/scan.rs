use std::cmp::Reverse;

use super::FRONT_MATTER_BYTES_MAX;
use super::entry::PageEntry;
use super::error::KnowledgeError;
use super::files::{Found, PageFiles};
use super::library::Knowledge;
use super::page::KnowledgePage;

/// Bytes of a page that the index looks at: the front matter, or the first lines.
const HEAD_BYTES_MAX: usize = 2 * FRONT_MATTER_BYTES_MAX;

/// A store, opened, and the pages that were there then.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    store: &'a Knowledge,
    files: PageFiles,
    found: Vec<Found>,
}

impl<'a> Scan<'a> {
    pub(super) fn new(store: &'a Knowledge, files: PageFiles, mut found: Vec<Found>) -> Self {
        found.sort_unstable_by(|a, b| a.slug.cmp(&b.slug));
        Self {
            store,
            files,
            found,
        }
    }

    /// The names of the pages, in their order.
    pub(crate) fn by_name(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|page| page.slug.as_str())
    }

    /// The names of the pages, that which was written last first.
    pub(super) fn newest_first(&self) -> Vec<&str> {
        let mut found: Vec<_> = self.found.iter().collect();
        // Keeps the order of names where times are the same.
        found.sort_by_key(|page| Reverse(page.modified));
        found.into_iter().map(|page| page.slug.as_str()).collect()
    }

    /// What the index knows of a page; `None` if it went away meanwhile.
    ///
    /// # Errors
    /// The page cannot be read.
    pub(crate) fn entry(&self, slug: &str) -> Result<Option<PageEntry>, KnowledgeError> {
        let read = self.files.read(slug, HEAD_BYTES_MAX);
        let found = read.map_err(|source| KnowledgeError::Read {
            path: self.store.path(slug),
            source,
        })?;
        Ok(found.map(|(head, _)| KnowledgePage::parse(slug, &head).into_entry()))
    }

    /// Removes a page, if it is still there.
    pub(super) fn remove(&self, slug: &str) -> Result<Option<()>, KnowledgeError> {
        let removed = self.files.remove(slug);
        removed.map_err(|source| KnowledgeError::Remove {
            path: self.store.path(slug),
            source,
        })
    }
}
