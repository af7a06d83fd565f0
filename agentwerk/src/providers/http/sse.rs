//! Server-sent events out of bytes: a state machine without input or output of its own.
//!
//! Bytes go in with [`SseDecoder::push`] as they came off the socket, cut anywhere, even inside of
//! a character or between CR and LF; whole events come out of [`SseDecoder::next_event`].
//!
//! # Units and limits
//! One line and the data of one event hold at most 8 MiB, so a server that never ends a line
//! cannot fill the memory.
//!
//! Source: WHATWG HTML, "Interpreting an event stream".

use std::collections::VecDeque;
use std::mem;

/// Bytes of one line, and of the data of one event, at most.
pub(crate) const EVENT_BYTES_MAX: usize = 8 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One event. Those without data are not handed out, as the standard has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SseEvent {
    /// The `event` field, where there was one.
    pub(crate) name: Option<String>,
    /// The `data` lines, joined by line feeds.
    pub(crate) data: String,
}

/// A line or an event is larger than [`EVENT_BYTES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventTooLarge;

/// Takes bytes, gives events.
#[derive(Debug, Default)]
pub(crate) struct SseDecoder {
    /// The line that has not ended yet.
    line: Vec<u8>,
    /// The data of the event that has not ended yet, with a line feed behind each line.
    data: Vec<u8>,
    name: Option<String>,
    /// The last byte was CR: an LF that follows belongs to it.
    after_cr: bool,
    /// A first line was read: a byte order mark can only stand before it.
    past_first_line: bool,
    ready: VecDeque<SseEvent>,
}

impl SseDecoder {
    /// Takes the next bytes.
    pub(crate) fn push(&mut self, mut bytes: &[u8]) -> Result<(), EventTooLarge> {
        while let Some(&first) = bytes.first() {
            if mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.line.len() + part.len() > EVENT_BYTES_MAX {
                return Err(EventTooLarge);
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { break };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line()?;
        }
        Ok(())
    }

    /// The next whole event.
    pub(crate) fn next_event(&mut self) -> Option<SseEvent> {
        self.ready.pop_front()
    }

    /// Says that the stream is over, and hands out an event that lacks only its blank line.
    ///
    /// The standard drops it; some servers leave out the blank line behind the last event. A line
    /// that was cut in the middle is dropped.
    pub(crate) fn end(&mut self) -> Option<SseEvent> {
        self.dispatch();
        self.next_event()
    }

    fn end_line(&mut self) -> Result<(), EventTooLarge> {
        let line = mem::take(&mut self.line);
        let mut rest = line.as_slice();
        if !mem::replace(&mut self.past_first_line, true) {
            rest = rest.strip_prefix(BYTE_ORDER_MARK).unwrap_or(rest);
        }
        if rest.is_empty() {
            self.dispatch();
            return Ok(());
        }
        let (field, value) = split_field(rest);
        match field {
            b"data" => {
                if self.data.len() + value.len() > EVENT_BYTES_MAX {
                    return Err(EventTooLarge);
                }
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => self.name = Some(String::from_utf8_lossy(value).into_owned()),
            // Comments have an empty field name; `id` and `retry` serve reconnecting, which a
            // reply of a model does not know.
            _ => {}
        }
        Ok(())
    }

    fn dispatch(&mut self) {
        let name = self.name.take();
        if self.data.pop().is_some() {
            let data = mem::take(&mut self.data);
            let data = String::from_utf8_lossy(&data).into_owned();
            self.ready.push_back(SseEvent { name, data });
        }
    }
}

/// Splits `field: value`; one blank behind the colon is no part of the value.
fn split_field(line: &[u8]) -> (&[u8], &[u8]) {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return (line, b"");
    };
    let value = &line[colon + 1..];
    (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
#[path = "tests/sse.rs"]
mod tests;
