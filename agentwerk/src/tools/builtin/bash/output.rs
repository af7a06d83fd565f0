use std::collections::VecDeque;

/// Bytes of the beginning that are kept.
const HEAD_BYTES_MAX: usize = 1_000_000;
/// Bytes of the end that are kept.
const TAIL_BYTES_MAX: usize = 1_000_000;

/// What a command wrote: its beginning and its end, however much it was.
#[derive(Debug, Default)]
pub(super) struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    left_out: u64,
}

impl Output {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = HEAD_BYTES_MAX - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        self.tail.extend(rest);
        let over = self.tail.len().saturating_sub(TAIL_BYTES_MAX);
        self.tail.drain(..over);
        self.left_out += over as u64;
    }

    /// The output as a text of whole lines, without what only a terminal understands.
    pub(super) fn into_text(mut self) -> String {
        let tail = self.tail.make_contiguous();
        let mut text = if self.left_out == 0 {
            // One text: a character may lie across.
            self.head.extend_from_slice(tail);
            plain(&String::from_utf8_lossy(&self.head))
        } else {
            let head = plain(&String::from_utf8_lossy(&self.head));
            let tail = plain(&String::from_utf8_lossy(tail));
            format!("{head}\n(… {} bytes left out …)\n{tail}", self.left_out)
        };
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }
}

/// Takes away the escape sequences and control characters of terminals. What a lone carriage return
/// would have hidden becomes a line.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '\x1b' => rest = behind_escape(rest),
            '\r' if rest.starts_with('\n') => {}
            '\r' => plain.push('\n'),
            '\n' | '\t' => plain.push(c),
            _ if c.is_control() => {}
            _ => plain.push(c),
        }
    }
    plain
}

/// What follows an escape sequence; of one without an end only its beginning is passed over, so that
/// it hides nothing.
///
/// Source: [ECMA-48](https://ecma-international.org/publications-and-standards/standards/ecma-48/),
/// sections 5.4 (control sequences) and 5.6 (control strings)
fn behind_escape(rest: &str) -> &str {
    let mut chars = rest.chars();
    match chars.next() {
        Some('[') => {
            let sequence = chars.as_str();
            let end = sequence.find(|c| !matches!(c, ' '..='?'));
            match end {
                Some(end) if matches!(sequence.as_bytes()[end], b'@'..=b'~') => {
                    &sequence[end + 1..]
                }
                _ => sequence,
            }
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            let string = chars.as_str();
            match string.find(['\x07', '\x1b', '\n']) {
                Some(end) if string[end..].starts_with('\x07') => &string[end + 1..],
                Some(end) if string[end..].starts_with("\x1b\\") => &string[end + 2..],
                _ => string,
            }
        }
        // Two characters, or three that choose a set of them.
        Some('(' | ')' | '*' | '+') => {
            chars.next();
            chars.as_str()
        }
        Some('0'..='~') => chars.as_str(),
        _ => rest,
    }
}

#[cfg(test)]
#[path = "tests/output.rs"]
mod tests;
