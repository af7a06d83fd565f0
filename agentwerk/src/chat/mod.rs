//! The words of a conversation with a model: plain data that providers encode and tools answer.
//!
//! A [`Request`] goes to a provider and a [`Response`] comes back. Both are made of
//! [`Message`]s, and those of [`ContentBlock`]s. Nothing here knows a vendor, a ticket or an agent.

mod content;
mod delta;
mod effort;
mod message;
mod request;
mod response;
mod tool_call;
mod tool_spec;
mod usage;

pub use content::{ContentBlock, Thinking, ThinkingBody};
pub use delta::{Delta, Deltas};
pub use effort::ReasoningEffort;
#[cfg_attr(
    not(feature = "http"),
    expect(unused_imports, reason = "only wire formats encode")
)]
pub(crate) use message::Encoding;
pub use message::{Message, Role};
pub use request::Request;
pub use response::{Response, StopReason};
pub use tool_call::{CallResult, ToolArguments, ToolCall};
pub use tool_spec::{ApprovalRule, Strict, ToolSpec};
pub use usage::Usage;
