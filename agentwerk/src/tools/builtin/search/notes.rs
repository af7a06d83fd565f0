use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::reading::HEAP_BYTES_MAX;
use super::walk::DEPTH_MAX;

/// How often something was left out of a search. The model is told, because it would take the
/// answer for a whole one.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Files and directories that could not be read.
    pub(super) unreadable: Tally,
    /// Directories below the deepest level.
    pub(super) too_deep: Tally,
    /// Ignore files that are too large, by themselves or with those above them.
    pub(super) rules_left_out: Tally,
    /// Files with a line, or with several lines a text, that is too large.
    pub(super) too_long: Tally,
}

#[derive(Debug, Default)]
pub(super) struct Tally(AtomicUsize);

impl Tally {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Notes {
    /// Adds a line for each thing that was left out.
    pub(super) fn write(&self, output: &mut String) {
        let notes = [
            (
                &self.unreadable,
                "files or directories could not be read".to_owned(),
            ),
            (
                &self.too_deep,
                format!("directories more than {DEPTH_MAX} levels deep were not entered"),
            ),
            (
                &self.rules_left_out,
                "ignore files are too large, or more than count together, so their rules did not \
                 count"
                    .to_owned(),
            ),
            (
                &self.too_long,
                format!(
                    "files were not searched to their ends, because a line (with `multiline`, the \
                     file) has more than {} MiB, or is too long \
                     for an expression with so many parts",
                    HEAP_BYTES_MAX >> 20
                ),
            ),
        ];
        for (tally, text) in notes {
            let times = tally.get();
            if times > 0 {
                let _infallible = writeln!(output, "({times} {text})");
            }
        }
    }
}
