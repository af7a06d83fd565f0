use std::io::{self, Read};

use cap_std::fs::File;
use grep_matcher::LineTerminator;
use grep_searcher::{BinaryDetection, Searcher, SearcherBuilder, Sink};
use tokio_util::sync::CancellationToken;

use super::expression::{Bounded, Expression};

/// Bytes of a file that a thread holds at most: of one line, and of the file where a match may span
/// lines.
pub(super) const HEAP_BYTES_MAX: usize = 1 << 20;
/// Bytes at the start that decide whether a file is text.
const HEAD_BYTES: usize = 64 * 1024;
/// The marks that text begins with in which zero bytes are no sign of a binary file.
const UTF16_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// Reads files for what is searched in them; each thread has its own.
pub(super) struct Reading<'a> {
    searcher: Searcher,
    matcher: Bounded<'a>,
    head: Vec<u8>,
    cancel: &'a CancellationToken,
}

/// How a search in a file ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// All that the sink wanted was searched.
    Good,
    /// It has no text: this byte is zero.
    Binary(u64),
    /// A part of it is too large to be held.
    TooLong,
}

impl<'a> Reading<'a> {
    /// Reading for lines, and for those around them.
    pub(super) fn new(
        expression: &Expression,
        multiline: bool,
        lines: impl FnOnce(&mut SearcherBuilder),
        cancel: &'a CancellationToken,
    ) -> Self {
        let mut builder = SearcherBuilder::new();
        builder
            .binary_detection(BinaryDetection::quit(0))
            .heap_limit(Some(HEAP_BYTES_MAX))
            .multi_line(multiline);
        if !multiline {
            builder.line_terminator(LineTerminator::crlf());
        }
        lines(&mut builder);
        Self {
            searcher: builder.build(),
            // Its own, so that no thread waits for what another has learned.
            matcher: Bounded {
                expression: expression.clone(),
                by_line: !multiline,
                cancel,
            },
            head: vec![0; HEAD_BYTES],
            cancel,
        }
    }

    /// Searches in one file. A zero byte behind its head ends the search before it.
    pub(super) fn search(
        &mut self,
        mut file: File,
        sink: &mut impl Sink<Error = io::Error>,
    ) -> io::Result<End> {
        let read = file.read(&mut self.head)?;
        let head = &self.head[..read];
        let utf16 = UTF16_MARKS.iter().any(|mark| head.starts_with(mark));
        // `contains` is much faster than `position`, and nearly always enough.
        if !utf16 && head.contains(&0) {
            let place = head.iter().take_while(|byte| **byte != 0).count();
            return Ok(End::Binary(place as u64));
        }
        let mut failed = None;
        let rest = Rest {
            file,
            failed: &mut failed,
            cancel: self.cancel,
        };
        let reader = head.chain(rest);
        let searched = self.searcher.search_reader(&self.matcher, reader, sink);
        match (searched, failed) {
            (Ok(()), _) => Ok(End::Good),
            (Err(_), Some(kind)) => Err(kind.into()),
            // Reading went well, so the buffer was too small, or the expression too large for it.
            (Err(_), None) => Ok(End::TooLong),
        }
    }
}

/// The rest of a file, which cannot be read any more once the call is cancelled.
struct Rest<'a> {
    file: File,
    failed: &'a mut Option<io::ErrorKind>,
    cancel: &'a CancellationToken,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = if self.cancel.is_cancelled() {
            Err(io::Error::other(super::CANCELLED))
        } else {
            self.file.read(buffer)
        };
        read.inspect_err(|error| *self.failed = Some(error.kind()))
    }
}
