use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::id::CallId;

/// A model asks for a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The call's name within the conversation; its result carries the same.
    pub id: CallId,
    /// The tool that is asked for.
    pub name: String,
    /// What the tool is called with.
    pub arguments: ToolArguments,
}

impl ToolCall {
    /// Makes a call with arguments that are JSON already.
    pub fn new(id: impl Into<CallId>, name: impl Into<String>, arguments: &Value) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            arguments: ToolArguments::new(arguments.to_string()),
        }
    }
}

/// The arguments of a call, as the text that the model wrote.
///
/// A model can write text that is no JSON. It is kept as it is, so that the model can be told, and
/// is never replaced by an empty object.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ToolArguments(String);

impl ToolArguments {
    /// Keeps the text; an empty one means no arguments, which vendors write as `{}`.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self(if text.trim().is_empty() {
            "{}".to_owned()
        } else {
            text
        })
    }

    /// The text, as the model wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The SHA-256 of the text, in hexadecimal.
    pub fn digest(&self) -> String {
        let digest = Sha256::digest(&self.0);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads the text.
    ///
    /// # Errors
    /// The text is no JSON.
    pub fn parse(&self) -> Result<Value, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

impl fmt::Debug for ToolArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a tool call gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallResult {
    /// The call that this answers.
    pub call_id: CallId,
    /// What the model reads.
    pub content: String,
    /// Whether the call failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_error: bool,
}
