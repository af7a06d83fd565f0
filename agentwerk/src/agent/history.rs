use super::host::Measured;
use crate::chat::{ContentBlock, Message, ThinkingBody, ToolSpec};
use crate::policy::tokens_of;
use crate::prompt::summary_message;
use crate::ticket::Compaction;

/// What a message takes beside its text, in bytes: its role, and what separates it from others.
const MESSAGE_BYTES: u64 = 16;

/// A conversation: all of its messages, and the summary that a model is sent in place of the older
/// ones.
#[derive(Debug)]
pub(super) struct History {
    transcript: Vec<Message>,
    summary: Option<Summary>,
    measured: Option<Measured>,
}

#[derive(Debug)]
struct Summary {
    message: Message,
    /// The messages at the start of the transcript that it stands for. The first one, with context
    /// and task, is sent all the same.
    messages: usize,
}

impl History {
    /// Goes on with a conversation.
    pub(super) fn new(transcript: Vec<Message>, compaction: Option<&Compaction>) -> Self {
        let summary = compaction.map(|compaction| Summary {
            message: summary_message(&compaction.summary),
            messages: usize::try_from(compaction.messages)
                .unwrap_or(usize::MAX)
                .min(transcript.len()),
        });
        Self {
            transcript,
            summary,
            measured: None,
        }
    }

    /// All messages so far.
    pub(super) fn transcript(&self) -> &[Message] {
        &self.transcript
    }

    pub(super) fn extend(&mut self, messages: impl IntoIterator<Item = Message>) {
        self.transcript.extend(messages);
    }

    /// What a model is sent.
    pub(super) fn to_send(&self) -> Vec<Message> {
        let first = self.transcript.first();
        first.into_iter().chain(self.rest()).cloned().collect()
    }

    /// What a model is sent behind the first message.
    fn rest(&self) -> impl Iterator<Item = &Message> {
        let covered = self.summary.as_ref().map_or(1, |summary| summary.messages);
        let summary = self.summary.iter().map(|summary| &summary.message);
        summary.chain(self.transcript.iter().skip(covered.max(1)))
    }

    /// What a summary can take the place of, when the last `kept` messages stay as they are.
    pub(super) fn older(&self, kept: usize) -> Vec<Message> {
        let rest: Vec<_> = self.rest().cloned().collect();
        let older = rest.len().saturating_sub(kept);
        rest.into_iter().take(older).collect()
    }

    /// What the summary takes, as it is estimated.
    pub(super) fn summary_tokens(&self) -> u64 {
        let summary = self.summary.as_ref();
        summary.map_or(0, |summary| tokens(std::slice::from_ref(&summary.message)))
    }

    /// How many messages at the start of the transcript a summary would stand for.
    pub(super) fn covered(&self, kept: usize) -> usize {
        self.transcript.len().saturating_sub(kept)
    }

    /// Has a summary stand for the older messages.
    pub(super) fn compact(&mut self, compaction: &Compaction) {
        let transcript = std::mem::take(&mut self.transcript);
        *self = Self::new(transcript, Some(compaction));
    }

    /// Goes on with what was measured before the work waited.
    pub(super) fn with_measured(self, measured: Option<Measured>) -> Self {
        let measured = measured.filter(|measured| measured.messages <= self.transcript.len());
        Self { measured, ..self }
    }

    pub(super) fn measured(&self) -> Option<Measured> {
        self.measured
    }

    /// Takes note of how many input tokens the conversation so far had.
    pub(super) fn measure(&mut self, input_tokens: u64) {
        // Zero is what comes of a vendor that reports nothing.
        if input_tokens > 0 {
            self.measured = Some(Measured {
                messages: self.transcript.len(),
                input_tokens,
            });
        }
    }

    /// The input tokens of the next request: those of the last one, as its vendor counted them, and an
    /// estimate of what has come since; before the first, an estimate of all.
    pub(super) fn input_tokens(&self, system: Option<&str>, tools: &[ToolSpec]) -> u64 {
        if let Some(measured) = self.measured {
            let since = tokens(&self.transcript[measured.messages..]);
            return measured.input_tokens.saturating_add(since);
        }
        self.estimate(system, tools)
    }

    /// The input tokens of the next request, as they are estimated from its text alone.
    pub(super) fn estimate(&self, system: Option<&str>, tools: &[ToolSpec]) -> u64 {
        let tools = tools.iter().map(tool_bytes).sum::<u64>();
        let fixed = system.map_or(0, str::len) as u64 + tools;
        tokens_of(fixed) + tokens(&self.to_send())
    }
}

/// The tokens of messages, as they are estimated.
pub(super) fn tokens(messages: &[Message]) -> u64 {
    tokens_of(messages.iter().map(message_bytes).sum())
}

fn message_bytes(message: &Message) -> u64 {
    let blocks = message.content().iter().map(|block| match block {
        ContentBlock::Text { text } => text.len(),
        ContentBlock::Thinking(thinking) => match &thinking.body {
            ThinkingBody::Open { text, .. } => text.len(),
            ThinkingBody::Redacted { data } => data.len(),
        },
        ContentBlock::ToolCall(call) => call.name.len() + call.arguments.as_str().len(),
        ContentBlock::ToolResult(result) => result.content.len(),
    });
    MESSAGE_BYTES + blocks.sum::<usize>() as u64
}

fn tool_bytes(tool: &ToolSpec) -> u64 {
    (tool.name.len() + tool.description.len() + tool.schema.to_string().len()) as u64
}
