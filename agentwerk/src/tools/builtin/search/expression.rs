use std::io;

use grep_matcher::{ByteSet, LineMatchKind, LineTerminator, Match, Matcher, NoCaptures};
use grep_regex::RegexMatcher;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};
use tokio_util::sync::CancellationToken;

use super::reading::HEAP_BYTES_MAX;

/// Bytes of a text, times the parts of an expression, that one search in it may take. A search cannot
/// be interrupted, and looks at each byte once for each part at worst: this is below one second.
const WORK_MAX: usize = 100 << 20;

/// An expression, and how long a text may be that it is searched for in.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    regex: RegexMatcher,
    bytes_max: usize,
}

impl Expression {
    pub(super) fn new(regex: RegexMatcher, parts: usize) -> Self {
        let bytes_max = WORK_MAX / parts.max(1);
        Self { regex, bytes_max }
    }

    /// Whether it can be searched for in all that is held at once, which is many lines.
    fn is_light(&self) -> bool {
        self.bytes_max >= HEAP_BYTES_MAX
    }

    /// Where its first match in a line begins.
    pub(super) fn first_in(&self, line: &[u8]) -> Option<usize> {
        let searched = &line[..line.len().min(self.bytes_max)];
        let found = self.regex.find(searched).ok().flatten();
        found.map(|found| found.start())
    }
}

/// How many parts an expression has that may be tried at a byte: repeated ones count as often as they
/// are repeated. What is no expression has one.
pub(super) fn parts(pattern: &str, ignore_case: bool) -> usize {
    let mut parser = ParserBuilder::new();
    parser.utf8(false).multi_line(true);
    let parsed = parser.case_insensitive(ignore_case).build().parse(pattern);
    parsed.map_or(1, |parsed| parts_of(&parsed))
}

fn parts_of(hir: &Hir) -> usize {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => 1,
        HirKind::Literal(text) => text.0.len(),
        HirKind::Capture(group) => parts_of(&group.sub).saturating_add(1),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            let parts = all.iter().map(parts_of);
            parts.fold(1, usize::saturating_add)
        }
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(repeated.min).max(1);
            let times = usize::try_from(times).unwrap_or(usize::MAX);
            let may_be_left_out = usize::from(repeated.max != Some(repeated.min));
            let once = parts_of(&repeated.sub).saturating_add(may_be_left_out);
            once.saturating_mul(times)
        }
    }
}

/// Searches for an expression until the call is cancelled. Each search in a text is short.
#[derive(Debug)]
pub(super) struct Bounded<'a> {
    pub(super) expression: Expression,
    /// Whether each line is searched by itself.
    pub(super) by_line: bool,
    pub(super) cancel: &'a CancellationToken,
}

impl Bounded<'_> {
    /// The text that is searched; an error if that would take long.
    fn check<'a>(&self, text: &'a [u8]) -> io::Result<&'a [u8]> {
        if self.cancel.is_cancelled() {
            return Err(io::Error::other(super::CANCELLED));
        }
        if text.len() > self.expression.bytes_max {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if !self.by_line || self.expression.is_light() {
            return Ok(text);
        }
        // Behind the end of a line, which the searcher leaves here, no other line begins.
        let line = text.strip_suffix(b"\n").unwrap_or(text);
        Ok(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

impl Matcher for Bounded<'_> {
    type Captures = NoCaptures;
    type Error = io::Error;

    fn find_at(&self, text: &[u8], at: usize) -> io::Result<Option<Match>> {
        let found = self.expression.regex.find_at(self.check(text)?, at);
        found.map_err(io::Error::other)
    }

    fn shortest_match_at(&self, text: &[u8], at: usize) -> io::Result<Option<usize>> {
        let text = self.check(text)?;
        let found = self.expression.regex.shortest_match_at(text, at);
        found.map_err(io::Error::other)
    }

    fn new_captures(&self) -> io::Result<NoCaptures> {
        Ok(NoCaptures::new())
    }

    fn non_matching_bytes(&self) -> Option<&ByteSet> {
        let light = self.expression.is_light();
        light.then(|| self.expression.regex.non_matching_bytes())?
    }

    /// Only with an end of lines the searcher looks through many lines at once.
    fn line_terminator(&self) -> Option<LineTerminator> {
        let light = self.expression.is_light();
        light.then(|| self.expression.regex.line_terminator())?
    }

    fn find_candidate_line(&self, text: &[u8]) -> io::Result<Option<LineMatchKind>> {
        let found = self.expression.regex.find_candidate_line(self.check(text)?);
        found.map_err(io::Error::other)
    }
}
