//! Reading the files of a journal, from the first to the last.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use super::disk::{Disk, read_all};
use super::entry::{Entry, KnownSchemas};
use super::error::JournalError;
use super::index::{self, replace};
use super::layout::Layout;
use super::line::{Line, Wrong};
use super::opening::ReadLine;
use super::segment::{self, Break, FoundLine};
use crate::ticket::Place;

/// How a journal ends.
pub(super) struct End {
    /// Where the next line goes.
    pub(super) next: Place,
    /// The number of the last line.
    pub(super) last_seq: u64,
    /// Whether everything up to there is on the disk; if not, it can be read, and nothing can be
    /// written behind it.
    pub(super) settled: Settled,
}

type Settled = Result<(), JournalError>;

/// Reads all files, and tells each line. Cuts off what is half-written at the end.
pub(super) fn read(
    disk: &dyn Disk,
    layout: &Layout,
    lines: &SyncSender<ReadLine>,
) -> Result<End, JournalError> {
    let mut reader = Reader {
        disk,
        layout,
        lines,
        last_seq: 0,
        known_schemas: KnownSchemas::default(),
    };
    let mut last_place = (Place { file: 1, offset: 0 }, Ok(()));
    if let Some((last, sealed)) = segments(disk, layout)?.split_last() {
        for number in sealed {
            reader.read_sealed(*number)?;
        }
        last_place = reader.read_last(*last)?;
    }
    let (next, settled) = last_place;
    Ok(End {
        next,
        last_seq: reader.last_seq,
        settled,
    })
}

/// The numbers of all segments.
fn segments(disk: &dyn Disk, layout: &Layout) -> Result<Vec<u32>, JournalError> {
    let dir = layout.journal();
    let names = disk.list(&dir).map_err(JournalError::file("list", &dir))?;
    let mut numbers: Vec<_> = names
        .iter()
        .filter_map(|name| Layout::segment_number(name))
        .collect();
    numbers.sort_unstable();
    // A gap is the first number that is not where it belongs.
    match numbers.iter().zip(1..).find(|(found, due)| **found != *due) {
        None => Ok(numbers),
        Some((_, due)) => Err(JournalError::Damaged {
            file: layout.segment(due),
            line: 1,
            what: "the file is missing".to_owned(),
        }),
    }
}

struct Reader<'a> {
    disk: &'a dyn Disk,
    layout: &'a Layout,
    lines: &'a SyncSender<ReadLine>,
    last_seq: u64,
    known_schemas: KnownSchemas,
}

impl Reader<'_> {
    /// Reads the index of a segment that is complete, or makes it again.
    fn read_sealed(&mut self, number: u32) -> Result<(), JournalError> {
        let path = self.layout.segment(number);
        let failed = |error| JournalError::file("read", &path)(error);
        let length = self.disk.read(&path).and_then(|file| file.length());
        let length = length.map_err(failed)?;
        let first = self.last_seq + 1;
        let index_path = self.layout.index(number);
        if let Some(index) = index::read(self.disk, &index_path, length, first) {
            self.last_seq = index.of.last;
            return self.read_index(&index.bytes, number, index_path);
        }
        let bytes = read_all(self.disk, &path).map_err(failed)?;
        let index = index::build(&bytes, number, first).map_err(|found| found.into_error(&path))?;
        self.last_seq = index.of.last;
        // Without it the next opening takes longer, and nothing else.
        if let Err(error) = index::store(self.disk, self.layout, number, &index) {
            tracing::warn!(%error, "the index of a part of the journal was not written");
        }
        self.read_index(&index.bytes, number, path)
    }

    fn read_index(&mut self, bytes: &[u8], number: u32, path: PathBuf) -> Result<(), JournalError> {
        let path = Arc::new(path);
        for found in segment::lines(bytes).skip(1) {
            let told = found
                .read()
                .and_then(|line| self.tell(line, number, &found, &path));
            told.map_err(|wrong| found.broken(wrong).into_error(&path))?;
        }
        Ok(())
    }

    /// Reads the segment that is still written to, and tells where it ends.
    fn read_last(&mut self, number: u32) -> Result<(Place, Settled), JournalError> {
        let path = Arc::new(self.layout.segment(number));
        let bytes = read_all(self.disk, &path).map_err(JournalError::file("read", &path))?;
        let mut sound = bytes.as_slice();
        if let Err(found) = self.read_lines(&bytes, number, &path) {
            if !found.is_torn(&bytes, self.last_seq + 1) {
                return Err(found.into_error(&path));
            }
            sound = &bytes[..found.sound_bytes as usize];
        }
        let end = Place {
            file: number,
            offset: sound.len() as u64,
        };
        let settled = rewrite(self.disk, self.layout, &path, sound, bytes.len());
        Ok((end, settled))
    }

    fn read_lines(&mut self, bytes: &[u8], number: u32, path: &Arc<PathBuf>) -> Result<(), Break> {
        for found in segment::lines(bytes) {
            let seq = self.last_seq + 1;
            found
                .read_at(seq)
                .and_then(|line| self.tell(line, number, &found, path))
                .map_err(|wrong| found.broken(wrong))?;
            self.last_seq = seq;
        }
        Ok(())
    }

    /// Tells what a line says.
    fn tell(
        &mut self,
        line: Line<Vec<Entry<'_>>>,
        file: u32,
        found: &FoundLine<'_>,
        path: &Arc<PathBuf>,
    ) -> Result<(), Wrong> {
        let says: Result<_, _> = line
            .records
            .into_iter()
            .map(|entry| entry.read(&mut self.known_schemas))
            .collect();
        let line = ReadLine {
            file: Arc::clone(path),
            number: found.number,
            here: Place {
                file,
                offset: found.offset,
            },
            says: says.map_err(Wrong::Damaged)?,
        };
        // Nobody listens any more when an earlier line could not be taken.
        let _unheard = self.lines.send(line);
        Ok(())
    }
}

/// Writes the last file again, without the end that was never acknowledged.
///
/// A process that was killed may have left some of it to the system to write; and where a sync has
/// failed, systems forget what they have not written, still show it, and let the next sync succeed.
/// Only what was written again and synced is known to be there.
fn rewrite(disk: &dyn Disk, layout: &Layout, path: &Path, sound: &[u8], found: usize) -> Settled {
    let bytes = found - sound.len();
    if bytes > 0 {
        tracing::warn!(file = %path.display(), bytes, "cut off a half-written end");
    }
    if found == 0 {
        return Ok(());
    }
    let rewritten = replace(disk, path, sound).and_then(|()| disk.sync_dir(&layout.journal()));
    rewritten.map_err(JournalError::file("write again", path))
}
