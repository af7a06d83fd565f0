//! The Chat Completions format, which OpenAI defined and Mistral, LiteLLM and most local servers
//! speak with small differences.
//!
//! The differences are values of a [`Dialect`]; each vendor module holds one. Everything else, in
//! both directions, is written once in here.
//!
//! Source: `types/chat/*.py` in the wheel openai 3.52.0, read 2026-11.

mod content;
mod dialect;
mod encode;
mod stream;
mod tool_calls;
mod wire;

pub(crate) use dialect::{CallIds, Dialect, ReplyLimit, ThinkingForm, UsageReport, UserAfterTool};

use super::ProviderError;
use super::http::{Auth, Call, Client};
use crate::chat::{Deltas, Request, Response};

/// Asks a model in this dialect.
pub(crate) async fn respond(
    client: &Client,
    dialect: &'static Dialect,
    request: &Request,
    deltas: &Deltas<'_>,
) -> Result<Response, ProviderError> {
    let call = Call {
        path: "chat/completions",
        auth: Auth::Bearer,
        headers: &[],
        body: encode::body(dialect, request)?,
    };
    let stream = stream::ChatStream::new(dialect, request.messages.len());
    client.stream(call, stream, deltas).await
}

#[cfg(test)]
mod tests;
