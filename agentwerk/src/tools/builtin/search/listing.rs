use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use cap_std::fs::{Dir, DirEntry, ReadDir};

use super::rules::Rules;

/// Entries that are read at a time, so that a directory may have any number of them.
const BATCH: usize = 1_024;

/// A directory whose entries are looked at.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) dir: Dir,
    /// Its path below the directory that the call is confined to.
    pub(super) path: PathBuf,
    pub(super) rules: Arc<Rules>,
    /// Levels below the directory that is searched.
    pub(super) depth: usize,
}

/// What stands behind a name; a link is neither, and so is not looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    File,
    Dir,
}

/// Some entries of a directory, in the order of their names.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) entries: Vec<(OsString, Kind)>,
    /// Whether more entries follow.
    pub(super) more: bool,
}

impl Batch {
    pub(super) fn read(dir: &Dir, unread: &mut ReadDir) -> io::Result<Self> {
        let mut entries = Vec::new();
        let mut count = 0;
        for entry in unread.by_ref().take(BATCH) {
            let entry = entry?;
            count += 1;
            let name = entry.file_name();
            if let Some(kind) = kind(dir, &entry) {
                entries.push((name, kind));
            }
        }
        entries.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        let more = count == BATCH;
        Ok(Self { entries, more })
    }
}

fn kind(dir: &Dir, entry: &DirEntry) -> Option<Kind> {
    let found = entry.file_type().ok()?;
    if found.is_file() {
        Some(Kind::File)
    } else if found.is_dir() {
        Some(Kind::Dir)
    } else if found.is_symlink() {
        None
    } else {
        // Not every file system says it in the listing.
        let metadata = dir.symlink_metadata(entry.file_name()).ok()?;
        let file = metadata.is_file().then_some(Kind::File);
        file.or(metadata.is_dir().then_some(Kind::Dir))
    }
}
