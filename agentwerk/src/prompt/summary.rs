//! What a model reads that summarises a conversation, and what stands in the conversation afterwards.

use std::fmt::Write;

use crate::chat::{ContentBlock, Message, Role};

/// Who a model is that summarises.
pub(crate) const SUMMARISE: &str = include_str!("summarise.md");

/// What takes the place of the older part of a conversation.
pub(crate) fn summary_message(summary: &str) -> Message {
    Message::user(format!(
        "The conversation was too long to go on with. This is a summary of your work on the task so \
         far; go on from there.\n\n{summary}"
    ))
}

/// What is to be summarised: one part of the conversation, and the summary of the parts before it.
pub(crate) fn summary_request(task: &str, so_far: Option<&str>, part: &str) -> Message {
    let mut blocks = vec![ContentBlock::text(format!("# The task\n\n{task}"))];
    if let Some(so_far) = so_far {
        let text = format!("# The summary of what came before\n\n{so_far}");
        blocks.push(ContentBlock::text(text));
    }
    blocks.push(ContentBlock::text(format!("# The conversation\n\n{part}")));
    let ask = if so_far.is_some() {
        "Write one summary of all of it: of what came before, and of this part of the conversation."
    } else {
        "Write the summary of the conversation."
    };
    blocks.push(ContentBlock::text(ask));
    Message::new(Role::User, blocks)
}

/// A conversation as text. Not as messages: a vendor takes no calls of tools that are not offered, and
/// a text can be cut anywhere. A model's thoughts are left out.
pub(crate) fn conversation_text(messages: &[Message]) -> String {
    let mut text = String::new();
    for message in messages {
        for block in message.content() {
            // Writing to a string does not fail.
            let _written = match block {
                ContentBlock::Text { text: said } => {
                    let who = match message.role() {
                        Role::User => "user",
                        Role::Assistant => "agent",
                    };
                    write!(text, "[{who}]\n{said}\n\n")
                }
                ContentBlock::Thinking(_) => Ok(()),
                ContentBlock::ToolCall(call) => {
                    let arguments = call.arguments.as_str();
                    write!(text, "[agent calls `{}`]\n{arguments}\n\n", call.name)
                }
                ContentBlock::ToolResult(result) if result.is_error => {
                    write!(text, "[the call failed]\n{}\n\n", result.content)
                }
                ContentBlock::ToolResult(result) => {
                    write!(text, "[result]\n{}\n\n", result.content)
                }
            };
        }
    }
    text
}
