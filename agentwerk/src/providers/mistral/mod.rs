//! Mistral's Chat Completions.
//!
//! Source: the types of the wheel mistralai 3.7.0, read 2026-11.

use std::time::Duration;

use super::chat_completions::{
    self, CallIds, Dialect, ReplyLimit, ThinkingForm, UsageReport, UserAfterTool,
};
use super::http::Client;
use super::{Provider, ProviderError};
use crate::chat::{Deltas, Request, Response};
use crate::schemas;

pub(super) const DEFAULT_BASE_URL: &str = "https://api.mistral.ai";
pub(super) const DEFAULT_MODEL: &str = "mistral-medium-latest";

/// Mistral refuses fields that it does not know.
///
/// It reports tokens unasked, and `stream_options.include_usage` is one of the unknown fields.
///
/// Source: `ChatCompletionStreamRequest` in the wheel mistralai 3.7.0 has no such field; the refusal
/// (status 422) is in `openai/openai-agents-python#442`; read 2026-11.
pub(super) static DIALECT: Dialect = Dialect {
    name: "mistral",
    system_role: "system",
    reply_limit: ReplyLimit::MaxTokens,
    usage: UsageReport::Always,
    thinking: ThinkingForm::Chunks,
    call_ids: CallIds::NineAlphanumeric,
    user_after_tool: UserAfterTool::NeedsReply,
    tools: schemas::dialect::Dialect::Plain,
};

/// Talks to Mistral, or to a server with the same API.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use agentwerk::providers::MistralProvider;
///
/// let provider = MistralProvider::new("key").timeout(Duration::from_secs(300));
/// assert!(!format!("{provider:?}").contains("key\""));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a provider does nothing until an agent uses it"]
pub struct MistralProvider {
    client: Client,
}

impl MistralProvider {
    /// Talks to `https://api.mistral.ai` with this key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            client: Client::new(DEFAULT_BASE_URL, key),
        }
    }

    /// Talks to another server. A `/` or `/v1` at the end makes no difference; a path with another
    /// version, as `/api/paas/v4` or `/v1beta/openai`, is taken as it is. Do not add
    /// `/chat/completions`: each request would be refused as [`ProviderError::Misconfigured`].
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        Self {
            client: self.client.base_url(base_url),
        }
    }

    /// Sets how long one request may take in all; 600 s unless set. A wait after a rate limit comes
    /// before that and does not count.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self {
            client: self.client.timeout(timeout),
        }
    }
}

impl Provider for MistralProvider {
    async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        chat_completions::respond(&self.client, &DIALECT, DIALECT.tools, request, deltas).await
    }

    fn name(&self) -> &str {
        DIALECT.name
    }
}
