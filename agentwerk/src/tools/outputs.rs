use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, iter};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, File, OpenOptions};

use crate::id::{CallId, TicketKey};

/// Bytes of a file's name that come from the call's id.
const NAME_BYTES_MAX: usize = 64;
/// The name of a file whose call has no id.
const UNNAMED: &str = "call";

/// The directory for outputs that are too large for a conversation: one file for each, below a
/// directory for its ticket.
#[derive(Clone, Debug)]
pub(crate) struct OutputDir {
    root: Arc<Path>,
    ticket: TicketKey,
}

impl OutputDir {
    /// The directories are made with the first file.
    pub(crate) fn new(root: PathBuf, ticket: TicketKey) -> Self {
        // A model may be told of it while its own directory is another one.
        let root = std::path::absolute(&root).unwrap_or(root);
        Self {
            root: root.into(),
            ticket,
        }
    }

    /// The directory of all tickets.
    pub(crate) fn root(&self) -> &Arc<Path> {
        &self.root
    }

    /// Writes an output whole, and gives its absolute path once it is on the disk. No file is ever
    /// overwritten: some vendors call each turn's first call the same.
    ///
    /// # Cancel safety
    /// A file that is being written when the future is dropped is written to its end.
    pub(crate) async fn keep(&self, call: &CallId, text: Arc<String>) -> io::Result<PathBuf> {
        let dir = self.clone();
        let stem = file_stem(call.as_str());
        // The file system blocks; an agent's thread must not.
        tokio::task::spawn_blocking(move || dir.write(&stem, text.as_bytes())).await?
    }

    fn write(&self, stem: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let ticket = self.ticket.to_string();
        let path = self.root.join(&ticket);
        create_dir(&path)?;
        // Through a handle: a link that somebody put there leads to no file elsewhere.
        let dir = Dir::open_ambient_dir(&self.root, ambient_authority())?.open_dir(&ticket)?;
        let (name, file) = create_file(&dir, stem)?;
        match fill(file, bytes).and_then(|()| sync_dir(&path)) {
            Ok(()) => Ok(path.join(name)),
            Err(error) => {
                // Half of an output would pass for a whole one.
                let _removed = dir.remove_file(&name);
                Err(error)
            }
        }
    }
}

/// What of a call's id may stand in a file's name on any system.
fn file_stem(call: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let stem: String = call
        .chars()
        .take(NAME_BYTES_MAX)
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    if stem.is_empty() {
        UNNAMED.to_owned()
    } else {
        stem
    }
}

/// Makes a new file under the first name that is free.
fn create_file(dir: &Dir, stem: &str) -> io::Result<(String, File)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let names = iter::once(stem.to_owned()).chain((2_u64..).map(|n| format!("{stem}-{n}")));
    for name in names {
        match dir.open_with(&name, &options) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => return Ok((name, file)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn fill(mut file: File, bytes: &[u8]) -> io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a directory and those that lead to it.
fn create_dir(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent();
    parent.map_or(Ok(()), create_dir)?;
    match fs::create_dir(path) {
        // Another ticket's agent was faster.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    parent.map_or(Ok(()), sync_dir)
}

/// Without it, a new file may be gone from its directory after a power cut.
#[cfg(unix)]
fn sync_dir(path: &Path) -> io::Result<()> {
    fs::File::open(path)?.sync_all()
}

/// Other systems cannot sync a directory.
#[cfg(not(unix))]
fn sync_dir(_path: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[path = "tests/outputs.rs"]
mod tests;
