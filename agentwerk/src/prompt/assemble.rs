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
