use std::ops::Deref;

use serde::Serialize;

use crate::chat::{CallResult, ContentBlock, Message, Role, ToolCall};

/// The conversation about a ticket, as it was recorded: its messages, which it derefs to, and what
/// happened in them.
///
/// Nothing is ever taken out of it. After a [compaction](crate::ticket::Compaction) a model is sent
/// less than stands here.
///
/// # Examples
/// ```
/// use agentwerk::chat::{Response, ToolCall};
/// use agentwerk::testing::ScriptedModel;
/// use agentwerk::{Agent, TicketSystem, tool};
/// use serde_json::json;
///
/// /// Divides one number by another.
/// #[tool]
/// async fn divide(dividend: i64, divisor: i64) -> Result<i64, String> {
///     dividend.checked_div(divisor).ok_or_else(|| "nothing divides by 0".to_owned())
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let by = |id, divisor| {
///     let arguments = json!({ "dividend": 8, "divisor": divisor });
///     Response::tool_calls([ToolCall::new(id, "divide", &arguments)])
/// };
/// let model = ScriptedModel::replies([by("1", 0), by("2", 2), Response::text("Four.")]);
/// let tickets = TicketSystem::in_memory();
/// tickets.agent(Agent::new().provider(model).model("scripted").tool(Divide));
/// let key = tickets.task("What is 8 divided by nothing, or else by 2?");
/// tickets.finish().await;
///
/// let transcript = tickets.get(key).unwrap().transcript()?;
/// assert_eq!(transcript.len(), 6);
/// assert_eq!(transcript.calls().count(), 2);
/// let failed: Vec<_> = transcript.failed_calls().map(|call| call.result.unwrap().content.as_str()).collect();
/// assert_eq!(failed, ["nothing divides by 0"]);
/// assert!(transcript.texts().eq(["Four."]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Transcript(Vec<Message>);

/// A tool call in a [`Transcript`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct TranscriptCall<'a> {
    /// What the model asked for.
    pub call: &'a ToolCall,
    /// What the model was told, if the call has been answered: of one that is under way, or waits for
    /// leave, there is nothing yet.
    pub result: Option<&'a CallResult>,
}

impl TranscriptCall<'_> {
    /// Whether the model was told of an error: of the tool, or of a call that was refused, denied or
    /// interrupted.
    pub fn is_failed(&self) -> bool {
        self.result.is_some_and(|result| result.is_error)
    }
}

impl Transcript {
    /// The conversation that these messages are; for stores.
    pub fn new(messages: Vec<Message>) -> Self {
        Self(messages)
    }

    /// The messages themselves.
    pub fn into_messages(self) -> Vec<Message> {
        self.0
    }

    /// Every tool call, in the order in which the model made them.
    pub fn calls(&self) -> impl Iterator<Item = TranscriptCall<'_>> {
        let replies = self.0.iter().enumerate();
        replies.flat_map(|(position, reply)| {
            let behind = self.0.get(position + 1..).unwrap_or_default();
            reply.tool_calls().map(move |call| TranscriptCall {
                call,
                result: answer_to(call, behind),
            })
        })
    }

    /// The tool calls of whose failure the model was told, in the order in which it made them.
    pub fn failed_calls(&self) -> impl Iterator<Item = TranscriptCall<'_>> {
        self.calls().filter(TranscriptCall::is_failed)
    }

    /// What the model said, text by text; one reply may have several. Its thoughts are not among them.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let replies = self.0.iter();
        replies
            .filter(|message| message.role() == Role::Assistant)
            .flat_map(|message| message.content())
            .filter_map(|block| match block {
                ContentBlock::Text { text } => Some(text.as_str()),
                _ => None,
            })
    }
}

/// The result of a call in the messages behind it. It comes before the next reply: a vendor may name
/// the calls of two replies alike.
fn answer_to<'a>(call: &ToolCall, behind: &'a [Message]) -> Option<&'a CallResult> {
    behind
        .iter()
        .take_while(|message| message.role() == Role::User)
        .flat_map(Message::content)
        .find_map(|block| match block {
            ContentBlock::ToolResult(result) if result.call_id == call.id => Some(result),
            _ => None,
        })
}

impl Deref for Transcript {
    type Target = [Message];

    fn deref(&self) -> &[Message] {
        &self.0
    }
}

impl AsRef<[Message]> for Transcript {
    fn as_ref(&self) -> &[Message] {
        &self.0
    }
}

impl IntoIterator for Transcript {
    type Item = Message;
    type IntoIter = std::vec::IntoIter<Message>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Transcript {
    type Item = &'a Message;
    type IntoIter = std::slice::Iter<'a, Message>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
