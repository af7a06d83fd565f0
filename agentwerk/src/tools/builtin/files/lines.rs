use std::io::{self, BufRead, Read};
use std::mem;

/// Bytes of one line that are shown.
const LINE_BYTES_MAX: usize = 2_000;

/// What becomes of a line that is too long to be shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum LongLine {
    /// Its first bytes are shown only.
    Cut,
    /// It goes on as another line.
    Wrap,
}

/// The lines of a file, none of them too long.
pub(super) struct Lines<R> {
    file: R,
    long: LongLine,
    /// The first bytes of a character that the next piece of a line begins with.
    rest: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(file: R, long: LongLine) -> Self {
        let rest = Vec::new();
        Self { file, long, rest }
    }

    /// Reads one line without its end; `false` at the end of the file.
    pub(super) fn read(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        match self.long {
            LongLine::Cut => read_line(&mut self.file, line),
            LongLine::Wrap => self.read_piece(line),
        }
    }

    /// Reads as much of a line as is shown of it.
    fn read_piece(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.append(&mut mem::take(&mut self.rest));
        let mut limited = (&mut self.file).take((LINE_BYTES_MAX - line.len()) as u64);
        limited.read_until(b'\n', line)?;
        if trim_end(line) {
            return Ok(true);
        }
        if line.len() < LINE_BYTES_MAX {
            return Ok(!line.is_empty());
        }
        match self.file.fill_buf()?.first().copied() {
            None => {}
            Some(b'\n') => self.file.consume(1),
            Some(next) => {
                if !begins_character(next) {
                    self.rest = line.split_off(char_boundary(line, LINE_BYTES_MAX - 1));
                }
                line.extend_from_slice("… (the line goes on)".as_bytes());
            }
        }
        Ok(true)
    }
}

/// Reads one line without its end, keeping its first bytes only; `false` at the end of the file.
fn read_line(file: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    // Two more, so that the end of a line that is just short enough is seen.
    let bytes_max = LINE_BYTES_MAX + 2;
    let mut limited = file.take(bytes_max as u64);
    if limited.read_until(b'\n', line)? == 0 {
        return Ok(false);
    }
    if !trim_end(line) && line.len() == bytes_max {
        file.skip_until(b'\n')?;
    }
    if line.len() > LINE_BYTES_MAX {
        line.truncate(char_boundary(line, LINE_BYTES_MAX));
        line.extend_from_slice("… (line cut)".as_bytes());
    }
    Ok(true)
}

/// Takes the end of a line away, where there is one.
fn trim_end(line: &mut Vec<u8>) -> bool {
    if line.last() != Some(&b'\n') {
        return false;
    }
    line.pop();
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    true
}

/// The last place up to `end` at which a character of the text begins.
fn char_boundary(text: &[u8], end: usize) -> usize {
    // A character has four bytes at most.
    let first = end.saturating_sub(3);
    (first..=end)
        .rev()
        .find(|&place| text.get(place).is_none_or(|byte| begins_character(*byte)))
        .unwrap_or(end)
}

/// All bytes of a character but its first begin with the bits 10.
fn begins_character(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}
