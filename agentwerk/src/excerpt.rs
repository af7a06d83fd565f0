//! Excerpts: texts that have to be short, cut between characters.

/// The beginning of a text, `bytes_max` bytes at most.
pub(crate) fn head(text: &str, bytes_max: usize) -> &str {
    let mut end = text.len().min(bytes_max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The end of a text, `bytes_max` bytes at most.
pub(crate) fn tail(text: &str, bytes_max: usize) -> &str {
    let mut start = text.len().saturating_sub(bytes_max);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// The text itself if it is short, else its beginning and an ellipsis.
pub(crate) fn shorten(text: String, bytes_max: usize) -> String {
    if text.len() <= bytes_max {
        text
    } else {
        format!("{}…", head(&text, bytes_max))
    }
}
