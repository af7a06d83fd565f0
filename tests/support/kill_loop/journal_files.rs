//! The files of a session, read without the library.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The text before the checksum of a line.
const CHECKSUM: &[u8] = b",\"crc\":\"";
/// Eight digits, a quote and a brace.
const CHECKSUM_END_BYTES: usize = 10;

/// Whether the last line may be half-written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Torn {
    /// A process was killed, and nobody has opened the session since.
    Allowed,
    /// The session was closed.
    Refused,
}

/// The journal of one session.
#[derive(Clone, Debug)]
pub struct JournalFiles {
    dir: PathBuf,
}

impl JournalFiles {
    /// The journal of the session in this directory.
    pub fn of(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Gives all records, in order. Tells what is wrong with the lines.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn read(&self, torn: Torn, mut record: impl FnMut(&Value)) -> io::Result<Vec<String>> {
        let mut wrong = Vec::new();
        let mut due = 1;
        let segments = self.segments()?;
        for (position, path) in segments.iter().enumerate() {
            let is_last = position + 1 == segments.len();
            let bytes = fs::read(path)?;
            for (number, found) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
                if is_last && torn == Torn::Allowed && !found.ends_with(b"\n") {
                    continue;
                }
                match read_line(found, due) {
                    Ok(records) => records.iter().for_each(&mut record),
                    Err(what) => wrong.push(format!("{}:{}: {what}", path.display(), number + 1)),
                }
                due += 1;
            }
        }
        Ok(wrong)
    }

    /// The lines of `results.jsonl`.
    ///
    /// # Errors
    /// The file cannot be read, or a line is no JSON.
    pub fn results(&self) -> io::Result<Vec<Value>> {
        let text = fs::read_to_string(self.dir.join("results.jsonl"))?;
        let lines = text.lines().map(serde_json::from_str);
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// The files with the records, in order.
    fn segments(&self) -> io::Result<Vec<PathBuf>> {
        let mut segments = Vec::new();
        let dir = self.dir.join("journal");
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if is_segment(&path) {
                segments.push(path);
            }
        }
        segments.sort();
        Ok(segments)
    }
}

/// Whether a file has a name of digits, and is not what is made of such a file.
fn is_segment(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy());
    let name = name.unwrap_or_default();
    let number = name.strip_suffix(".jsonl").unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The records of a line, which has to be whole and to have this number.
fn read_line(found: &[u8], due: u64) -> Result<Vec<Value>, String> {
    let line = found.strip_suffix(b"\n").ok_or("it is cut off")?;
    let body = line
        .len()
        .checked_sub(CHECKSUM.len() + CHECKSUM_END_BYTES)
        .ok_or("it is too short")?;
    let (body, end) = line.split_at(body);
    let digits = end
        .strip_prefix(CHECKSUM)
        .and_then(|rest| rest.strip_suffix(b"\"}"))
        .ok_or("it has no checksum")?;
    if format!("{:08x}", crc32(body)).as_bytes() != digits {
        return Err("its checksum is wrong".to_owned());
    }
    let line: Value = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if line["v"] != 1 || line["seq"] != due {
        let (version, seq) = (&line["v"], &line["seq"]);
        return Err(format!(
            "it has version {version} and number {seq}, not {due}"
        ));
    }
    let records = line["records"].as_array();
    records
        .cloned()
        .ok_or_else(|| "it has no records".to_owned())
}

/// The checksum of zip, gzip and Ethernet, bit by bit through a table.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |crc: u32, byte: &u8| (crc >> 8) ^ TABLE[((crc ^ u32::from(*byte)) & 0xFF) as usize];
    !bytes.iter().fold(!0, step)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_standard_one() {
        // The check value of CRC-32/ISO-HDLC.
        assert_eq!(super::crc32(b"123456789"), 0xCBF4_3926);
    }
}
