use std::fmt::Write;
use std::time::Duration;

use similar::{ChangeTag, DiffOp, TextDiff};

use crate::excerpt::head;

/// Bytes of a difference that are shown.
const DIFF_BYTES_MAX: usize = 4_000;
/// Bytes of each text that are compared, from the first difference on: of more, nothing is shown.
const COMPARED_BYTES_MAX: usize = 64 * 1024;
/// How long the shortest difference is looked for; then a longer one is taken.
const SEARCH_TIME_MAX: Duration = Duration::from_millis(50);
/// Lines around a difference that are shown.
const CONTEXT_LINES: usize = 3;
/// Bytes that are compared at once.
const STEP_BYTES: usize = 4_096;

/// What is different between two texts, as a unified diff. Ends of lines are shown as `\n`.
pub(super) fn unified(old: &str, new: &str) -> String {
    if old == new {
        return "(the content is the same as before)\n".to_owned();
    }
    let (start, end) = changed(old, new);
    let first_line = old[..start].matches('\n').count() + 1;
    let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let (old_cut, new_cut) = (whole_lines(old), whole_lines(new));
    let is_cut = old_cut.len() < old.len() || new_cut.len() < new.len();
    let diff = TextDiff::configure()
        .timeout(SEARCH_TIME_MAX)
        .diff_lines(old_cut, new_cut);
    let mut shown = String::new();
    let groups = diff.grouped_ops(CONTEXT_LINES);
    for group in &groups {
        show(group, &diff, first_line, &mut shown);
        if shown.len() > DIFF_BYTES_MAX {
            break;
        }
    }
    if is_cut || shown.len() > DIFF_BYTES_MAX {
        let kept = head(&shown, DIFF_BYTES_MAX);
        let end = kept.rfind('\n').map_or(0, |end| end + 1);
        shown.truncate(end);
        shown.push_str(&format!(
            "(the difference is cut: {DIFF_BYTES_MAX} bytes are shown at most)\n"
        ));
    }
    shown
}

/// Where the lines around the differences begin, and how many bytes before the end they end.
fn changed(old: &str, new: &str) -> (usize, usize) {
    let (old, new) = (old.as_bytes(), new.as_bytes());
    let mut start = common(old.chunks(STEP_BYTES), new.chunks(STEP_BYTES), |(a, b)| {
        a.iter().zip(b).take_while(|(a, b)| a == b).count()
    });
    let limit = old.len().min(new.len()) - start;
    let (old_end, new_end) = (&old[old.len() - limit..], &new[new.len() - limit..]);
    let mut end = common(
        old_end.rchunks(STEP_BYTES),
        new_end.rchunks(STEP_BYTES),
        |(a, b)| {
            let pairs = a.iter().rev().zip(b.iter().rev());
            pairs.take_while(|(a, b)| a == b).count()
        },
    );
    let line_start = |before: usize| {
        let line = old[..before].iter().rposition(|byte| *byte == b'\n');
        line.map_or(0, |line| line + 1)
    };
    start = line_start(start);
    for _ in 0..CONTEXT_LINES {
        start = line_start(start.saturating_sub(1));
    }
    // One line more than the context: the first may be the end of a line that differs.
    for _ in 0..=CONTEXT_LINES {
        let rest = &old[old.len() - end..];
        let line = rest.iter().position(|byte| *byte == b'\n');
        end = line.map_or(0, |line| end - line - 1);
    }
    (start, end)
}

/// How many bytes are the same, step by step.
fn common<'a>(
    one: impl Iterator<Item = &'a [u8]>,
    other: impl Iterator<Item = &'a [u8]>,
    last: impl Fn((&[u8], &[u8])) -> usize,
) -> usize {
    let mut same = 0;
    for pair in one.zip(other) {
        if pair.0 != pair.1 {
            return same + last(pair);
        }
        same += pair.0.len();
    }
    same
}

/// The beginning of a text: whole lines, as long as they are short enough.
fn whole_lines(text: &str) -> &str {
    if text.len() <= COMPARED_BYTES_MAX {
        return text;
    }
    let start = head(text, COMPARED_BYTES_MAX);
    start.rfind('\n').map_or(start, |end| &start[..=end])
}

/// Appends the lines of one group of differences below a line that says where they stand.
fn show(group: &[DiffOp], diff: &TextDiff<'_, '_, str>, first_line: usize, shown: &mut String) {
    let (Some(first), Some(last)) = (group.first(), group.last()) else {
        return;
    };
    let range = |start: usize, end: usize| {
        let count = end - start;
        // An empty range stands behind the line before it.
        let line = start + first_line - usize::from(count == 0);
        if count == 1 {
            line.to_string()
        } else {
            format!("{line},{count}")
        }
    };
    let old = range(first.old_range().start, last.old_range().end);
    let new = range(first.new_range().start, last.new_range().end);
    // Writing into a text does not fail.
    let _written = writeln!(shown, "@@ -{old} +{new} @@");
    for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        let line = change.value();
        let text = line.strip_suffix('\n').unwrap_or(line);
        let text = text.strip_suffix('\r').unwrap_or(text);
        let _written = writeln!(shown, "{sign}{text}");
        if !line.ends_with('\n') {
            shown.push_str("\\ No newline at end of file\n");
        }
    }
}
