use agentwerk::chat::{StopReason, Usage};
use serde_json::Value;

/// What a model answers, in words that belong to no vendor.
#[derive(Clone, Debug)]
#[must_use = "a reply does nothing until it is enqueued"]
pub struct Reply {
    pub(super) blocks: Vec<Block>,
    pub(super) stop_reason: Option<StopReason>,
    pub(super) usage: Usage,
    pub(super) quirks: Vec<Quirk>,
}

/// One block of a [`Reply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Readable thoughts. A vendor that shows none leaves them out.
    Thinking(Pieces),
    /// Thoughts that the vendor keeps to itself.
    Redacted(String),
    /// Text.
    Text(Pieces),
    /// A tool call. Without an id, it gets one in the vendor's form.
    ToolCall {
        /// The vendor's id.
        id: Option<String>,
        /// The tool.
        name: String,
        /// The arguments, as JSON text or what a model takes for it.
        arguments: Pieces,
    },
}

/// A text in the pieces in which it is streamed.
///
/// Made from an array, it has those pieces; made from one text, it falls into small ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pieces(pub(super) Vec<String>);

impl Pieces {
    pub(super) fn whole(&self) -> String {
        self.0.concat()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<&str> for Pieces {
    fn from(text: &str) -> Self {
        let characters: Vec<char> = text.chars().collect();
        Self(characters.chunks(7).map(String::from_iter).collect())
    }
}

impl From<String> for Pieces {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Value> for Pieces {
    fn from(value: Value) -> Self {
        Self::from(value.to_string())
    }
}

impl<const N: usize> From<[&str; N]> for Pieces {
    fn from(pieces: [&str; N]) -> Self {
        Self(pieces.into_iter().map(str::to_owned).collect())
    }
}

/// Ways in which servers of one format differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quirk {
    /// Lines end in CR LF, which SSE allows.
    CrLf,
    /// No token counts.
    NoUsage,
    /// `OpenAi`: the text is a refusal.
    TextIsRefusal,
    /// `Mistral`: text comes as a list of typed chunks.
    TypedContent,
    /// `Mistral`: arguments come as an object, if they are one.
    ArgumentsAsObject,
    /// `Mistral`: arguments come in pieces over several chunks.
    FragmentedArguments,
    /// `Mistral`: the calls of one chunk carry no `index`.
    NoIndex,
    /// `Mistral`: every call has the id `"null"`.
    NullIds,
    /// `LiteLlm`: the thoughts come as `reasoning_content` only, nothing is signed.
    UnsignedThinking,
    /// `LiteLlm` in early versions: the entries of `thinking_blocks` carry no number.
    UnnumberedThinking,
    /// `LiteLlm` in versions of mid-2026: the pieces as `reasoning_content`, then the signed block
    /// whole, once.
    WholeThinking,
    /// `LiteLlm`: a reply with tool calls ends with `stop`.
    StopDespiteCalls,
}

impl Reply {
    /// An empty reply; the methods append to it.
    pub fn new() -> Self {
        Self {
            blocks: Vec::new(),
            stop_reason: None,
            usage: Usage {
                input_tokens: 25,
                output_tokens: 12,
                ..Usage::default()
            },
            quirks: Vec::new(),
        }
    }

    /// Appends a block of thoughts, signed with [`sign`].
    pub fn thinking(self, thoughts: impl Into<Pieces>) -> Self {
        self.block(Block::Thinking(thoughts.into()))
    }

    /// Appends a block of thoughts that nobody may read.
    pub fn redacted(self, data: impl Into<String>) -> Self {
        self.block(Block::Redacted(data.into()))
    }

    /// Appends a block of text.
    pub fn text(self, text: impl Into<Pieces>) -> Self {
        self.block(Block::Text(text.into()))
    }

    /// Appends a tool call.
    pub fn tool_call(self, name: impl Into<String>, arguments: impl Into<Pieces>) -> Self {
        self.block(Block::ToolCall {
            id: None,
            name: name.into(),
            arguments: arguments.into(),
        })
    }

    /// Appends a block.
    pub fn block(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Sets why the model stopped; unset, it waits for its tools or has ended its turn.
    pub fn stop_reason(mut self, stop_reason: StopReason) -> Self {
        self.stop_reason = Some(stop_reason);
        self
    }

    /// Sets the token counts.
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Lets the server differ from the common form; formats ignore what is not theirs.
    pub fn quirk(mut self, quirk: Quirk) -> Self {
        self.quirks.push(quirk);
        self
    }

    pub(super) fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }

    pub(super) fn stop(&self) -> StopReason {
        let calls = |block: &Block| matches!(block, Block::ToolCall { .. });
        match &self.stop_reason {
            Some(reason) => reason.clone(),
            None if self.blocks.iter().any(calls) => StopReason::ToolCalls,
            None => StopReason::EndTurn,
        }
    }
}

impl Default for Reply {
    fn default() -> Self {
        Self::new()
    }
}

/// The server's signature of thoughts. It refuses thoughts that come back with another one, so a
/// changed byte in an echoed block shows up as a status 400.
pub fn sign(thoughts: &str) -> String {
    // FNV-1a: short, and the same in every run.
    let hash = thoughts
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("ErUB/{hash:016x}+CkYIBRgC==")
}
