//! Causes: an error and what led to it, in one line.

use std::error::Error;

/// The error and its causes, each behind a colon. Some errors print their cause themselves; it is
/// not said twice.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}
