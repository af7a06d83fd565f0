//! Prompts: what a model reads before it says its first word.
//!
//! Three parts: the role (who the agent is) stands above the conversation, the context (the
//! situation) and the task (the work) are its first message. Names in braces stand for variables
//! there; what is put in their place is not looked at again.

mod assemble;
mod context_block;
mod summary;
mod variables;

#[cfg(feature = "files")]
pub(crate) use assemble::with_knowledge;
pub(crate) use assemble::{comments_message, first_message};
pub(crate) use context_block::{ContextBlock, Remaining};
pub(crate) use summary::{SUMMARISE, conversation_text, summary_message, summary_request};
pub(crate) use variables::{TemplateVariables, UnusableVariable};
