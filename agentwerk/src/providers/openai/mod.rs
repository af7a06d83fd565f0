//! OpenAI's Chat Completions.
//!
//! Source: `types/chat/*.py` in the wheel openai 3.52.0, read 2026-11.

use std::time::Duration;

use reqwest::Url;

use super::chat_completions::{
    self, CallIds, Dialect, ReplyLimit, ThinkingForm, UsageReport, UserAfterTool,
};
use super::http::Client;
use super::tool_forms::ToolForms;
use super::{Provider, ProviderError, StrictToolError};
use crate::chat::{Deltas, Request, Response, ToolSpec};
use crate::schemas;

const NAME: &str = "openai";

pub(super) const DEFAULT_BASE_URL: &str = "https://api.openai.com";
const HOST: &str = "api.openai.com";
pub(super) const DEFAULT_MODEL: &str = "gpt-6.1-terra";

/// At OpenAI itself: current models know `developer` messages.
///
/// Source: `chat_completion_developer_message_param.py` in the wheel openai 3.52.0, read 2026-11.
pub(super) static OPENAI: Dialect = Dialect {
    name: NAME,
    system_role: "developer",
    reply_limit: ReplyLimit::MaxCompletionTokens,
    usage: UsageReport::OnRequest,
    thinking: ThinkingForm::NotKept,
    call_ids: CallIds::Free,
    user_after_tool: UserAfterTool::Allowed,
    tools: schemas::dialect::Dialect::OpenAi,
};

/// At any other server: every chat template knows `system`; `developer` is OpenAI's own.
pub(super) static COMPATIBLE: Dialect = Dialect {
    system_role: "system",
    tools: schemas::dialect::Dialect::Plain,
    ..OPENAI
};

/// Talks to OpenAI, or to a server with the same API, such as vLLM or llama.cpp.
///
/// Thoughts that such a server shows as `reasoning_content` are handed on and not sent back. An
/// empty key sends none.
///
/// # Examples
/// ```
/// use agentwerk::providers::OpenAiProvider;
///
/// let local = OpenAiProvider::new("none").base_url("http://localhost:8000/v1");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a provider does nothing until an agent uses it"]
pub struct OpenAiProvider {
    client: Client,
    dialect: &'static Dialect,
    strict_tools: Option<bool>,
}

impl OpenAiProvider {
    /// Talks to `https://api.openai.com` with this key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            client: Client::new(DEFAULT_BASE_URL, key),
            dialect: &OPENAI,
            strict_tools: None,
        }
    }

    /// Talks to another server. A `/` or `/v1` at the end makes no difference; a path with another
    /// version, as `/api/paas/v4` or `/v1beta/openai`, is taken as it is. Do not add
    /// `/chat/completions`: each request would be refused as [`ProviderError::Misconfigured`].
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        let url = Url::parse(base_url.trim()).ok();
        let is_openai = url.is_some_and(|url| url.host_str() == Some(HOST));
        Self {
            client: self.client.base_url(base_url),
            dialect: if is_openai { &OPENAI } else { &COMPATIBLE },
            ..self
        }
    }

    /// Says whether the server holds the model to the schemas of tools while it writes.
    ///
    /// Unless set, it does at OpenAI itself. Another server is sent a schema without that, because
    /// few know `strict`, and some ignore it; ask for it here where the server keeps to it. Whatever
    /// is set, arguments and results are checked against their schemas here.
    ///
    /// # Examples
    /// ```
    /// use agentwerk::providers::OpenAiProvider;
    ///
    /// let azure = OpenAiProvider::new("key")
    ///     .base_url("https://example.openai.azure.com/openai/v1")
    ///     .strict_tools(true);
    /// ```
    pub fn strict_tools(self, strict: bool) -> Self {
        Self {
            strict_tools: Some(strict),
            ..self
        }
    }

    /// The form in which the schemas of tools are sent.
    fn tools(&self) -> schemas::dialect::Dialect {
        match self.strict_tools {
            None => self.dialect.tools,
            Some(true) => schemas::dialect::Dialect::OpenAi,
            Some(false) => schemas::dialect::Dialect::Plain,
        }
    }

    /// Sets how long one request may take in all; 600 s unless set. A wait after a rate limit comes
    /// before that and does not count.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self {
            client: self.client.timeout(timeout),
            ..self
        }
    }
}

impl Provider for OpenAiProvider {
    async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        let tools = self.tools();
        chat_completions::respond(&self.client, self.dialect, tools, request, deltas).await
    }

    fn check_tools(&self, tools: &[ToolSpec]) -> Result<(), StrictToolError> {
        ToolForms::new(tools, self.tools()).map(drop)
    }

    fn name(&self) -> &str {
        NAME
    }
}

#[cfg(test)]
mod tests;
