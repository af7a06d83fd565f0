//! The conversation of a request, put together from parts that are encoded once.
//!
//! Each message keeps its encoded form, so the messages of one request are, byte for byte, the
//! beginning of those of the next.

use serde::Serialize;
use serde_json::value::RawValue;

use super::ProviderError;

/// Elements of a JSON array, side by side.
#[derive(Debug, Default)]
pub(crate) struct Fragments(String);

impl Fragments {
    /// Adds encoded elements, joined by commas; an empty text adds none.
    pub(crate) fn push(&mut self, elements: &str) {
        if elements.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push(',');
        }
        self.0.push_str(elements);
    }

    /// Encodes one more element.
    pub(crate) fn encode(&mut self, element: &impl Serialize) {
        // The wire types are texts, numbers and JSON that was checked: none of them can fail.
        self.push(&serde_json::to_string(element).unwrap_or_default());
    }

    /// The elements without brackets.
    pub(crate) fn into_elements(self) -> String {
        self.0
    }

    /// The whole array.
    ///
    /// # Errors
    /// An element is no JSON.
    pub(crate) fn into_array(self) -> Result<Box<RawValue>, ProviderError> {
        RawValue::from_string(format!("[{}]", self.0)).map_err(unencodable)
    }
}

/// A request that cannot be written; the same one never can.
pub(crate) fn unencodable(error: serde_json::Error) -> ProviderError {
    ProviderError::terminal(error)
}
