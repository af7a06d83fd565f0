use super::entry::PageEntry;
use super::error::KnowledgeError;
use super::library::Knowledge;
use super::page::KnowledgePage;
use super::slug::slug;
use super::{FRONT_MATTER_BYTES_MAX, PAGE_BYTES_MAX};

/// The pages of a store. A page is named by its slug, or by any text of which that is the slug.
///
/// All of these block, on files.
#[derive(Clone, Copy, Debug)]
pub struct KnowledgePages<'a> {
    store: &'a Knowledge,
}

impl<'a> KnowledgePages<'a> {
    pub(super) fn new(store: &'a Knowledge) -> Self {
        Self { store }
    }

    /// What the index knows of each page, in the order of their names.
    ///
    /// # Errors
    /// The directory or one of the pages cannot be read.
    pub fn list(self) -> Result<Vec<PageEntry>, KnowledgeError> {
        let scan = self.store.scan()?;
        let entries = scan.by_name().map(|slug| scan.entry(slug));
        entries.filter_map(Result::transpose).collect()
    }

    /// Reads a page.
    ///
    /// # Errors
    /// There is no such page ([`NoPage`](KnowledgeError::NoPage)), somebody wrote one by hand that is
    /// larger than a page may be ([`TooLarge`](KnowledgeError::TooLarge)), or it cannot be read.
    pub fn load(self, name: &str) -> Result<KnowledgePage, KnowledgeError> {
        let slug = slug(name);
        let path = self.store.path(&slug);
        match self.store.open()?.read(&slug, PAGE_BYTES_MAX) {
            Ok(None) => Err(KnowledgeError::NoPage { path }),
            Ok(Some((_, bytes))) if bytes > PAGE_BYTES_MAX as u64 => {
                Err(KnowledgeError::TooLarge {
                    path,
                    part: "text",
                    bytes,
                    bytes_max: PAGE_BYTES_MAX,
                })
            }
            Ok(Some((text, _))) => Ok(KnowledgePage::parse(&slug, &text)),
            Err(source) => Err(KnowledgeError::Read { path, source }),
        }
    }

    /// Writes a page, in place of an earlier one of its name, and dates it.
    ///
    /// # Errors
    /// The page or its front matter is too large ([`TooLarge`](KnowledgeError::TooLarge)), or it
    /// cannot be written; then nothing has changed.
    pub fn save(self, page: &KnowledgePage) -> Result<(), KnowledgeError> {
        let page = page.saved_at(self.store.now().to_rfc3339());
        let path = self.store.path(page.slug());
        let too_large = |part, bytes: usize, bytes_max| KnowledgeError::TooLarge {
            path: path.clone(),
            part,
            bytes: bytes as u64,
            bytes_max,
        };
        let front_matter = page.front_matter().len();
        if front_matter > FRONT_MATTER_BYTES_MAX {
            return Err(too_large(
                "front matter",
                front_matter,
                FRONT_MATTER_BYTES_MAX,
            ));
        }
        let text = page.to_string();
        if text.len() > PAGE_BYTES_MAX {
            return Err(too_large("text", text.len(), PAGE_BYTES_MAX));
        }
        let written = self.store.open()?.write(page.slug(), &text);
        written.map_err(|source| KnowledgeError::Write { path, source })
    }

    /// Removes a page.
    ///
    /// # Errors
    /// There is no such page ([`NoPage`](KnowledgeError::NoPage)), or it cannot be removed.
    pub fn remove(self, name: &str) -> Result<(), KnowledgeError> {
        let slug = slug(name);
        let path = self.store.path(&slug);
        match self.store.open()?.remove(&slug) {
            Ok(Some(())) => Ok(()),
            Ok(None) => Err(KnowledgeError::NoPage { path }),
            Err(source) => Err(KnowledgeError::Remove { path, source }),
        }
    }
}
