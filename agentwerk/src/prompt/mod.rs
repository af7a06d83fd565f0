//! Prompts: what a model reads before it says its first word.
//!
//! Three parts: the role (who the agent is) stands above the conversation, the context (the
//! situation) and the task (the work) are its first message.

mod assemble;
mod context_block;

pub(crate) use assemble::first_message;
#[cfg(feature = "files")]
pub(crate) use assemble::with_knowledge;
pub(crate) use context_block::{ContextBlock, Remaining};
