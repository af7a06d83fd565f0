use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

use reqwest::Version;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use tokio::time::{Instant, timeout, timeout_at};

use super::assemble::Assemble;
use super::classify::Refusal;
use super::endpoint::Endpoint;
use super::gate::Lane;
use super::reading::Reading;
use super::retry_after::RetryHints;
use super::vendor_error::VendorError;
use crate::chat::{Deltas, Response};
use crate::providers::key::ApiKey;
use crate::providers::{ProviderError, TimeLimit};

/// To connect, TLS included.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Without an event. Comments do not count, and neither do Anthropic's `ping` events: both say
/// that the connection lives, not that the model does.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(120);

/// In all, unless `timeout` says otherwise; the wait before the gate comes on top.
///
/// Source: the default of the wheels anthropic 2.11.0 and openai 3.52.0, read 2026-11.
const TOTAL_MAX: Duration = Duration::from_secs(600);

/// Bytes of a refusal, or of an answer that is no stream, that are read.
pub(crate) const ERROR_BYTES_MAX: usize = 64 * 1024;

/// To read them: the status is known by then, and only words are still missing.
const ERROR_BODY_MAX: Duration = Duration::from_secs(10);

/// To read what follows an end marker. Over HTTP/1.1 that is the end of the body, without which a
/// connection cannot serve a second request; it arrives at once or, from some servers, never.
const REST_MAX: Duration = Duration::from_millis(100);

/// How a vendor takes the key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Auth {
    /// `Authorization: Bearer <key>`.
    Bearer,
    /// The key alone, in a header of this name.
    Header(&'static str),
}

/// One request, as a vendor module writes it.
#[derive(Debug)]
pub(crate) struct Call {
    /// The part of the path behind `/v1/`.
    pub(crate) path: &'static str,
    /// How the key is sent.
    pub(crate) auth: Auth,
    /// Further headers.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// The JSON body.
    pub(crate) body: String,
}

/// The HTTP side of a provider: where it sends to, with which key, and for how long it waits.
#[derive(Clone)]
pub(crate) struct Client {
    base_url: String,
    key: ApiKey,
    total: Duration,
    /// Made at the first request, because making it can fail and making a provider cannot.
    http: OnceLock<reqwest::Client>,
}

impl Client {
    /// A client with the usual limits.
    pub(crate) fn new(base_url: &str, key: impl Into<String>) -> Self {
        Self {
            base_url: base_url.to_owned(),
            key: ApiKey::new(key),
            total: TOTAL_MAX,
            http: OnceLock::new(),
        }
    }

    /// Sends to another place.
    pub(crate) fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// Sets the limit of one request in all.
    pub(crate) fn timeout(mut self, total: Duration) -> Self {
        self.total = total;
        self
    }

    /// Sends a request and reads its stream to the end marker.
    ///
    /// # Errors
    /// As [`Provider::respond`](crate::providers::Provider::respond).
    ///
    /// # Cancel safety
    /// Dropping the future closes the connection, or its place at the gate.
    pub(crate) async fn stream<A: Assemble>(
        &self,
        call: Call,
        assembler: A,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        let endpoint = Endpoint::resolve(&self.base_url, call.path)?;
        let http = self.http()?;
        let headers = self.headers(&call)?;
        let pass = Lane::new(&endpoint.base, &self.key).pass().await;
        let started = Instant::now();
        let request = http
            .post(endpoint.url.clone())
            .headers(headers)
            .body(call.body);
        let exchange = self.exchange(&endpoint, request, assembler, deltas);
        let outcome = timeout(self.total, exchange)
            .await
            .unwrap_or_else(|_| Err(timed_out(&endpoint, TimeLimit::Total, self.total)));
        pass.report(&outcome);
        let (outcome, rest) = match outcome {
            Ok((response, rest)) => (Ok(response), Some(rest)),
            Err(error) => (Err(error), None),
        };
        trace(&endpoint, started, &outcome);
        if let Some(rest) = rest {
            release(rest).await;
        }
        outcome
    }

    async fn exchange<A: Assemble>(
        &self,
        endpoint: &Endpoint,
        request: reqwest::RequestBuilder,
        assembler: A,
        deltas: &Deltas<'_>,
    ) -> Result<(Response, reqwest::Response), ProviderError> {
        let response = timeout_at(Instant::now() + IDLE_MAX, request.send())
            .await
            .map_err(|_| timed_out(endpoint, TimeLimit::Idle, IDLE_MAX))?
            .map_err(|error| request_error(endpoint, error))?;
        if response.status().is_success() {
            return Reading::new(endpoint, &self.key, response, assembler)
                .read(deltas)
                .await;
        }
        let status = response.status().as_u16();
        let hints = RetryHints::from_headers(response.headers(), SystemTime::now());
        let body = error_body(response).await;
        let mut error = VendorError::parse(&body);
        if (300..400).contains(&status) && error.message.is_empty() {
            "redirects are not followed; give the final address as the base URL"
                .clone_into(&mut error.message);
        }
        let refusal = Refusal {
            host: &endpoint.host,
            key: &self.key,
            status,
            hints,
            error,
        };
        Err(refusal.into_provider_error())
    }

    fn http(&self) -> Result<&reqwest::Client, ProviderError> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_MAX)
            .redirect(reqwest::redirect::Policy::none())
            // Compression comes with the feature `web`; a stream of events gains nothing by it, and
            // would be held back where a compressor waits for more.
            .no_brotli()
            .no_deflate()
            .no_gzip()
            .user_agent(concat!("agentwerk/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ProviderError::Misconfigured {
                what: "the HTTP client does not start".to_owned(),
                source: Some(Box::new(error.without_url())),
            })?;
        Ok(self.http.get_or_init(|| http))
    }

    fn headers(&self, call: &Call) -> Result<HeaderMap, ProviderError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        for (name, value) in call.headers {
            headers.insert(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        if self.key.is_empty() {
            return Ok(headers);
        }
        let (name, value) = match call.auth {
            Auth::Bearer => (AUTHORIZATION, format!("Bearer {}", self.key.expose())),
            Auth::Header(name) => (HeaderName::from_static(name), self.key.expose().to_owned()),
        };
        let mut value =
            HeaderValue::try_from(value).map_err(|error| ProviderError::Misconfigured {
                what: "the key has characters that no header can carry".to_owned(),
                source: Some(Box::new(error)),
            })?;
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(headers)
    }
}

/// A base URL can hold a password or a token, so only its host is shown.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = Endpoint::resolve(&self.base_url, "").ok();
        f.debug_struct("Client")
            .field("host", &endpoint.map(|endpoint| endpoint.host))
            .field("key", &self.key)
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

/// Reads a body to its end, so that its connection can be used again. Those of HTTP/2 always can.
async fn release(mut rest: reqwest::Response) {
    if rest.version() < Version::HTTP_2 {
        let read = async { while let Ok(Some(_)) = rest.chunk().await {} };
        let _ended = timeout(REST_MAX, read).await.is_ok();
    }
}

/// Reads the beginning of a refusal; what cannot be read is left out, the status still counts.
async fn error_body(mut response: reqwest::Response) -> String {
    let mut body = Vec::new();
    let deadline = Instant::now() + ERROR_BODY_MAX;
    while let Ok(Ok(Some(chunk))) = timeout_at(deadline, response.chunk()).await {
        let room = ERROR_BYTES_MAX - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if body.len() == ERROR_BYTES_MAX {
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

/// Sorts an error of the HTTP library; its URL is taken out, because it may hold a secret.
pub(crate) fn request_error(endpoint: &Endpoint, error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let host = endpoint.host.clone();
    if error.is_builder() {
        ProviderError::Misconfigured {
            what: format!("no request to `{host}` can be made"),
            source: Some(Box::new(error)),
        }
    } else if error.is_connect() && error.is_timeout() {
        timed_out(endpoint, TimeLimit::Connect, CONNECT_MAX)
    } else if error.is_connect() {
        ProviderError::Connect {
            endpoint: host,
            source: Box::new(error),
        }
    } else {
        ProviderError::Interrupted {
            endpoint: host,
            source: Some(Box::new(error)),
        }
    }
}

pub(crate) fn timed_out(endpoint: &Endpoint, limit: TimeLimit, after: Duration) -> ProviderError {
    ProviderError::TimedOut {
        endpoint: endpoint.host.clone(),
        limit,
        after,
    }
}

/// Counts only: neither the key nor a word of the conversation.
fn trace(endpoint: &Endpoint, started: Instant, outcome: &Result<Response, ProviderError>) {
    let host = endpoint.host.as_str();
    let millis = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match outcome {
        Ok(response) => tracing::debug!(
            endpoint = host,
            duration_ms = millis,
            input_tokens = response.usage.total_input_tokens(),
            output_tokens = response.usage.output_tokens,
            "request answered"
        ),
        Err(error) => tracing::debug!(
            endpoint = host,
            duration_ms = millis,
            is_retryable = error.is_retryable(),
            "request failed"
        ),
    }
}
