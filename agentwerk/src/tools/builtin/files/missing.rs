use std::cmp::Reverse;
use std::collections::VecDeque;
use std::io;
use std::path::{Component, Path, PathBuf};

use cap_std::fs::Dir;
use tokio_util::sync::CancellationToken;

use crate::tools::workspace::{Located, explain, shorten};

/// Similar paths that are named.
const PATHS_MAX: usize = 3;
/// Entries that are looked at.
const ENTRIES_MAX: usize = 5_000;
/// Directories below the first one that are gone down.
const DEPTH_MAX: usize = 4;
/// Bytes of a name that are compared; no file system has longer ones.
const NAME_BYTES_MAX: usize = 255;
/// How similar the spelling of two names has to be, of 1.
const SIMILARITY_MIN: f64 = 0.7;

/// What a model is told when a path could not be opened: also which similar ones there are.
pub(super) fn explain_missing(
    told: &str,
    error: &io::Error,
    found: &Located,
    cancel: &CancellationToken,
) -> String {
    if let Some(file) = file_on_the_way(found) {
        return format!(
            "`{}` is a file, and nothing lies below it. Call `read_file` to read it.",
            shorten(&found.prefix.join(file).to_string_lossy())
        );
    }
    let mut text = explain(told, error);
    if error.kind() == io::ErrorKind::NotFound {
        let similar = similar(found, cancel);
        if !similar.is_empty() {
            let shown = similar.iter().map(|path| format!("`{}`", shorten(path)));
            let shown: Vec<_> = shown.collect();
            text.push_str(&format!(" Similar paths: {}.", shown.join(", ")));
        }
    }
    text
}

/// The part of a path that is a file, where the path goes on behind it.
fn file_on_the_way(found: &Located) -> Option<&Path> {
    let mut above = found.path.ancestors().skip(1);
    above.find(|path| {
        let metadata = found.dir.metadata(path);
        metadata.is_ok_and(|metadata| metadata.is_file())
    })
}

/// How a name resembles the wanted one; the better, the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Likeness {
    Spelling,
    Extension,
    Case,
    Same,
}

/// The paths that are most like one that does not exist: where the way to it ends, and then from the
/// top on.
fn similar(found: &Located, cancel: &CancellationToken) -> Vec<String> {
    let Some(wanted) = found.path.file_name().and_then(|name| name.to_str()) else {
        return Vec::new();
    };
    let mut search = Search {
        wanted,
        cancel,
        left: ENTRIES_MAX,
        found: Vec::new(),
    };
    let nearest = existing(found);
    search.walk(&found.dir, &nearest);
    if nearest != Path::new("") {
        search.walk(&found.dir, Path::new(""));
    }
    let mut likely = search.found;
    likely.sort_by_key(|(likeness, path)| {
        let shared = shared_parts(path, &found.path);
        (Reverse(*likeness), Reverse(shared), path.clone())
    });
    likely.dedup();
    let first = likely.into_iter().take(PATHS_MAX);
    first
        .map(|(_, path)| found.prefix.join(path).display().to_string())
        .collect()
}

/// The directory at which the way to a path ends.
fn existing(found: &Located) -> PathBuf {
    let mut existing = PathBuf::new();
    for part in found.path.parent().into_iter().flat_map(Path::components) {
        let Component::Normal(name) = part else {
            return PathBuf::new();
        };
        existing.push(name);
        let metadata = found.dir.symlink_metadata(&existing);
        if !metadata.is_ok_and(|metadata| metadata.is_dir()) {
            existing.pop();
            break;
        }
    }
    existing
}

fn shared_parts(one: &Path, other: &Path) -> usize {
    let pairs = one.components().zip(other.components());
    pairs.take_while(|(one, other)| one == other).count()
}

struct Search<'a> {
    wanted: &'a str,
    cancel: &'a CancellationToken,
    left: usize,
    found: Vec<(Likeness, PathBuf)>,
}

impl Search<'_> {
    /// Looks at everything below a directory, the nearest first; links and hidden directories are
    /// not gone into.
    fn walk(&mut self, root: &Dir, start: &Path) {
        let mut open = VecDeque::from([(start.to_owned(), 0)]);
        while let Some((path, depth)) = open.pop_front() {
            let place = if path.as_os_str().is_empty() {
                Path::new(".")
            } else {
                &path
            };
            // What cannot be read has nothing to offer.
            let entries = root.read_dir(place).ok();
            for entry in entries.into_iter().flatten().flatten() {
                if self.left == 0 || self.cancel.is_cancelled() {
                    return;
                }
                self.left -= 1;
                let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                    continue;
                };
                let path = path.join(&name);
                if let Some(likeness) = likeness(&name, self.wanted) {
                    self.found.push((likeness, path.clone()));
                }
                let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
                if is_dir && depth < DEPTH_MAX && !name.starts_with('.') {
                    open.push_back((path, depth + 1));
                }
            }
        }
    }
}

fn likeness(name: &str, wanted: &str) -> Option<Likeness> {
    if wanted.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
        return None;
    }
    if name == wanted {
        return Some(Likeness::Same);
    }
    let (name, wanted) = (name.to_lowercase(), wanted.to_lowercase());
    if name == wanted {
        return Some(Likeness::Case);
    }
    let stem = |name: &str| Path::new(name).file_stem().map(ToOwned::to_owned);
    if stem(&name) == stem(&wanted) {
        return Some(Likeness::Extension);
    }
    let similarity = strsim::normalized_damerau_levenshtein(&name, &wanted);
    (similarity >= SIMILARITY_MIN).then_some(Likeness::Spelling)
}
