use crate::chat::{ContentBlock, Message, Role};
use crate::ticket::Comment;

/// The first message of a ticket: the context, then the task.
pub(crate) fn first_message(context: &str, task: &str) -> Message {
    let parts = [context, task];
    let blocks = parts.iter().filter(|part| !part.trim().is_empty());
    Message::new(
        Role::User,
        blocks.map(|part| ContentBlock::text(*part)).collect(),
    )
}

/// What was said from outside since the last turn: the program's words as they are, those of an agent
/// with its name.
pub(crate) fn comments_message(comments: &[Comment]) -> Message {
    let blocks = comments.iter().map(|comment| {
        if comment.author.is_empty() {
            ContentBlock::text(comment.text.as_str())
        } else {
            ContentBlock::text(format!("Comment of `{}`: {}", comment.author, comment.text))
        }
    });
    Message::new(Role::User, blocks.collect())
}

/// What stands above the conversation: who the agent is, then the index of its knowledge.
#[cfg(feature = "files")]
pub(crate) fn with_knowledge(role: Option<&str>, index: &str) -> String {
    let heading = include_str!("knowledge.md").trim_end();
    let role = role.map(|role| format!("{role}\n\n")).unwrap_or_default();
    format!("{role}{heading}\n\n{index}")
}
