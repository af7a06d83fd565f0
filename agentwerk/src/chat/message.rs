use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::content::ContentBlock;
use super::tool_call::{CallResult, ToolCall};

/// Who wrote a message. Instructions of the system are a part of the request, not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The program: tasks and the results of tools.
    User,
    /// The model.
    Assistant,
}

/// One message of a conversation; it never changes, and is cheap to clone.
///
/// # Examples
/// ```
/// use agentwerk::chat::{Message, Role};
///
/// let message = Message::user("What does `Cargo.toml` describe?");
/// assert_eq!(message.role(), Role::User);
/// assert_eq!(message.text(), "What does `Cargo.toml` describe?");
/// ```
#[derive(Clone)]
pub struct Message(Arc<Inner>);

struct Inner {
    role: Role,
    content: Vec<ContentBlock>,
    /// The message in the wire format of the provider that sent it first. A conversation is sent
    /// whole at every turn; with this, each message is encoded once.
    encoded: OnceLock<Encoded>,
}

struct Encoded {
    encoding: Encoding,
    json: String,
}

/// What the bytes of an encoded message depend on beside the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encoding {
    /// The wire format.
    pub(crate) format: &'static str,
    /// The forms in which tools are called, by a fingerprint.
    pub(crate) tools: u64,
}

impl Message {
    /// Makes a message.
    pub fn new(role: Role, content: Vec<ContentBlock>) -> Self {
        Self(Arc::new(Inner {
            role,
            content,
            encoded: OnceLock::new(),
        }))
    }

    /// A text from the program.
    pub fn user(text: impl Into<String>) -> Self {
        Self::new(Role::User, vec![ContentBlock::text(text)])
    }

    /// A text from the model.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self::new(Role::Assistant, vec![ContentBlock::text(text)])
    }

    /// The results of the tool calls of one turn, in the order of the calls.
    pub fn tool_results(results: Vec<CallResult>) -> Self {
        Self::new(
            Role::User,
            results.into_iter().map(ContentBlock::ToolResult).collect(),
        )
    }

    /// Who wrote it.
    pub fn role(&self) -> Role {
        self.0.role
    }

    /// Its blocks.
    pub fn content(&self) -> &[ContentBlock] {
        &self.0.content
    }

    /// All of its text, one text block after the other.
    pub fn text(&self) -> String {
        let texts = self.0.content.iter().filter_map(|block| match block {
            ContentBlock::Text { text } => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The tool calls in it.
    pub fn tool_calls(&self) -> impl Iterator<Item = &ToolCall> {
        self.0.content.iter().filter_map(|block| match block {
            ContentBlock::ToolCall(call) => Some(call),
            _ => None,
        })
    }

    /// The message in one encoding: encoded at the first call, kept for the later ones.
    ///
    /// A second one, after a conversation moved to another vendor or got other tools, is encoded at
    /// each call.
    #[cfg_attr(
        not(feature = "http"),
        expect(dead_code, reason = "only wire formats encode")
    )]
    pub(crate) fn encoded(
        &self,
        encoding: Encoding,
        encode: impl Fn(&Self) -> String,
    ) -> Cow<'_, str> {
        let kept = self.0.encoded.get_or_init(|| Encoded {
            encoding,
            json: encode(self),
        });
        if kept.encoding == encoding {
            Cow::Borrowed(&kept.json)
        } else {
            Cow::Owned(encode(self))
        }
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("role", &self.0.role)
            .field("content", &self.0.content)
            .finish()
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.0.role == other.0.role && self.0.content == other.0.content
    }
}

/// The stored form of a message.
#[derive(Serialize)]
struct Stored<'a> {
    role: Role,
    content: &'a [ContentBlock],
}

/// The same, as it is read back.
#[derive(Deserialize)]
struct StoredOwned {
    role: Role,
    content: Vec<ContentBlock>,
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Stored {
            role: self.0.role,
            content: &self.0.content,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let StoredOwned { role, content } = StoredOwned::deserialize(deserializer)?;
        Ok(Self::new(role, content))
    }
}
