//! Stores in directories that go away, and calls of the tool by hand.

use std::fs;
use std::path::{Path, PathBuf};

use agentwerk::Knowledge;
use agentwerk::knowledge::KnowledgePage;
use agentwerk::tools::{IntoTool, KnowledgeTool, ToolContext};
use serde_json::Value;
use tempfile::TempDir;

/// A store and its directory.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
    pub(crate) store: Knowledge,
}

impl Place {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Knowledge::load(dir.path()).unwrap();
        Self { dir, store }
    }

    /// A store with these pages, the later ones newer.
    pub(crate) fn with(pages: &[(&str, &str)]) -> Self {
        let place = Self::new();
        for (number, (name, summary)) in pages.iter().enumerate() {
            place.save(name, summary);
            place.date(name, number as u64);
        }
        place
    }

    pub(crate) fn save(&self, name: &str, summary: &str) {
        let page = KnowledgePage::new(name, "Text.").with_summary(summary);
        self.store.pages().save(&page).unwrap();
    }

    /// Sets the time of a page's file, in seconds.
    pub(crate) fn date(&self, name: &str, second: u64) {
        let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000 + second);
        let file = fs::File::options().write(true).open(self.file(name));
        file.unwrap().set_modified(time).unwrap();
    }

    pub(crate) fn pages_dir(&self) -> PathBuf {
        pages_dir(self.dir.path())
    }

    pub(crate) fn file(&self, slug: &str) -> PathBuf {
        self.pages_dir().join(format!("{slug}.md"))
    }

    /// Writes a page as a person would.
    pub(crate) fn write_by_hand(&self, slug: &str, text: impl AsRef<[u8]>) {
        fs::write(self.file(slug), text).unwrap();
    }

    /// The names of all files among the pages.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.pages_dir()).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Calls the tool with this store.
    pub(crate) async fn call(&self, arguments: Value) -> Result<String, String> {
        let context = ToolContext::new(self.dir.path()).with_state(self.store.clone());
        match KnowledgeTool.into_tool().call(arguments, &context).await {
            Ok(result) => Ok(result.text()),
            Err(error) => Err(error.to_string()),
        }
    }
}

pub(crate) fn pages_dir(dir: &Path) -> PathBuf {
    dir.join("knowledge/pages")
}
