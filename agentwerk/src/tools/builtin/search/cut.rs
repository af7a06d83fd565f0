/// Bytes of one line that are shown.
const LINE_BYTES_MAX: usize = 500;
/// Bytes of these that stand before the match in a line that is cut.
const BEFORE_BYTES: usize = 100;

/// A line as it is shown: without its end, and, if it is long, only what stands around a place in it.
pub(super) fn cut(line: &[u8], place: usize) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() <= LINE_BYTES_MAX {
        return String::from_utf8_lossy(line).into_owned();
    }
    let latest = line.len() - LINE_BYTES_MAX;
    let start = boundary(line, place.saturating_sub(BEFORE_BYTES).min(latest));
    let end = boundary(line, start + LINE_BYTES_MAX);
    let text = String::from_utf8_lossy(&line[start..end]);
    let before = if start > 0 { "…" } else { "" };
    let after = if end < line.len() { "…" } else { "" };
    format!("{before}{text}{after}")
}

/// Whether a line is too long to be shown whole.
pub(super) fn is_long(line: &[u8]) -> bool {
    line.len() > LINE_BYTES_MAX
}

/// The last place up to `place` at which a character begins; it has four bytes at most, and all of
/// them but the first begin with the bits 10.
fn boundary(line: &[u8], place: usize) -> usize {
    let begins = |place: &usize| line.get(*place).is_none_or(|byte| byte & 0xC0 != 0x80);
    let first = place.saturating_sub(3);
    (first..=place).rev().find(begins).unwrap_or(place)
}
