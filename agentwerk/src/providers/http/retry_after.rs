use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;

/// The longest wait that is taken for one: ten years of 365 days.
const WAIT_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// What the headers of a refusal say about the next attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RetryHints {
    /// How long to wait.
    pub(crate) after: Option<Duration>,
    /// Whether to try again at all, where the vendor says so.
    pub(crate) should_retry: Option<bool>,
}

impl RetryHints {
    /// Reads the headers; `now` is what a date in them counts from.
    ///
    /// In this order: `retry-after-ms`, `retry-after` in seconds or as a date, and
    /// `llm_provider-retry-after`, in which a LiteLLM proxy hands on the header of the vendor
    /// behind it. A value that makes no sense counts as absent, and so does a wait of over ten
    /// years.
    ///
    /// Source: `_base_client.py` in the wheels anthropic 2.11.0 and openai 3.52.0;
    /// a LiteLLM 1.109.1 proxy at its rate limit; read 2026-11.
    pub(crate) fn from_headers(headers: &HeaderMap, now: SystemTime) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let moment = |name: &str| text(name).and_then(|text| parse_moment(text, now));
        let after = text("retry-after-ms")
            .and_then(|text| parse_number(text, 1_000.0))
            .or_else(|| moment("retry-after"))
            .or_else(|| moment("llm_provider-retry-after"));
        let should_retry = match text("x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        Self {
            after,
            should_retry,
        }
    }
}

fn parse_moment(text: &str, now: SystemTime) -> Option<Duration> {
    parse_number(text, 1.0).or_else(|| {
        let date = httpdate::parse_http_date(text.trim()).ok()?;
        // A date that has passed asks for no wait.
        Some(date.duration_since(now).unwrap_or_default()).filter(|wait| *wait <= WAIT_MAX)
    })
}

/// Reads seconds, or a fraction of them.
fn parse_number(text: &str, per_second: f64) -> Option<Duration> {
    let seconds = text.trim().parse::<f64>().ok()? / per_second;
    let wait = Duration::try_from_secs_f64(seconds).ok()?;
    Some(wait).filter(|wait| *wait <= WAIT_MAX)
}

#[cfg(test)]
#[path = "tests/retry_after.rs"]
mod tests;
