//! One line of a file: what belongs together, with a version, a number and a checksum.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The version of the format that this library writes, and the only one that it reads.
pub(super) const VERSION: u32 = 1;

/// The end of each line: the checksum of everything before.
const CHECKSUM: &str = ",\"crc\":\"";
/// Bytes of that end: its name, eight digits, and what closes the line.
const CHECKSUM_BYTES: usize = CHECKSUM.len() + 8 + 2;

/// A line. `R` is a list of records, or of their texts.
#[derive(Serialize, Deserialize)]
pub(super) struct Line<R> {
    pub(super) v: u32,
    /// The line's place among all lines of the journal, counted from 1 without gaps.
    pub(super) seq: u64,
    /// The last line that was known to be on the disk when this one was written.
    pub(super) synced: u64,
    /// What happened, all of it or nothing.
    pub(super) records: R,
}

/// The records of a line, not looked at.
pub(super) type RawRecords<'a> = Vec<&'a RawValue>;

/// What is wrong with a line.
#[derive(Debug, PartialEq)]
pub(super) enum Wrong {
    /// It is not there whole: its end is missing, or what stands there is no JSON.
    Incomplete(String),
    /// It is not as it was written, or says what nobody knows.
    Damaged(String),
    /// It is of another version.
    Version(u32),
}

/// Writes anything as a line, with its end.
pub(super) fn write(line: &impl Serialize, into: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let start = into.len();
    serde_json::to_writer(&mut *into, line)?;
    // The end of the object goes behind the checksum.
    into.pop();
    let checksum = crc32fast::hash(&into[start..]);
    into.extend_from_slice(format!("{CHECKSUM}{checksum:08x}\"}}\n").as_bytes());
    Ok(())
}

/// Reads a line, which has lost its end-of-line.
pub(super) fn read<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, Wrong> {
    check(line)?;
    parse(line)
}

/// Reads a line that fits its checksum.
pub(super) fn parse<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, Wrong> {
    #[derive(Deserialize)]
    struct Version {
        v: u32,
    }
    match serde_json::from_slice(line) {
        Ok(read) => Ok(read),
        Err(error) => match serde_json::from_slice(line) {
            Ok(Version { v }) if v != VERSION => Err(Wrong::Version(v)),
            _ => Err(Wrong::Damaged(error.to_string())),
        },
    }
}

/// Holds a line, which has lost its end-of-line, against its checksum.
pub(super) fn check(line: &[u8]) -> Result<(), Wrong> {
    let is_sound = line
        .split_at_checked(line.len().wrapping_sub(CHECKSUM_BYTES))
        .is_some_and(|(body, end)| {
            format!("{CHECKSUM}{:08x}\"}}", crc32fast::hash(body)).as_bytes() == end
        });
    if is_sound {
        return Ok(());
    }
    // What a crash leaves is cut off or has holes; whole JSON was changed by somebody, or by chance.
    if serde_json::from_slice::<IgnoredAny>(line).is_ok() {
        Err(Wrong::Damaged(
            "the checksum does not fit the line".to_owned(),
        ))
    } else {
        Err(Wrong::Incomplete("the line is not whole".to_owned()))
    }
}

/// Whether a line that was read is of the version that is known.
pub(super) fn check_version<R>(line: Line<R>) -> Result<Line<R>, Wrong> {
    if line.v == VERSION {
        Ok(line)
    } else {
        Err(Wrong::Version(line.v))
    }
}
