use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap_std::fs::Dir;
use cap_std::time::SystemTime;
use grep_searcher::{Searcher, SearcherBuilder, Sink, SinkFinish, SinkMatch};
use tokio_util::sync::CancellationToken;

use super::expression::Expression;
use super::notes::{Notes, Tally};
use super::open::open_file;
use super::pattern::PathPattern;
use super::reading::{End, Reading};
use super::root::Base;
use super::top::{Found, Place, Top};
use super::walk::Visit;

/// Which of the files with matches come first, and what is counted in them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Order {
    /// By path; the matching lines that are needed decide how many files are.
    Lines { needed: usize },
    /// The newest first; one match is enough.
    Newest,
    /// By path, with all matching lines.
    Counts,
}

/// Counts the matching lines of files.
pub(super) struct Counting<'a> {
    pub(super) matcher: &'a Expression,
    pub(super) multiline: bool,
    pub(super) order: Order,
    pub(super) base: &'a Base,
    pub(super) files: Option<PathPattern>,
    pub(super) top: Mutex<Top>,
    pub(super) searched: Tally,
    pub(super) notes: &'a Notes,
    pub(super) cancel: &'a CancellationToken,
}

/// What a search of one file gave.
#[derive(Debug, Default)]
pub(super) struct Counted {
    pub(super) lines: usize,
    /// The first zero byte: what follows is no text.
    pub(super) binary: Option<u64>,
}

impl<'a> Visit for Counting<'a> {
    type Worker = Reading<'a>;

    fn worker(&self) -> Reading<'a> {
        let no_numbers = |builder: &mut SearcherBuilder| {
            builder.line_number(false);
        };
        Reading::new(self.matcher, self.multiline, no_numbers, self.cancel)
    }

    fn enters(&self, dir: &Path) -> bool {
        let files = self.files.as_ref();
        files.is_none_or(|files| files.enters(self.base.below(dir))) && !self.is_past(dir)
    }

    fn takes(&self, file: &Path) -> bool {
        let files = self.files.as_ref();
        files.is_none_or(|files| files.matches(self.base.below(file)))
    }

    fn visit(
        &self,
        reading: &mut Reading<'a>,
        dir: &Dir,
        name: &OsStr,
        path: &Path,
    ) -> io::Result<()> {
        if !self.is_past(path) {
            self.count(reading, dir, name, path)?;
        }
        Ok(())
    }
}

impl Counting<'_> {
    /// Counts in one file.
    pub(super) fn count(
        &self,
        reading: &mut Reading<'_>,
        dir: &Dir,
        name: &OsStr,
        path: &Path,
    ) -> io::Result<Counted> {
        let (file, metadata) = open_file(dir, name)?;
        let enough = match self.order {
            Order::Lines { needed } => needed,
            Order::Newest => 1,
            Order::Counts => usize::MAX,
        };
        let mut count = Count {
            enough,
            counted: Counted::default(),
            cancel: self.cancel,
        };
        self.searched.add();
        match reading.search(file, &mut count)? {
            End::Good => {}
            End::Binary(byte) => count.counted.binary = Some(byte),
            End::TooLong => self.notes.too_long.add(),
        }
        let counted = count.counted;
        let results = counted.lines;
        if results > 0 {
            let path = path.to_owned();
            let (place, weight) = match self.order {
                Order::Lines { .. } => (Place::by_path(path), results),
                Order::Counts => (Place::by_path(path), 1),
                Order::Newest => {
                    let modified = metadata.modified();
                    let modified = modified.unwrap_or(SystemTime::from_std(std::time::UNIX_EPOCH));
                    (Place::by_time(modified, path), 1)
                }
            };
            self.lock().add(place, Found { results, weight });
        }
        Ok(counted)
    }

    /// Whether a path stands behind all that will be shown.
    fn is_past(&self, path: &Path) -> bool {
        matches!(self.order, Order::Lines { .. }) && self.lock().ends_before(path)
    }

    fn lock(&self) -> MutexGuard<'_, Top> {
        self.top.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Count<'a> {
    enough: usize,
    counted: Counted,
    cancel: &'a CancellationToken,
}

impl Sink for Count<'_> {
    type Error = io::Error;

    fn matched(&mut self, _searcher: &Searcher, _found: &SinkMatch<'_>) -> io::Result<bool> {
        self.counted.lines += 1;
        Ok(self.counted.lines < self.enough && !self.cancel.is_cancelled())
    }

    fn finish(&mut self, _searcher: &Searcher, end: &SinkFinish) -> io::Result<()> {
        self.counted.binary = end.binary_byte_offset();
        Ok(())
    }
}
