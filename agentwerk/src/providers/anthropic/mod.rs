//! Anthropic's Messages API.
//!
//! Source: <https://platform.claude.com/docs/en/api/messages> and the types of the wheel
//! anthropic 2.11.0, read 2026-11.

mod encode;
mod stream;
mod wire;

use std::time::Duration;

use super::http::{Auth, Call, Client};
use super::{Provider, ProviderError};
use crate::chat::{Deltas, Request, Response};

/// The name of the provider, of its encoding, and the origin of its thoughts.
const NAME: &str = "anthropic";

pub(super) const DEFAULT_BASE_URL: &str = "https://api.anthropic.com";
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
}

impl AnthropicProvider {
    /// Talks to `https://api.anthropic.com` with this key.
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            client: Client::new(DEFAULT_BASE_URL, key),
        }
    }

    /// Talks to another server. A `/` or `/v1` at the end makes no difference; a path with another
    /// version, as `/api/paas/v4` or `/v1beta/openai`, is taken as it is. Do not add
    /// `/messages`: each request would be refused as [`ProviderError::Misconfigured`].
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

impl Provider for AnthropicProvider {
    async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        let call = Call {
            path: "messages",
            auth: Auth::Header("x-api-key"),
            headers: &[("anthropic-version", VERSION)],
            body: encode::body(request)?,
        };
        self.client
            .stream(call, stream::MessageStream::default(), deltas)
            .await
    }

    fn name(&self) -> &str {
        NAME
    }
}

#[cfg(test)]
mod tests;
