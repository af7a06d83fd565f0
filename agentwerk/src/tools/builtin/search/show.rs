use std::collections::VecDeque;
use std::io;

use grep_searcher::{Searcher, Sink, SinkContext, SinkContextKind, SinkMatch};
use tokio_util::sync::CancellationToken;

use super::cut::{cut, is_long};
use super::expression::Expression;

/// Bytes of the results that one call shows; notices come on top.
pub(super) const OUTPUT_BYTES_MAX: usize = 40_000;
/// Lines of one match that are shown.
const MATCH_LINES_MAX: usize = 20;

/// Results that one call shows unless asked for more.
pub(super) const RESULTS_DEFAULT: usize = 100;
/// Results that one call shows.
pub(super) const RESULTS_MAX: usize = 1_000;
/// Results that can be left out at the beginning.
pub(super) const OFFSET_MAX: usize = 10_000;

/// Which of the results are asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Results that are left out at the beginning.
    pub(super) offset: usize,
    /// Results that are shown.
    pub(super) limit: usize,
}

impl Window {
    /// A call by hand is not checked against the schema.
    pub(super) fn new(offset: usize, limit: usize) -> Self {
        Self {
            offset: offset.min(OFFSET_MAX),
            limit: limit.clamp(1, RESULTS_MAX),
        }
    }

    /// The results up to its end.
    pub(super) fn end(self) -> usize {
        self.offset + self.limit
    }

    /// How to see what comes after the results on a page.
    pub(super) fn go_on(self, shown: usize) -> String {
        let next = self.offset + shown;
        if next > OFFSET_MAX {
            return "to see others, narrow the search".to_owned();
        }
        format!("go on with `offset`: {next}, or narrow the search")
    }
}

/// What one call shows, until it is full.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) text: String,
    /// Results that are on it.
    pub(super) results: usize,
}

impl Page {
    /// Adds a line, if there is room for it.
    pub(super) fn add(&mut self, line: &str) -> bool {
        let fits = self.text.len() + line.len() <= OUTPUT_BYTES_MAX;
        if fits {
            self.text.push_str(line);
        }
        fits
    }
}

/// Puts the matching lines of one file on a page, and those around them.
pub(super) struct Show<'a> {
    pub(super) page: &'a mut Page,
    /// The path of the file.
    pub(super) file: &'a str,
    pub(super) matcher: &'a Expression,
    /// Matches of this file that are on pages before.
    pub(super) skip: usize,
    /// Matches that may stand on the page.
    pub(super) limit: usize,
    /// Lines shown before a match.
    pub(super) before: usize,
    pub(super) cancel: &'a CancellationToken,
    /// Lines that stand before the next match, if it is shown.
    pub(super) waiting: VecDeque<String>,
    /// Whether a match of this file is on the page.
    pub(super) begun: bool,
    /// Whether lines are left out before the next one.
    pub(super) gap: bool,
}

impl Show<'_> {
    fn line(&self, mark: char, number: u64, text: &str) -> String {
        format!("{}{mark}{number}{mark} {text}\n", self.file)
    }

    fn wait(&mut self, line: String) {
        self.waiting.push_back(line);
        while self.waiting.len() > self.before {
            self.waiting.pop_front();
        }
    }

    /// Puts a match on the page; `false` if there is no room for it.
    fn put(&mut self, number: u64, found: &SinkMatch<'_>) -> bool {
        let mut lines = found.lines();
        let first = lines.next().unwrap_or_default();
        let first = self.line(':', number, &self.text(first));
        let mut before: String = self.waiting.drain(..).collect();
        if self.gap && !self.page.text.is_empty() {
            before.insert_str(0, "--\n");
        }
        self.gap = false;
        if !self.page.add(&format!("{before}{first}")) {
            // The first match is shown whatever stands before it, so that each call leads on.
            if self.page.results > 0 || !self.page.add(&first) {
                return false;
            }
        }
        self.page.results += 1;
        self.begun = true;
        for (place, line) in (1_u64..).zip(lines) {
            if place >= MATCH_LINES_MAX as u64 {
                let more = found.lines().count() - MATCH_LINES_MAX;
                let more = format!("… ({more} more lines of this match)");
                return self.page.add(&self.line(':', number + place, &more));
            }
            let line = self.line(':', number + place, &self.text(line));
            if !self.page.add(&line) {
                return false;
            }
        }
        true
    }

    /// A line as it is shown, around its first match if it is long.
    fn text(&self, line: &[u8]) -> String {
        let found = is_long(line).then(|| self.matcher.first_in(line));
        let place = found.flatten().unwrap_or(0);
        cut(line, place)
    }
}

impl Sink for Show<'_> {
    type Error = io::Error;

    fn matched(&mut self, _searcher: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        let number = found.line_number().unwrap_or_default();
        if self.skip > 0 {
            self.skip -= 1;
            for (line, number) in found.lines().zip(number..) {
                let line = self.line('-', number, &self.text(line));
                self.wait(line);
            }
            return Ok(!self.cancel.is_cancelled());
        }
        let more = self.page.results < self.limit && !self.cancel.is_cancelled();
        Ok(more && self.put(number, found))
    }

    fn context(&mut self, _searcher: &Searcher, found: &SinkContext<'_>) -> io::Result<bool> {
        let number = found.line_number().unwrap_or_default();
        let line = self.line('-', number, &cut(found.bytes(), 0));
        if self.begun && *found.kind() == SinkContextKind::After {
            return Ok(self.page.add(&line));
        }
        self.wait(line);
        Ok(true)
    }

    fn context_break(&mut self, _searcher: &Searcher) -> io::Result<bool> {
        self.waiting.clear();
        self.gap = true;
        Ok(true)
    }
}
