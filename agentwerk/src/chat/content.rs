use serde::{Deserialize, Serialize};

use super::tool_call::{CallResult, ToolCall};

/// One block of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContentBlock {
    /// Plain text.
    Text {
        /// The text.
        text: String,
    },
    /// What a model thought before it answered.
    Thinking(Thinking),
    /// A model asks for a tool.
    ToolCall(ToolCall),
    /// What a tool call gave.
    ToolResult(CallResult),
}

impl ContentBlock {
    /// A block of plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// A model's thoughts, to be handed back to the vendor exactly as they came.
///
/// A vendor signs its thoughts and refuses them when a byte has changed, so every text in here is
/// kept as it was received, and only the vendor named by `origin` gets it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thinking {
    /// The provider that the block came from, by [`Provider::name`](crate::providers::Provider::name).
    pub origin: String,
    /// The thoughts.
    #[serde(flatten)]
    pub body: ThinkingBody,
}

/// The two forms in which vendors send thoughts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ThinkingBody {
    /// Readable thoughts.
    Open {
        /// The thoughts; some vendors leave them out and sign nothing but the place.
        text: String,
        /// The vendor's signature.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// Thoughts that the vendor keeps to itself.
    Redacted {
        /// The vendor's opaque data.
        data: String,
    },
}
