use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cap_std::time::SystemTime;

/// Where a file stands among those that were found: the newest first, or, without times, in the
/// order of the paths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    modified: Option<Reverse<SystemTime>>,
    path: PathBuf,
}

impl Place {
    pub(super) fn by_path(path: PathBuf) -> Self {
        let modified = None;
        Self { modified, path }
    }

    pub(super) fn by_time(modified: SystemTime, path: PathBuf) -> Self {
        let modified = Some(Reverse(modified));
        Self { modified, path }
    }
}

/// What was found in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    /// Matching lines, or one for the file itself.
    pub(super) results: usize,
    /// What it counts towards the results that are needed.
    pub(super) weight: usize,
}

/// The first of the files that were found, as many as are needed.
///
/// Which files these are does not depend on the order in which they are found.
#[derive(Debug)]
pub(super) struct Top {
    needed: usize,
    kept: BTreeMap<Place, Found>,
    /// The weight of all that are kept.
    weight: usize,
    /// All files that were added, and their results.
    files: usize,
    results: usize,
}

impl Top {
    pub(super) fn new(needed: usize) -> Self {
        Self {
            needed,
            kept: BTreeMap::new(),
            weight: 0,
            files: 0,
            results: 0,
        }
    }

    pub(super) fn add(&mut self, place: Place, found: Found) {
        self.files += 1;
        self.results += found.results;
        self.weight += found.weight;
        self.kept.insert(place, found);
        while let Some(last) = self.kept.last_entry() {
            let weight = last.get().weight;
            if self.weight - weight < self.needed {
                break;
            }
            self.weight -= weight;
            last.remove();
        }
    }

    /// Whether nothing that comes after this path can still be among the first. Only asked where the
    /// paths decide.
    pub(super) fn ends_before(&self, path: &Path) -> bool {
        self.weight >= self.needed
            && self
                .kept
                .last_key_value()
                .is_none_or(|(last, _)| last.path.as_path() < path)
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = (&Path, usize)> {
        let kept = self.kept.iter();
        kept.map(|(place, found)| (place.path.as_path(), found.results))
    }

    /// The files that were added, those that are not kept included.
    pub(super) fn files(&self) -> usize {
        self.files
    }

    /// The results of these.
    pub(super) fn results(&self) -> usize {
        self.results
    }
}
