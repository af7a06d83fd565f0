use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use super::disk::{Disk, ReadFile, read_all};
use super::entry::Entry;
use super::error::JournalError;
use super::layout::Layout;
use super::line::{self, Line, Wrong};
use crate::chat::Message;
use crate::id::TicketKey;
use crate::ticket::{Archive, Place};

/// Bytes that are read at first, of a line whose length is not known.
const READ_BYTES: usize = 16 * 1024;

/// Reads transcripts back: from the last message of a ticket to the one before, and so on.
pub(super) struct JournalArchive {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) layout: Layout,
}

/// A file that stays open while one message after the other is read from it.
struct OpenFile {
    number: u32,
    file: Box<dyn ReadFile>,
}

impl Archive for JournalArchive {
    fn read(
        &self,
        key: TicketKey,
        place: Place,
    ) -> Result<Vec<Message>, Box<dyn Error + Send + Sync>> {
        // The newest first.
        let mut messages = Vec::new();
        let mut open = None;
        let mut next = Some(place);
        while let Some(place) = next {
            let (mut found, previous) = self.read_line(key, place, &mut open)?;
            found.reverse();
            messages.append(&mut found);
            // Backwards only, so that a damaged file cannot lead round in a circle.
            next = previous.filter(|previous| *previous < place);
        }
        messages.reverse();
        Ok(messages)
    }
}

impl JournalArchive {
    /// The messages of a ticket on one line, and where the one before them is.
    fn read_line(
        &self,
        key: TicketKey,
        place: Place,
        open: &mut Option<OpenFile>,
    ) -> Result<(Vec<Message>, Option<Place>), JournalError> {
        let path = self.layout.segment(place.file);
        let bytes = self.line_at(place, &path, open)?;
        let damaged = |what: String| self.damaged(&path, place.offset, what);
        let line: Line<Vec<Entry<'_>>> =
            line::read(&bytes)
                .and_then(line::check_version)
                .map_err(|wrong| match wrong {
                    Wrong::Incomplete(what) | Wrong::Damaged(what) => damaged(what),
                    Wrong::Version(found) => damaged(format!("the line has version {found}")),
                })?;
        let own = line.records.into_iter().filter(|entry| entry.key == key);
        let read: Result<Vec<_>, _> = own.filter_map(Entry::into_message).collect();
        let read = read.map_err(damaged)?;
        let Some((_, previous)) = read.first() else {
            return Err(damaged(format!("the line has no message of {key}")));
        };
        let previous = *previous;
        let messages = read.into_iter().map(|(message, _)| message).collect();
        Ok((messages, previous))
    }

    /// The line that begins at a place, without its end.
    fn line_at(
        &self,
        place: Place,
        path: &Path,
        open: &mut Option<OpenFile>,
    ) -> Result<Vec<u8>, JournalError> {
        let failed = |error| JournalError::file("read", path)(error);
        if open.as_ref().is_none_or(|open| open.number != place.file) {
            let file = self.disk.read(path).map_err(failed)?;
            let number = place.file;
            *open = Some(OpenFile { number, file });
        }
        let mut bytes = vec![0; READ_BYTES];
        loop {
            let read = match open {
                Some(open) => open
                    .file
                    .read_at(place.offset, &mut bytes)
                    .map_err(failed)?,
                None => 0,
            };
            if let Some(end) = bytes[..read].iter().position(|byte| *byte == b'\n') {
                bytes.truncate(end);
                return Ok(bytes);
            }
            if read < bytes.len() {
                return Err(self.damaged(path, place.offset, "the line is cut off".to_owned()));
            }
            bytes.resize(bytes.len() * 2, 0);
        }
    }

    fn damaged(&self, path: &Path, offset: u64, what: String) -> JournalError {
        let before = read_all(&*self.disk, path).unwrap_or_default();
        let before = before.get(..offset as usize).unwrap_or(&before);
        let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let file = path.to_owned();
        JournalError::Unreadable { file, line, what }
    }
}
