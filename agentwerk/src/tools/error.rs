use std::error::Error;
use std::fmt;

use crate::causes::with_causes;
use crate::excerpt::shorten;

/// Bytes of an error that a model is told at most.
const TEXT_BYTES_MAX: usize = 4_000;

/// What went wrong in a tool, and what should follow.
///
/// It is made from every error, `String` and `&str`, so `?` works in any tool. For that it cannot
/// be a [`std::error::Error`] itself.
///
/// # Examples
/// ```
/// use agentwerk::tools::ToolError;
///
/// fn port(text: &str) -> Result<u16, ToolError> {
///     if text.is_empty() {
///         return Err(ToolError::retry("Give a `port` from 1 to 65535."));
///     }
///     Ok(text.parse()?)
/// }
///
/// assert_eq!(port("").unwrap_err().to_string(), "Give a `port` from 1 to 65535.");
/// assert_eq!(port("x").unwrap_err().to_string(), "invalid digit found in string");
/// ```
pub struct ToolError {
    kind: ErrorKind,
    source: Box<dyn Error + Send + Sync>,
}

/// What should follow an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// The model should call again, corrected.
    Retry,
    /// The call failed.
    Fail,
    /// The ticket should fail.
    Abort,
}

impl ToolError {
    /// The model can do better: say in a full sentence what to change.
    pub fn retry(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Retry,
            source: error.into(),
        }
    }

    /// The call failed; the model is told, and the ticket goes on. `?` does the same.
    pub fn fail(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Fail,
            source: error.into(),
        }
    }

    /// Going on makes no sense: the ticket fails.
    pub fn abort(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            kind: ErrorKind::Abort,
            source: error.into(),
        }
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The error and its causes in one line, as the model reads it.
    pub(crate) fn text(&self) -> String {
        shorten(with_causes(&*self.source), TEXT_BYTES_MAX)
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for ToolError {
    fn from(error: E) -> Self {
        Self::fail(error)
    }
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl fmt::Debug for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolError")
            .field("kind", &self.kind)
            .field("source", &self.source)
            .finish()
    }
}
