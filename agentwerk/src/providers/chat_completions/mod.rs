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
use super::tool_forms::ToolForms;
use crate::chat::{Deltas, Request, Response};
use crate::schemas;

/// Asks a model in this dialect, and sends the tools' schemas in a form of their own.
pub(crate) async fn respond(
    client: &Client,
    dialect: &'static Dialect,
    tools: schemas::dialect::Dialect,
    request: &Request,
    deltas: &Deltas<'_>,
) -> Result<Response, ProviderError> {
    let forms = ToolForms::new(&request.tools, tools)?;
    let call = Call {
        path: "chat/completions",
        auth: Auth::Bearer,
        headers: &[],
        body: encode::body(dialect, &forms, request)?,
    };
    let stream = stream::ChatStream::new(dialect, request.messages.len());
    let response = client.stream(call, stream, deltas).await?;
    Ok(forms.read(response))
}

#[cfg(test)]
mod tests;
