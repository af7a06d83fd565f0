//! The index of a segment that is complete: its records without the messages, and for each ticket
//! where its last message is. It is made of the segment alone, so it can be made again.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::disk::{Disk, read_all, write_all};
use super::entry::{Entry, Messages, MessagesEntry};
use super::error::JournalError;
use super::layout::Layout;
use super::line::{self, Line, RawRecords, Wrong};
use super::segment::{self, Break};
use crate::clock::Timestamp;
use crate::id::TicketKey;
use crate::ticket::{Place, Tally};

/// Records on one line of an index.
const LINE_RECORDS_MAX: usize = 100;

/// The first line of an index: which segment it is of.
#[derive(Serialize, Deserialize)]
struct Head {
    v: u32,
    index: Of,
}

/// What an index is of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Of {
    /// The length of the segment.
    bytes: u64,
    /// Its first line's place in the journal.
    pub(super) first: u64,
    /// Its last line's place in the journal.
    pub(super) last: u64,
    /// The lines of the index behind this one.
    lines: u64,
}

/// An index: a file's worth of bytes.
pub(super) struct Index {
    pub(super) of: Of,
    pub(super) bytes: Vec<u8>,
}

/// Makes the index of a segment that was just completed, and puts it beside it.
pub(super) fn make(disk: &dyn Disk, layout: &Layout, number: u32) -> Result<(), JournalError> {
    let index = of_segment(disk, layout, number)?;
    store(disk, layout, number, &index)
}

/// Makes the index of a segment that is complete.
pub(super) fn of_segment(
    disk: &dyn Disk,
    layout: &Layout,
    number: u32,
) -> Result<Index, JournalError> {
    #[derive(Deserialize)]
    struct Seq {
        seq: u64,
    }
    let path = layout.segment(number);
    let segment = read_all(disk, &path).map_err(JournalError::file("read", &path))?;
    let first = segment::lines(&segment).next();
    let first = first.and_then(|found| found.read_as::<Seq>().ok());
    let first = first.map_or(0, |line| line.seq);
    build(&segment, number, first).map_err(|found| found.into_error(&path))
}

/// Makes the index of a segment whose first line has the number `first`.
fn build(segment: &[u8], number: u32, first: u64) -> Result<Index, Break> {
    let mut records: Vec<&RawValue> = Vec::new();
    let mut messages: BTreeMap<TicketKey, (Timestamp, Place, Tally)> = BTreeMap::new();
    let mut seq = first;
    for found in segment::lines(segment) {
        let line = found
            .read_at::<RawRecords<'_>>(seq)
            .map_err(|wrong| found.broken(wrong))?;
        seq += 1;
        for text in line.records {
            let entry: Entry<'_> = serde_json::from_str(text.get())
                .map_err(|error| found.broken(Wrong::Damaged(error.to_string())))?;
            let Some((at, tally)) = entry.as_message() else {
                records.push(text);
                continue;
            };
            let place = Place {
                file: number,
                offset: found.offset,
            };
            let known = messages
                .entry(entry.key)
                .or_insert((at, place, Tally::default()));
            known.0 = at;
            known.1 = place;
            known.2 += tally;
        }
    }
    let entries: Vec<_> = messages
        .into_iter()
        .map(|(key, (at, last, tally))| MessagesEntry {
            key,
            at,
            messages: Messages {
                last: last.into(),
                tally,
            },
        })
        .collect();
    let records = records.chunks(LINE_RECORDS_MAX);
    let entries = entries.chunks(LINE_RECORDS_MAX);
    let of = Of {
        bytes: segment.len() as u64,
        first,
        last: seq - 1,
        lines: (records.len() + entries.len()) as u64,
    };
    let bytes = encode(of, records, entries).map_err(|error| Break::at_start(&error))?;
    Ok(Index { of, bytes })
}

fn encode<'a>(
    of: Of,
    records: impl Iterator<Item = &'a [&'a RawValue]>,
    messages: impl Iterator<Item = &'a [MessagesEntry]>,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    let head = Head {
        v: line::VERSION,
        index: of,
    };
    line::write(&head, &mut bytes)?;
    for records in records {
        line::write(&indexed(of, records), &mut bytes)?;
    }
    for records in messages {
        line::write(&indexed(of, records), &mut bytes)?;
    }
    Ok(bytes)
}

fn indexed<R>(of: Of, records: R) -> Line<R> {
    Line {
        v: line::VERSION,
        seq: of.last,
        synced: of.last,
        records,
    }
}

/// Reads the index of a segment of this length, if there is one that is whole.
pub(super) fn read(disk: &dyn Disk, path: &Path, segment_bytes: u64) -> Option<Index> {
    let bytes = read_all(disk, path).ok()?;
    let head = segment::lines(&bytes).next()?;
    let head: Head = head.read_as().ok()?;
    let of = head.index;
    let is_of_segment = head.v == line::VERSION && of.bytes == segment_bytes;
    // Every line, before anything is taken from the first of them.
    let is_whole = segment::lines(&bytes).count() as u64 == of.lines + 1
        && segment::lines(&bytes).all(|found| found.is_whole());
    (is_of_segment && is_whole).then_some(Index { of, bytes })
}

/// Puts an index beside its segment.
pub(super) fn store(
    disk: &dyn Disk,
    layout: &Layout,
    number: u32,
    index: &Index,
) -> Result<(), JournalError> {
    let path = layout.index(number);
    replace(disk, &path, &index.bytes).map_err(JournalError::file("write", &path))?;
    let dir = layout.journal();
    disk.sync_dir(&dir)
        .map_err(JournalError::file("sync", &dir))
}

/// Writes a file that is there whole or not at all.
pub(super) fn replace(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = Layout::unfinished(path);
    disk.remove(&unfinished)?;
    let mut file = disk.append(&unfinished)?;
    write_all(&mut *file, bytes)?;
    file.sync()?;
    disk.rename(&unfinished, path)
}
