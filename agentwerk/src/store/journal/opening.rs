//! Opening a journal: what is left of the last process that wrote it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::archive::JournalArchive;
use super::disk::{Disk, read_all};
use super::entry::{Entry, KnownSchemas, Said};
use super::error::JournalError;
use super::index;
use super::layout::Layout;
use super::line::{Line, Wrong};
use super::segment::{self, Break, FoundLine};
use crate::id::TicketKey;
use crate::store::tickets::Tickets;
use crate::ticket::{Archived, Place};

/// All that a journal says.
#[derive(Default)]
pub(super) struct Opened {
    pub(super) tickets: Tickets,
    /// The last message of each ticket.
    pub(super) trails: HashMap<TicketKey, Place>,
    /// The last line.
    pub(super) last_seq: u64,
    /// Where the next line goes.
    pub(super) next: Option<Place>,
    /// The largest number of a ticket.
    pub(super) last_number: u64,
    known_schemas: KnownSchemas,
}

/// Reads a journal; cuts off what a crash has left half-written at its end.
pub(super) fn open(disk: &Arc<dyn Disk>, layout: &Layout) -> Result<Opened, JournalError> {
    let segments = segments(&**disk, layout)?;
    let mut opened = Opened::default();
    if let Some((last, sealed)) = segments.split_last() {
        for number in sealed {
            opened.read_sealed(&**disk, layout, *number)?;
        }
        opened.read_last(&**disk, layout, *last)?;
    }
    opened.archive_all(disk, layout);
    Ok(opened)
}

/// Whether a journal was ever begun here.
pub(super) fn exists(disk: &dyn Disk, layout: &Layout) -> bool {
    disk.list(&layout.journal()).is_ok()
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

impl Opened {
    /// Reads the index of a segment that is complete, or makes it again.
    fn read_sealed(
        &mut self,
        disk: &dyn Disk,
        layout: &Layout,
        number: u32,
    ) -> Result<(), JournalError> {
        let path = layout.segment(number);
        let failed = |error| JournalError::file("read", &path)(error);
        let length = disk
            .read(&path)
            .and_then(|file| file.length())
            .map_err(failed)?;
        let first = self.last_seq + 1;
        let index_path = layout.index(number);
        if let Some(index) = index::read(disk, &index_path, length, first) {
            self.read_index(&index.bytes, number)
                .map_err(|found| found.into_error(&index_path))?;
            self.last_seq = index.of.last;
            return Ok(());
        }
        let bytes = read_all(disk, &path).map_err(failed)?;
        let index = index::build(&bytes, number, first).map_err(|found| found.into_error(&path))?;
        self.read_index(&index.bytes, number)
            .map_err(|found| found.into_error(&path))?;
        self.last_seq = index.of.last;
        // Without it the next opening takes longer, and nothing else.
        if let Err(error) = index::store(disk, layout, number, &index) {
            tracing::warn!(%error, "the index of a part of the journal was not written");
        }
        Ok(())
    }

    fn read_index(&mut self, bytes: &[u8], number: u32) -> Result<(), Break> {
        for found in segment::lines(bytes).skip(1) {
            let line = found.read().map_err(|wrong| found.broken(wrong))?;
            self.replay(line, number, &found)
                .map_err(|wrong| found.broken(wrong))?;
        }
        Ok(())
    }

    /// Reads the segment that is still written to.
    fn read_last(
        &mut self,
        disk: &dyn Disk,
        layout: &Layout,
        number: u32,
    ) -> Result<(), JournalError> {
        let path = layout.segment(number);
        let bytes = read_all(disk, &path).map_err(JournalError::file("read", &path))?;
        let mut sound_bytes = bytes.len() as u64;
        for found in segment::lines(&bytes) {
            let seq = self.last_seq + 1;
            let read = found
                .read_at(seq)
                .and_then(|line| self.replay(line, number, &found));
            if let Err(wrong) = read {
                let found = found.broken(wrong);
                if !found.is_torn(&bytes, seq) {
                    return Err(found.into_error(&path));
                }
                sound_bytes = found.sound_bytes;
                break;
            }
            self.last_seq = seq;
        }
        settle(disk, &path, sound_bytes, bytes.len() as u64)?;
        self.next = Some(Place {
            file: number,
            offset: sound_bytes,
        });
        Ok(())
    }

    /// Takes what a line says.
    fn replay(
        &mut self,
        line: Line<Vec<Entry<'_>>>,
        number: u32,
        found: &FoundLine<'_>,
    ) -> Result<(), Wrong> {
        let here = Place {
            file: number,
            offset: found.offset,
        };
        for entry in line.records {
            match entry
                .read(&mut self.known_schemas)
                .map_err(Wrong::Damaged)?
            {
                Said::Messages { key, last, tally } => {
                    self.trails.insert(key, last.unwrap_or(here));
                    self.tickets.count(key, tally);
                }
                Said::Record(record) => {
                    let child = record.change.child().map_or(record.key, |(child, _)| child);
                    let number = record.key.number().max(child.number());
                    self.last_number = self.last_number.max(number);
                    self.tickets
                        .replay(&record)
                        .map_err(|error| Wrong::Damaged(error.to_string()))?;
                }
            }
        }
        Ok(())
    }

    /// Leaves the conversations where they are, to be read when somebody asks for them.
    fn archive_all(&mut self, disk: &Arc<dyn Disk>, layout: &Layout) {
        let archive = Arc::new(JournalArchive {
            disk: Arc::clone(disk),
            layout: layout.clone(),
        });
        for (key, place) in &self.trails {
            let (archive, place) = (Arc::clone(&archive) as _, *place);
            self.tickets.archive(*key, Archived { archive, place });
        }
    }
}

/// Cuts off the end of a file that was never acknowledged, and makes the rest durable: a process
/// that was killed may have left it to the system to write.
fn settle(disk: &dyn Disk, path: &Path, sound: u64, found: u64) -> Result<(), JournalError> {
    let settled = disk.append(path).and_then(|mut file| {
        if sound < found {
            let bytes = found - sound;
            tracing::warn!(file = %path.display(), bytes, "cut off a half-written end");
            file.truncate(sound)?;
        }
        file.sync()
    });
    settled.map_err(JournalError::file("recover", path))
}
