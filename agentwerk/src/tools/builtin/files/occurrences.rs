use std::borrow::Cow;

/// Lines that are named of those at which a text stands.
const LINES_MAX: usize = 10;

/// Whether all lines of a text end in `\r\n`, and there is one that does.
pub(super) fn ends_lines_in_crlf(text: &str) -> bool {
    let ends = text.matches('\n').count();
    ends > 0 && text.matches("\r\n").count() == ends
}

/// The text that is looked for, and the one that takes its place, in the form that the file has.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    pub(super) old: Cow<'a, str>,
    pub(super) new: Cow<'a, str>,
}

impl<'a> Wanted<'a> {
    /// Ends of lines are shown to a model all alike: it cannot know those of the file.
    pub(super) fn in_file(file: &str, old: &'a str, new: &'a str) -> Self {
        let as_is = Self {
            old: old.into(),
            new: new.into(),
        };
        if ends_lines_in_crlf(file) || (!file.contains(old) && file.contains(&crlf(old))) {
            Self {
                old: crlf(old).into(),
                new: crlf(new).into(),
            }
        } else {
            as_is
        }
    }
}

fn crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// How often a text stands in a file, and at which lines, counted from 1.
#[derive(Debug)]
pub(super) struct Occurrences {
    pub(super) count: usize,
    lines: Vec<usize>,
}

impl Occurrences {
    pub(super) fn find(file: &str, wanted: &str) -> Self {
        let (mut count, mut lines) = (0, Vec::new());
        let (mut line, mut counted) = (1, 0);
        for (place, _) in file.match_indices(wanted) {
            count += 1;
            if lines.len() < LINES_MAX {
                line += file[counted..place].matches('\n').count();
                counted = place;
                lines.push(line);
            }
        }
        Self { count, lines }
    }

    /// The lines as a model is told of them.
    pub(super) fn lines(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(usize::to_string).collect();
        let more = self.count - self.lines.len();
        match more {
            0 => lines.join(", "),
            more => format!("{} and at {more} more places", lines.join(", ")),
        }
    }
}
