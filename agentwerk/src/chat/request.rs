use std::sync::Arc;

use super::effort::ReasoningEffort;
use super::message::Message;
use super::tool_spec::ToolSpec;

/// What a model is asked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The model, by the vendor's name.
    pub model: String,
    /// The instructions that stand above the conversation.
    pub system: Option<Arc<str>>,
    /// The conversation so far; the last message is the program's.
    pub messages: Vec<Message>,
    /// The tools that the model may call.
    pub tools: Arc<[ToolSpec]>,
    /// Output tokens of the reply at most; unset, the provider decides.
    pub max_reply_tokens: Option<u32>,
    /// How much the model thinks; unset, the vendor decides.
    pub reasoning_effort: Option<ReasoningEffort>,
}

impl Request {
    /// Asks a model to go on with a conversation.
    pub fn new(model: impl Into<String>, messages: Vec<Message>) -> Self {
        Self {
            model: model.into(),
            system: None,
            messages,
            tools: Arc::from([]),
            max_reply_tokens: None,
            reasoning_effort: None,
        }
    }

    /// Sets the instructions above the conversation.
    #[must_use]
    pub fn system(mut self, system: impl Into<Arc<str>>) -> Self {
        self.system = Some(system.into());
        self
    }

    /// Offers tools.
    #[must_use]
    pub fn tools(mut self, tools: impl Into<Arc<[ToolSpec]>>) -> Self {
        self.tools = tools.into();
        self
    }

    /// Caps the reply.
    #[must_use]
    pub fn max_reply_tokens(mut self, tokens: u32) -> Self {
        self.max_reply_tokens = Some(tokens);
        self
    }

    /// Says how much the model thinks.
    #[must_use]
    pub fn reasoning_effort(mut self, effort: ReasoningEffort) -> Self {
        self.reasoning_effort = Some(effort);
        self
    }

    /// The text of the last message; empty when there is none.
    pub fn last_text(&self) -> String {
        self.messages.last().map(Message::text).unwrap_or_default()
    }
}
