use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fastrand::Rng;

/// Names and what they stand for: as a process sees them, and as they are on the disk for sure.
#[derive(Debug, Default)]
pub(super) struct Names {
    current: BTreeMap<PathBuf, usize>,
    synced: BTreeMap<PathBuf, usize>,
    dirs: BTreeSet<PathBuf>,
}

impl Names {
    pub(super) fn get(&self, path: &Path) -> Option<usize> {
        self.current.get(path).copied()
    }

    pub(super) fn insert(&mut self, path: &Path, file: usize) {
        self.current.insert(path.to_owned(), file);
    }

    pub(super) fn remove(&mut self, path: &Path) -> Option<usize> {
        self.current.remove(path)
    }

    /// Makes a directory; that of the disk itself is always there. As the journal is promised, the
    /// names of directories are never lost.
    pub(super) fn make_dir(&mut self, dir: &Path) {
        self.dirs.extend(dir.ancestors().map(Path::to_owned));
    }

    pub(super) fn has_dir(&self, dir: &Path) -> bool {
        self.dirs.contains(dir)
    }

    /// The names of the files in a directory.
    pub(super) fn files(&self, dir: &Path) -> Vec<String> {
        let files = self.current.keys().filter(|path| is_in(path, dir));
        files
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect()
    }

    pub(super) fn sync(&mut self, dir: &Path) {
        self.synced.retain(|path, _| !is_in(path, dir));
        let own = self.current.iter().filter(|(path, _)| is_in(path, dir));
        self.synced
            .extend(own.map(|(path, file)| (path.clone(), *file)));
    }

    /// What is left of the names when the power goes: those that were synced, and of the later
    /// changes those that chance has brought to the disk.
    pub(super) fn lose_power(&mut self, rng: &mut Rng) {
        let paths: BTreeSet<_> = self.current.keys().chain(self.synced.keys()).collect();
        let left = paths
            .into_iter()
            .filter_map(|path| {
                let names = if rng.bool() {
                    &self.current
                } else {
                    &self.synced
                };
                names.get(path).map(|file| (path.clone(), *file))
            })
            .collect();
        self.current = left;
        self.synced.clone_from(&self.current);
    }
}

fn is_in(path: &Path, dir: &Path) -> bool {
    path.parent() == Some(dir)
}
