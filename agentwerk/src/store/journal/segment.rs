//! A file of records: its lines, and what is left of it after a crash.

use std::path::Path;

use serde::Deserialize;

use super::error::JournalError;
use super::line::{self, Line, Wrong};

/// One line as it stands in a file, with or without an end.
pub(super) struct FoundLine<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    /// Bytes from the start of the file.
    pub(super) offset: u64,
    /// Its end-of-line is the last of them, unless the line was cut off.
    pub(super) bytes: &'a [u8],
}

/// Where a segment stops to be as it was written.
pub(super) struct Break {
    line: u64,
    /// Bytes that are as they were written.
    pub(super) sound_bytes: u64,
    wrong: Wrong,
}

/// The lines of a file.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = FoundLine<'_>> {
    let mut offset = 0;
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .zip(1..)
        .map(move |(bytes, number)| {
            let found = FoundLine {
                number,
                offset,
                bytes,
            };
            offset += bytes.len() as u64;
            found
        })
}

impl<'a> FoundLine<'a> {
    /// Whether the line is as it was written.
    pub(super) fn is_whole(&self) -> bool {
        let line = self.bytes.strip_suffix(b"\n");
        line.is_some_and(|line| line::check(line).is_ok())
    }

    /// Reads the line, whatever it holds.
    pub(super) fn read_as<T: Deserialize<'a>>(&self) -> Result<T, Wrong> {
        let Some(line) = self.bytes.strip_suffix(b"\n") else {
            return Err(Wrong::Incomplete("the line is cut off".to_owned()));
        };
        line::read(line)
    }

    /// Reads a line of records.
    pub(super) fn read<R: Deserialize<'a>>(&self) -> Result<Line<R>, Wrong> {
        self.read_as().and_then(line::check_version)
    }

    /// Reads a line of records that was held against its checksum before.
    pub(super) fn parse<R: Deserialize<'a>>(&self) -> Result<Line<R>, Wrong> {
        line::parse(self.bytes.trim_ascii_end()).and_then(line::check_version)
    }

    /// Reads the line, which has to be the one with this number in the journal.
    pub(super) fn read_at<R: Deserialize<'a>>(&self, seq: u64) -> Result<Line<R>, Wrong> {
        let line: Line<R> = self.read()?;
        if line.seq == seq {
            Ok(line)
        } else {
            let what = format!("the line has number {} where {seq} is due", line.seq);
            Err(Wrong::Damaged(what))
        }
    }

    pub(super) fn broken(&self, wrong: Wrong) -> Break {
        Break {
            line: self.number,
            sound_bytes: self.offset,
            wrong,
        }
    }
}

impl Break {
    /// The file as a whole cannot be used.
    pub(super) fn at_start(error: &serde_json::Error) -> Self {
        Self {
            line: 1,
            sound_bytes: 0,
            wrong: Wrong::Damaged(error.to_string()),
        }
    }

    /// Whether what is broken was never acknowledged: a crash may leave that, at the end of the
    /// last file. `seq` is the number of the first broken line.
    ///
    /// Every line tells how far the journal was known to be on the disk when it was written. If a
    /// later line is there and tells that the broken one was, then the broken one has been damaged.
    pub(super) fn is_torn(&self, file: &[u8], seq: u64) -> bool {
        #[derive(Deserialize)]
        struct Synced {
            synced: u64,
        }
        let is_incomplete = matches!(self.wrong, Wrong::Incomplete(_));
        let tail = file.get(self.sound_bytes as usize..).unwrap_or_default();
        let known = lines(tail)
            .filter_map(|found| line::read::<Synced>(found.bytes.strip_suffix(b"\n")?).ok())
            .any(|line| line.synced >= seq);
        is_incomplete && !known
    }

    pub(super) fn into_error(self, file: &Path) -> JournalError {
        let (file, line) = (file.to_owned(), self.line);
        match self.wrong {
            Wrong::Incomplete(what) | Wrong::Damaged(what) => {
                JournalError::Damaged { file, line, what }
            }
            Wrong::Version(found) => JournalError::Version {
                file,
                line,
                found,
                known: line::VERSION,
            },
        }
    }
}
