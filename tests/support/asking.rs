//! Asking a provider: the four of them behind one function each, and their pieces collected.

use std::time::Duration;

use agentwerk::chat::{Delta, Deltas, Request, Response};
use agentwerk::providers::{
    AnthropicProvider, LiteLlmProvider, MistralProvider, OpenAiProvider, ProviderError,
    SharedProvider,
};
use tokio::sync::mpsc;

use crate::vendor::{Format, VendorServer};

/// The provider that speaks a server's format, pointed at the server.
pub fn provider(server: &VendorServer) -> SharedProvider {
    provider_at(server.format(), &server.base_url(), server.key(), None)
}

/// The same with a limit of time for a whole request.
pub fn impatient_provider(server: &VendorServer, timeout: Duration) -> SharedProvider {
    provider_at(
        server.format(),
        &server.base_url(),
        server.key(),
        Some(timeout),
    )
}

/// The provider that speaks a format, pointed anywhere.
pub fn provider_at(
    format: Format,
    url: &str,
    key: &str,
    timeout: Option<Duration>,
) -> SharedProvider {
    macro_rules! make {
        ($provider:ident) => {{
            let provider = $provider::new(key).base_url(url);
            SharedProvider::new(match timeout {
                Some(timeout) => provider.timeout(timeout),
                None => provider,
            })
        }};
    }
    match format {
        Format::Anthropic => make!(AnthropicProvider),
        Format::OpenAi => make!(OpenAiProvider),
        Format::Mistral => make!(MistralProvider),
        Format::LiteLlm => make!(LiteLlmProvider),
    }
}

/// What a provider gave: the outcome, and the pieces that it handed on before, joined by kind.
#[derive(Debug)]
pub struct Asked {
    /// The outcome.
    pub outcome: Result<Response, ProviderError>,
    /// The pieces of text.
    pub text: String,
    /// The pieces of thoughts.
    pub thinking: String,
}

impl Asked {
    /// The reply.
    ///
    /// # Panics
    /// There is none.
    pub fn reply(self) -> Response {
        self.outcome.expect("a reply")
    }

    /// The error.
    ///
    /// # Panics
    /// There is a reply instead.
    pub fn error(self) -> ProviderError {
        self.outcome.expect_err("an error")
    }
}

/// Asks once, and reads the pieces while they arrive.
pub async fn ask(provider: &SharedProvider, request: &Request) -> Asked {
    let (sender, mut pieces) = mpsc::channel(4);
    let respond = async move {
        // The sender goes with this future, and the reader below ends with the sender.
        provider.respond(request, &Deltas::new(&sender)).await
    };
    let read = async {
        let (mut text, mut thinking) = (String::new(), String::new());
        while let Some(piece) = pieces.recv().await {
            match piece {
                Delta::Text(piece) => text.push_str(&piece),
                Delta::Thinking(piece) => thinking.push_str(&piece),
                _ => {}
            }
        }
        (text, thinking)
    };
    let (outcome, (text, thinking)) = tokio::join!(respond, read);
    Asked {
        outcome,
        text,
        thinking,
    }
}
