use std::fmt;
use std::sync::Arc;

/// The text that stands where a key was.
const REDACTED: &str = "***";

/// Bytes of the shortest text that is taken for a secret. What is shorter is a placeholder for a
/// local server, such as `none`, and may be a part of any word.
const SECRET_BYTES_MIN: usize = 8;

/// A vendor's key: it can be sent, and neither stored nor printed.
///
/// There is no `Serialize`, and `Debug` shows `***`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ApiKey(Arc<str>);

impl ApiKey {
    /// Keeps a key, without the blanks and line ends that a file or a shell put around it.
    pub(crate) fn new(key: impl Into<String>) -> Self {
        Self(Arc::from(key.into().trim()))
    }

    /// The key itself, for the one header that carries it.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no key at all, as with a local server.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with `***` wherever the key stood; a key of less than 8 bytes stays.
    pub(crate) fn redact(&self, text: &str) -> String {
        if self.0.len() < SECRET_BYTES_MIN {
            text.to_owned()
        } else {
            text.replace(&*self.0, REDACTED)
        }
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

#[cfg(test)]
#[path = "tests/key.rs"]
mod tests;
