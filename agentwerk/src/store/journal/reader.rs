//! Reading the files of a journal, from the first to the last.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::disk::{Disk, read_all};
use super::entry::{Entry, KnownSchemas};
use super::error::JournalError;
use super::index::{self, Index, replace};
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
    /// The last file, as far as there is one.
    last: Option<LastFile>,
}

/// The file that is still written to.
struct LastFile {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Bytes that are as they were written.
    sound: usize,
}

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
    let mut next = Place { file: 1, offset: 0 };
    let mut last_file = None;
    if let Some((last, sealed)) = segments(disk, layout)?.split_last() {
        reader.read_sealed(sealed)?;
        let found = reader.read_last(*last)?;
        next = Place {
            file: *last,
            offset: found.sound as u64,
        };
        last_file = Some(found);
    }
    Ok(End {
        next,
        last_seq: reader.last_seq,
        last: last_file,
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
    let gap = numbers.iter().zip(1..).find(|(found, due)| **found != *due);
    // What is made of the records is there, and they are not.
    let has_index = || names.iter().any(|name| name.ends_with(".index.jsonl"));
    let is_robbed = numbers.is_empty() && (has_index() || has_results(disk, layout));
    match gap.map(|(_, due)| due).or(is_robbed.then_some(1)) {
        None => Ok(numbers),
        Some(due) => Err(JournalError::Missing {
            file: layout.segment(due),
        }),
    }
}

fn has_results(disk: &dyn Disk, layout: &Layout) -> bool {
    let results = disk.read(&layout.results());
    results
        .and_then(|file| file.length())
        .is_ok_and(|length| length > 0)
}

struct Reader<'a> {
    disk: &'a dyn Disk,
    layout: &'a Layout,
    lines: &'a SyncSender<ReadLine>,
    last_seq: u64,
    known_schemas: KnownSchemas,
}

impl Reader<'_> {
    /// Reads the segments that are complete: one index is parsed while the next one is read.
    fn read_sealed(&mut self, numbers: &[u32]) -> Result<(), JournalError> {
        let (disk, layout) = (self.disk, self.layout);
        let (sender, indexes) = sync_channel(1);
        thread::scope(|scope| {
            scope.spawn(move || {
                for number in numbers {
                    let index = SealedIndex::read(disk, layout, *number);
                    let is_last = index.is_err();
                    if sender.send(index).is_err() || is_last {
                        return;
                    }
                }
            });
            for index in indexes {
                self.take_sealed(&index?)?;
            }
            Ok(())
        })
    }

    /// Tells the lines of a segment that has to be the next one.
    fn take_sealed(&mut self, sealed: &SealedIndex) -> Result<(), JournalError> {
        let (first, due) = (sealed.index.of.first, self.last_seq + 1);
        if first != due {
            return Err(JournalError::Damaged {
                file: self.layout.segment(sealed.number),
                line: 1,
                what: format!("the line has number {first} where {due} is due"),
            });
        }
        self.last_seq = sealed.index.of.last;
        for found in segment::lines(&sealed.index.bytes).skip(1) {
            let line = found
                .parse()
                .and_then(|line| self.says(line, sealed.number, &found, &sealed.path));
            self.tell(line.map_err(|wrong| found.broken(wrong).into_error(&sealed.path))?);
        }
        Ok(())
    }

    /// Reads the segment that is still written to, up to what a crash has left half-written.
    fn read_last(&mut self, number: u32) -> Result<LastFile, JournalError> {
        let path = self.layout.segment(number);
        let bytes = read_all(self.disk, &path).map_err(JournalError::file("read", &path))?;
        let mut sound = bytes.len();
        if let Err(found) = self.read_lines(&bytes, number, &Arc::new(path.clone())) {
            if !found.is_torn(&bytes, self.last_seq + 1) {
                return Err(found.into_error(&path));
            }
            sound = found.sound_bytes as usize;
        }
        Ok(LastFile { path, bytes, sound })
    }

    fn read_lines(&mut self, bytes: &[u8], number: u32, path: &Arc<PathBuf>) -> Result<(), Break> {
        for found in segment::lines(bytes) {
            let seq = self.last_seq + 1;
            let line = found
                .read_at(seq)
                .and_then(|line| self.says(line, number, &found, path));
            self.tell(line.map_err(|wrong| found.broken(wrong))?);
            self.last_seq = seq;
        }
        Ok(())
    }

    fn says(
        &self,
        line: Line<Vec<Entry<'_>>>,
        file: u32,
        found: &FoundLine<'_>,
        path: &Arc<PathBuf>,
    ) -> Result<ReadLine, Wrong> {
        let says: Result<_, _> = line
            .records
            .into_iter()
            .map(|entry| entry.read(&self.known_schemas))
            .collect();
        Ok(ReadLine {
            file: Arc::clone(path),
            number: found.number,
            here: Place {
                file,
                offset: found.offset,
            },
            says: says.map_err(Wrong::Damaged)?,
        })
    }

    fn tell(&self, line: ReadLine) {
        // Nobody listens any more when an earlier line could not be taken.
        let _unheard = self.lines.send(line);
    }
}

/// The index of a segment that is complete, each line of which fits its checksum.
struct SealedIndex {
    number: u32,
    index: Index,
    /// The file that it was read from, or made of.
    path: Arc<PathBuf>,
}

impl SealedIndex {
    /// Reads the index, or makes it again.
    fn read(disk: &dyn Disk, layout: &Layout, number: u32) -> Result<Self, JournalError> {
        let path = layout.segment(number);
        let length = disk.read(&path).and_then(|file| file.length());
        let length = length.map_err(JournalError::file("read", &path))?;
        let index_path = layout.index(number);
        let (index, path) = match index::read(disk, &index_path, length) {
            Some(index) => (index, index_path),
            None => (index_again(disk, layout, number)?, path),
        };
        let path = Arc::new(path);
        Ok(Self {
            number,
            index,
            path,
        })
    }
}

fn index_again(disk: &dyn Disk, layout: &Layout, number: u32) -> Result<Index, JournalError> {
    let index = index::of_segment(disk, layout, number)?;
    // Without it the next opening takes longer, and nothing else.
    if let Err(error) = index::store(disk, layout, number, &index) {
        tracing::warn!(%error, "the index of a part of the journal was not written");
    }
    Ok(index)
}

impl End {
    /// Writes the last file again, without the end that was never acknowledged; that is kept in a
    /// file beside it.
    ///
    /// A process that was killed may have left some of it to the system to write; and where a sync
    /// has failed, systems forget what they have not written, still show it, and let the next sync
    /// succeed. Only what was written again and synced is known to be there.
    pub(super) fn settle(&self, disk: &dyn Disk, layout: &Layout) -> Result<(), JournalError> {
        let Some(LastFile { path, bytes, sound }) = &self.last else {
            return Ok(());
        };
        let failed = |error| JournalError::file("write again", path)(error);
        let (sound, torn) = bytes.split_at(*sound);
        if !torn.is_empty() {
            let bytes = torn.len();
            tracing::warn!(file = %path.display(), bytes, "a half-written end is cut off");
            replace(disk, &Layout::torn(path), torn).map_err(failed)?;
        }
        if bytes.is_empty() {
            return Ok(());
        }
        let rewritten = replace(disk, path, sound);
        rewritten
            .and_then(|()| disk.sync_dir(&layout.journal()))
            .map_err(failed)
    }
}
