use serde::{Deserialize, Serialize};

use super::content::ContentBlock;
use super::message::{Message, Role};
use super::tool_call::ToolCall;
use super::usage::Usage;

/// A model's whole reply. A provider makes one only when the reply ended properly.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Response {
    /// What the model wrote, in its order.
    pub content: Vec<ContentBlock>,
    /// Why it stopped.
    pub stop_reason: StopReason,
    /// The tokens that it took; zero where the vendor reported none.
    pub usage: Usage,
}

impl Response {
    /// Makes a reply.
    pub fn new(content: Vec<ContentBlock>, stop_reason: StopReason) -> Self {
        Self {
            content,
            stop_reason,
            usage: Usage::default(),
        }
    }

    /// A reply of plain text that ended its turn.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(vec![ContentBlock::text(text)], StopReason::EndTurn)
    }

    /// A reply that asks for tools.
    pub fn tool_calls(calls: impl IntoIterator<Item = ToolCall>) -> Self {
        let content = calls.into_iter().map(ContentBlock::ToolCall).collect();
        Self::new(content, StopReason::ToolCalls)
    }

    /// Sets the tokens.
    #[must_use]
    pub fn usage(mut self, usage: Usage) -> Self {
        self.usage = usage;
        self
    }

    /// Sets the reason for which the model stopped.
    #[must_use]
    pub fn stop_reason(mut self, stop_reason: StopReason) -> Self {
        self.stop_reason = stop_reason;
        self
    }

    /// Whether the window was full before the model had said anything that the work can go on with.
    pub(crate) fn is_cut_by_window(&self) -> bool {
        let mut blocks = self.content.iter();
        self.stop_reason == StopReason::ContextOverflow
            && !blocks.any(|block| matches!(block, ContentBlock::ToolCall(_)))
    }

    /// The reply as a message of the conversation.
    pub fn into_message(self) -> Message {
        Message::new(Role::Assistant, self.content)
    }
}

/// Why a model stopped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StopReason {
    /// It said what it had to say.
    EndTurn,
    /// It waits for the results of tools.
    ToolCalls,
    /// It ran into the cap of one reply.
    MaxTokens,
    /// It met a stop sequence.
    StopSequence,
    /// The vendor paused a long turn; the conversation goes back as it is.
    Pause,
    /// The model or a filter of the vendor refused.
    Refusal,
    /// The conversation no longer fits the model's context window.
    ContextOverflow,
    /// A reason that this version does not know, in the vendor's word.
    Other(String),
}
