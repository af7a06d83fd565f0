//! Trees of files, and tools that are called in them by hand.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use agentwerk::tools::{GlobTool, GrepTool, IntoTool, ToolContext};
use serde_json::Value;
use tempfile::TempDir;

/// A directory for a tool.
pub(crate) struct Tree(TempDir);

impl Tree {
    /// Files with these contents; the first is the oldest.
    pub(crate) fn new<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (age, (path, content)) in (0..).zip(files) {
            tree.write(path, content);
            tree.touch(path, age);
        }
        tree
    }

    /// Empty files.
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(files.into_iter().map(|path| (path, "")))
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root().join(below)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Lets a file have been modified at a second.
    pub(crate) fn touch(&self, path: &str, second: u64) {
        let file = File::options().append(true).open(self.path(path)).unwrap();
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 + second);
        file.set_modified(time).unwrap();
    }

    pub(crate) async fn glob(&self, arguments: Value) -> Result<String, String> {
        call(&ToolContext::new(self.root()), GlobTool, arguments).await
    }

    pub(crate) async fn grep(&self, arguments: Value) -> Result<String, String> {
        call(&ToolContext::new(self.root()), GrepTool, arguments).await
    }

    /// The paths that a search shows, without what is said about them.
    pub(crate) async fn found(&self, arguments: Value) -> Vec<String> {
        lines(&self.glob(arguments).await.unwrap())
    }
}

/// The lines of an answer, without what is said about them.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let lines = text.lines();
    lines
        .filter(|line| !line.starts_with('(') && !line.starts_with("No "))
        .map(str::to_owned)
        .collect()
}

pub(crate) async fn call(
    context: &ToolContext,
    tool: impl IntoTool,
    arguments: Value,
) -> Result<String, String> {
    match tool.into_tool().call(arguments, context).await {
        Ok(result) if result.is_error() => Err(result.text()),
        Ok(result) => Ok(result.text()),
        Err(error) => Err(error.to_string()),
    }
}
