//! Anthropic's Messages API.
//!
//! Source: <https://platform.claude.com/docs/en/api/messages> and the types of the wheel
//! anthropic 2.11.0, read 2026-11.

mod cache;
mod encode;
mod stream;
mod wire;

use std::time::Duration;

use reqwest::Url;

use super::http::{Auth, Call, Client};
use super::tool_forms::ToolForms;
use super::{Provider, ProviderError, StrictToolError};
use crate::chat::{Deltas, Request, Response, ToolSpec};
use crate::schemas::dialect::Dialect;

/// The name of the provider, of its encoding, and the origin of its thoughts.
const NAME: &str = "anthropic";

pub(super) const DEFAULT_BASE_URL: &str = "https://api.anthropic.com";
const HOST: &str = "api.anthropic.com";
pub(super) const DEFAULT_MODEL: &str = "claude-sonnet-5-5";

/// The version of the format that this module reads and writes.
///
/// The wheel anthropic 2.11.0 sends `2026-10-21`. That version differs in nothing that is used
/// here: it refuses sampling parameters, documents in assistant messages and citations in user
/// messages. The older one is still served, and servers that imitate the API know it.
///
/// Source: <https://platform.claude.com/docs/en/api/versioning>, read 2026-11.
const VERSION: &str = "2023-06-01";

/// Talks to Anthropic, or to a server with the same API.
///
/// Tools, instructions and the conversation so far are marked for the vendor's cache, which keeps
/// them for five minutes after each use: a later turn pays little for what an earlier one sent.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use agentwerk::providers::AnthropicProvider;
///
/// let provider = AnthropicProvider::new("sk-ant-…").timeout(Duration::from_secs(300));
/// assert!(!format!("{provider:?}").contains("sk-ant"));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a provider does nothing until an agent uses it"]
pub struct AnthropicProvider {
    client: Client,
    tools: Dialect,
    strict_tools: Option<bool>,
}

impl AnthropicProvider {
    /// Talks to `https://api.anthropic.com` with this key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            client: Client::new(DEFAULT_BASE_URL, key),
            tools: Dialect::Anthropic,
            strict_tools: None,
        }
    }

    /// Talks to another server. A `/` or `/v1` at the end makes no difference; a path with another
    /// version, as `/api/paas/v4` or `/v1beta/openai`, is taken as it is. Do not add
    /// `/messages`: each request would be refused as [`ProviderError::Misconfigured`].
    pub fn base_url(self, base_url: impl Into<String>) -> Self {
        let base_url = base_url.into();
        let url = Url::parse(base_url.trim()).ok();
        let is_anthropic = url.is_some_and(|url| url.host_str() == Some(HOST));
        Self {
            client: self.client.base_url(base_url),
            tools: if is_anthropic {
                Dialect::Anthropic
            } else {
                Dialect::Plain
            },
            ..self
        }
    }

    /// Says whether the server holds the model to the schemas of tools while it writes.
    ///
    /// Unless set, it does at Anthropic itself; a proxy or an imitation is sent a schema without
    /// that, because few know `strict`. Whatever is set, arguments and results are checked against
    /// their schemas here.
    pub fn strict_tools(self, strict: bool) -> Self {
        Self {
            strict_tools: Some(strict),
            ..self
        }
    }

    /// The form in which the schemas of tools are sent.
    fn tools(&self) -> Dialect {
        match self.strict_tools {
            None => self.tools,
            Some(true) => Dialect::Anthropic,
            Some(false) => Dialect::Plain,
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

impl Provider for AnthropicProvider {
    async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        let forms = ToolForms::new(&request.tools, self.tools())?;
        let call = Call {
            path: "messages",
            auth: Auth::Header("x-api-key"),
            headers: &[("anthropic-version", VERSION)],
            body: encode::body(&forms, request)?,
        };
        let stream = stream::MessageStream::default();
        let response = self.client.stream(call, stream, deltas).await?;
        Ok(forms.read(response))
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
