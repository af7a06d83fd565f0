use crate::chat::{ContentBlock, Message, Role};

/// The first message of a ticket: the context, then the task.
pub(crate) fn first_message(context: &str, task: &str) -> Message {
    let parts = [context, task];
    let blocks = parts.iter().filter(|part| !part.trim().is_empty());
    Message::new(
        Role::User,
        blocks.map(|part| ContentBlock::text(*part)).collect(),
    )
}

/// What stands above the conversation: who the agent is, then the index of its knowledge.
#[cfg(feature = "files")]
pub(crate) fn with_knowledge(role: Option<&str>, index: &str) -> String {
    let heading = include_str!("knowledge.md").trim_end();
    let role = role.map(|role| format!("{role}\n\n")).unwrap_or_default();
    format!("{role}{heading}\n\n{index}")
}
