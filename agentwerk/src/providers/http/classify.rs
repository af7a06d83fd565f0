//! From a vendor's refusal to what the caller can do about it.
//!
//! The HTTP status decides first. Where vendors use one status for unlike things, the type and the
//! code in the body decide, and only for the context window the words, because no vendor but
//! OpenAI has a code for that.

use super::retry_after::RetryHints;
use super::vendor_error::VendorError;
use crate::providers::ProviderError;
use crate::providers::key::ApiKey;

/// Characters of a vendor's message that an error keeps.
const MESSAGE_CHARS_MAX: usize = 500;

/// The status of a reply that began well; an error in its stream has no other.
const STATUS_OK: u16 = 200;

/// A refusal, with all that is needed to judge it.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    /// The host that was asked.
    pub(crate) host: &'a str,
    /// The key that was sent, to take it out of the message.
    pub(crate) key: &'a ApiKey,
    /// The HTTP status; 200 for an error inside of a stream.
    pub(crate) status: u16,
    /// What the headers say.
    pub(crate) hints: RetryHints,
    /// What the body says.
    pub(crate) error: VendorError,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Unauthorized,
    Rejected,
    ContextOverflow,
    RateLimited,
    Unavailable,
}

impl Refusal<'_> {
    /// The error that tells the caller what to do.
    pub(crate) fn into_provider_error(self) -> ProviderError {
        let endpoint = self.host.to_owned();
        let message = shorten(&self.key.redact(&self.error.full_message()));
        let status = self.status;
        let retry_after = self.hints.after;
        match self.verdict() {
            Verdict::Unauthorized => ProviderError::Unauthorized {
                endpoint,
                status,
                message,
            },
            Verdict::Rejected => ProviderError::Rejected {
                endpoint,
                status,
                message,
            },
            Verdict::ContextOverflow => ProviderError::ContextOverflow { endpoint, message },
            Verdict::RateLimited => ProviderError::RateLimited {
                endpoint,
                message,
                retry_after,
            },
            Verdict::Unavailable => ProviderError::Unavailable {
                endpoint,
                status,
                message,
                retry_after,
            },
        }
    }

    fn verdict(&self) -> Verdict {
        let status = if self.status == STATUS_OK {
            status_of(&self.error)
        } else {
            self.status
        };
        if is_overflow(status, &self.error) {
            return Verdict::ContextOverflow;
        }
        // An account without credit stays so until somebody pays. OpenAI answers with the status
        // of a rate limit, which would be retried in vain.
        if is_out_of_credit(&self.error) {
            return Verdict::Unauthorized;
        }
        match (self.hints.should_retry, by_status(status)) {
            (Some(true), Verdict::RateLimited) => Verdict::RateLimited,
            (Some(true), _) => Verdict::Unavailable,
            (Some(false), Verdict::RateLimited | Verdict::Unavailable) => Verdict::Rejected,
            (_, verdict) => verdict,
        }
    }
}

/// Every fault of a server may pass, also those of a gateway before it, as 520 to 524 and 530. But
/// a method (501) or a version of HTTP (505) that it does not know, it does not know later either.
///
/// Source: `_should_retry` in the wheels anthropic 2.11.0 and openai 3.52.0, which retry 408, 409,
/// 429 and all from 500 on; 425 is RFC 8470, 501 and 505 are RFC 9110; read 2026-11.
fn by_status(status: u16) -> Verdict {
    match status {
        401..=403 => Verdict::Unauthorized,
        429 => Verdict::RateLimited,
        501 | 505 => Verdict::Rejected,
        408 | 409 | 425 | 500..=599 => Verdict::Unavailable,
        _ => Verdict::Rejected,
    }
}

/// The status that an error inside of a stream would have had before it.
///
/// LiteLLM and vLLM write the status as the code, LiteLLM as a string. One that says nothing is
/// taken for a fault of the server, which may pass.
///
/// Source: `types/shared/error_type.py` in the wheel anthropic 2.11.0; a LiteLLM 1.109.1 proxy;
/// read 2026-11.
fn status_of(error: &VendorError) -> u16 {
    let numeric = error.code.as_deref().and_then(|code| code.parse().ok());
    if let Some(status @ 400..=599) = numeric {
        return status;
    }
    match error.kind.as_deref().or(error.code.as_deref()) {
        Some("invalid_request_error") => 400,
        Some("authentication_error") => 401,
        Some("billing_error") => 402,
        Some("permission_error") => 403,
        Some("not_found_error") => 404,
        Some("conflict_error") => 409,
        Some("request_too_large") => 413,
        Some("rate_limit_error" | "rate_limit_exceeded" | "tokens" | "requests") => 429,
        Some("timeout_error") => 504,
        Some("overloaded_error") => 529,
        _ => 500,
    }
}

/// Whether the conversation is too long.
///
/// 413 limits the bytes of a request, not its tokens, but the way out is the same: shorten it.
///
/// Source: OpenAI's code in `Doriandarko/o1-engineer#15`; Anthropic's words in
/// `anthropics/claude-code#12186` and `docker/docker-agent#569`; the usual words of other servers
/// in `cline/cline#13194` and `cline/cline#3120`; LiteLLM's exception in `kortix-ai/suna#217`;
/// llama.cpp's type in `ggml-org/llama.cpp#15780`; vLLM's words in `vllm-project/vllm#20409`,
/// `vllm-project/vllm#4667` and `langchain-ai/deepagents#468`; Bedrock's in
/// `anthropics/claude-code#760`; Gemini's in `google-gemini/gemini-cli#6678`; all read 2026-11.
/// Mistral says "maximum context length" too, with its code 3051, in the refusals that clients quote.
fn is_overflow(status: u16, error: &VendorError) -> bool {
    const WORDS: [&str; 11] = [
        "prompt is too long",
        "exceed context limit",
        "maximum context length",
        "maximum prompt length",
        "contextwindowexceedederror",
        "exceeds the available context size",
        "context window",
        "maximum model length",
        "max_tokens must be at least 1, got -",
        "input is too long for requested model",
        "exceeds the maximum number of tokens allowed",
    ];
    let message = error.message.to_ascii_lowercase();
    status == 413
        || error.is("context_length_exceeded")
        || error.is("exceed_context_size_error")
        || (matches!(status, 400 | 422) && WORDS.iter().any(|words| message.contains(words)))
}

/// Source: OpenAI's codes as listed in
/// <https://learn.microsoft.com/microsoft-cloud/dev/dev-proxy/concepts/openai-insufficient-quota>;
/// `types/shared/*_spend_limit_reached_error.py` in the wheel anthropic 2.11.0; read 2026-11.
fn is_out_of_credit(error: &VendorError) -> bool {
    const WORDS: [&str; 4] = [
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_usage_limit_exceeded",
        "billing_error",
    ];
    const ENDINGS: [&str; 2] = ["_spend_limit_reached", "_spend_limit_exceeded"];
    let ends = |code: &str| ENDINGS.iter().any(|ending| code.ends_with(ending));
    WORDS.iter().any(|word| error.is(word)) || error.code.as_deref().is_some_and(ends)
}

/// At most 500 characters, on one line.
fn shorten(message: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut chars = message.chars().map(plain);
    let mut short: String = chars.by_ref().take(MESSAGE_CHARS_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
#[path = "tests/classify.rs"]
mod tests;
