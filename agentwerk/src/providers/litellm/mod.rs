//! A LiteLLM proxy: Chat Completions in front of any vendor.
//!
//! Source: the wheel litellm 1.109.1, read 2026-11.

use std::time::Duration;

use super::chat_completions::{
    self, CallIds, Dialect, ReplyLimit, ThinkingForm, UsageReport, UserAfterTool,
};
use super::http::Client;
use super::{Provider, ProviderError};
use crate::chat::{Deltas, Request, Response};
use crate::schemas;

pub(super) const DEFAULT_BASE_URL: &str = "http://localhost:4000";
/// A proxy serves what it was set up with, under names of its own; this one is a guess.
pub(super) const DEFAULT_MODEL: &str = super::anthropic::DEFAULT_MODEL;

/// The proxy translates everything for the vendor behind it, and hands on the thoughts of Anthropic
/// in `thinking_blocks`.
///
/// Source: `llms/anthropic/chat/handler.py` in the wheel litellm 1.109.1, read 2026-11.
pub(super) static DIALECT: Dialect = Dialect {
    name: "litellm",
    system_role: "system",
    reply_limit: ReplyLimit::MaxCompletionTokens,
    usage: UsageReport::OnRequest,
    thinking: ThinkingForm::Blocks,
    call_ids: CallIds::Free,
    user_after_tool: UserAfterTool::Allowed,
    tools: schemas::dialect::Dialect::Plain,
};

/// Talks to a LiteLLM proxy. An empty key sends none.
///
/// # Examples
/// ```
/// use agentwerk::providers::LiteLlmProvider;
///
/// let provider = LiteLlmProvider::new("sk-1234").base_url("http://proxy.internal:4000");
/// assert!(!format!("{provider:?}").contains("sk-1234"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a provider does nothing until an agent uses it"]
pub struct LiteLlmProvider {
    client: Client,
}

impl LiteLlmProvider {
    /// Talks to `http://localhost:4000` with this key.
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

impl Provider for LiteLlmProvider {
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
