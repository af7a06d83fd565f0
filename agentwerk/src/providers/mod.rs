//! Providers: one model vendor each, behind one method.
//!
//! A [`Provider`] turns a [`Request`](crate::chat::Request) into a
//! [`Response`](crate::chat::Response) and hands on the pieces while they arrive. It makes one
//! attempt: retrying is the caller's decision, and [`ProviderError`] says what it needs for that.
//!
//! # Units and limits
//! The four providers of this crate give a request 10 s to connect, 120 s from one piece of data to
//! the next, and 600 s in all unless `timeout` says otherwise. One event of a reply has at most
//! 8 MiB, a reply 64 MiB, 1,000 content blocks and 1,000 tool calls. After a rate limit all requests
//! of the process with the same base URL and key wait together, for at most 120 s at a time; then
//! each goes on at a moment of its own, within half of that wait, from 0.5 s to 5 s.
//!
//! # Invariants
//! - `Ok` means a reply that ended properly; a stream that breaks off is an error.
//! - A provider knows nothing of tickets, agents or tools.
//! - A key appears in no error, log line or `Debug` output. Only one of less than 8 bytes, which is
//!   a placeholder, stays where a vendor repeats it.

#[cfg(feature = "http")]
mod anthropic;
#[cfg(feature = "http")]
mod arguments;
#[cfg(feature = "http")]
mod call_id;
#[cfg(feature = "http")]
mod chat_completions;
#[cfg(feature = "http")]
mod effort;
#[cfg(feature = "http")]
mod env;
mod error;
#[cfg(feature = "http")]
mod fragment;
#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod key;
#[cfg(feature = "http")]
mod litellm;
#[cfg(feature = "http")]
mod mistral;
mod models;
#[cfg(feature = "http")]
mod openai;
mod provider;
mod shared;
#[cfg(feature = "http")]
mod tool_forms;

#[cfg(feature = "http")]
pub use anthropic::AnthropicProvider;
#[cfg(feature = "http")]
pub use env::{EnvironmentError, model_from_env};
pub use error::{ProviderError, SizeLimit, StrictToolError, TimeLimit};
#[cfg(feature = "http")]
pub use litellm::LiteLlmProvider;
#[cfg(feature = "http")]
pub use mistral::MistralProvider;
pub(crate) use models::{context_window, max_output};
#[cfg(feature = "http")]
pub use openai::OpenAiProvider;
pub use provider::Provider;
pub use shared::{IntoProvider, SharedProvider};

#[cfg(all(test, feature = "http"))]
mod tests;
