//! What must never happen, counted and told.

use std::fmt;

/// How many violations are told one by one.
const TOLD_MAX: usize = 40;

/// One kind of violation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Something that was acknowledged is not in the files.
    Lost,
    /// A ticket has two ends, or was submitted twice.
    Twice,
    /// A parent without its child, or a child without its parent.
    HalfApplied,
    /// A directory could not be opened again.
    Unreadable,
    /// A line is not as it was written, or is missing.
    Damaged,
    /// Anything else.
    Other,
}

/// All violations so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Violations(Vec<(Kind, String)>);

impl Violations {
    pub(super) fn add(&mut self, kind: Kind, what: impl Into<String>) {
        self.0.push((kind, what.into()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn count(&self, kind: Kind) -> usize {
        self.0.iter().filter(|(each, _)| *each == kind).count()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, what) in self.0.iter().take(TOLD_MAX) {
            writeln!(f, "{kind:?}: {what}")?;
        }
        let left = self.0.len().saturating_sub(TOLD_MAX);
        if left > 0 {
            writeln!(f, "and {left} more")?;
        }
        Ok(())
    }
}
