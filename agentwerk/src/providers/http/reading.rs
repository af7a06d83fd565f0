use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, timeout_at};

use super::assemble::{Assemble, Progress, StreamFault};
use super::classify::Refusal;
use super::client::{ERROR_BYTES_MAX, IDLE_MAX, request_error, timed_out};
use super::endpoint::Endpoint;
use super::retry_after::RetryHints;
use super::sse::{EVENT_BYTES_MAX, SseDecoder, SseEvent};
use super::vendor_error::VendorError;
use crate::chat::{Delta, Deltas, Response};
use crate::providers::key::ApiKey;
use crate::providers::{ProviderError, SizeLimit, TimeLimit};

/// Bytes of one whole stream at most: more than the largest reply of any model.
const REPLY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The event by which Anthropic says that the connection lives; see [`IDLE_MAX`].
const PING: &str = "ping";

/// The type of a stream.
const EVENT_STREAM: &str = "text/event-stream";

/// Characters of another type that an error shows.
const TYPE_CHARS_MAX: usize = 80;

/// One reply on its way from the socket to the caller.
pub(crate) struct Reading<'a, A> {
    endpoint: &'a Endpoint,
    key: &'a ApiKey,
    response: reqwest::Response,
    assembler: A,
    decoder: SseDecoder,
    /// The beginning of the body, as long as there was no event.
    head: Vec<u8>,
    events: u64,
    bytes: usize,
}

impl<'a, A: Assemble> Reading<'a, A> {
    pub(crate) fn new(
        endpoint: &'a Endpoint,
        key: &'a ApiKey,
        response: reqwest::Response,
        assembler: A,
    ) -> Self {
        Self {
            endpoint,
            key,
            response,
            assembler,
            decoder: SseDecoder::default(),
            head: Vec::new(),
            events: 0,
            bytes: 0,
        }
    }

    /// Reads to the end marker, and hands the body back with whatever the server sends behind it.
    pub(crate) async fn read(
        mut self,
        deltas: &Deltas<'_>,
    ) -> Result<(Response, reqwest::Response), ProviderError> {
        let mut idle_at = Instant::now() + IDLE_MAX;
        loop {
            let chunk = timeout_at(idle_at, self.response.chunk())
                .await
                .map_err(|_| timed_out(self.endpoint, TimeLimit::Idle, IDLE_MAX))?
                .map_err(|error| request_error(self.endpoint, error))?;
            let Some(chunk) = chunk else {
                let Some(event) = self.decoder.end() else {
                    return Err(self.broken_off());
                };
                return match self.take(&event, deltas).await? {
                    Progress::Complete => self.complete(),
                    Progress::Open => Err(self.broken_off()),
                };
            };
            self.bytes = self.bytes.saturating_add(chunk.len());
            if self.bytes > REPLY_BYTES_MAX {
                return Err(self.too_large(SizeLimit::ReplyBytes(REPLY_BYTES_MAX)));
            }
            self.keep_head(&chunk);
            self.decoder
                .push(&chunk)
                .map_err(|_| self.too_large(SizeLimit::EventBytes(EVENT_BYTES_MAX)))?;
            while let Some(event) = self.decoder.next_event() {
                let progress = self.take(&event, deltas).await?;
                if progress == Progress::Complete {
                    return self.complete();
                }
                if event.name.as_deref() != Some(PING) {
                    // After the deltas went out: a slow reader is not the vendor's silence.
                    idle_at = Instant::now() + IDLE_MAX;
                }
            }
            // A web page is not worth more; a stream begins with a small event.
            if self.head.len() == ERROR_BYTES_MAX && self.other_type().is_some() {
                return Err(self.broken_off());
            }
        }
    }

    async fn take(
        &mut self,
        event: &SseEvent,
        deltas: &Deltas<'_>,
    ) -> Result<Progress, ProviderError> {
        self.events += 1;
        self.head = Vec::new();
        let mut pieces = Vec::new();
        let progress = self
            .assembler
            .take(event, &mut pieces)
            .map_err(|fault| self.fault(fault))?;
        for piece in pieces {
            match piece {
                Delta::Text(text) => deltas.text(text).await,
                Delta::Thinking(text) => deltas.thinking(text).await,
            }
        }
        Ok(progress)
    }

    fn complete(self) -> Result<(Response, reqwest::Response), ProviderError> {
        let endpoint = self.endpoint.host.clone();
        match self.assembler.finish() {
            Some(reply) => Ok((reply, self.response)),
            None => Err(ProviderError::Interrupted {
                endpoint,
                source: None,
            }),
        }
    }

    fn fault(&self, fault: StreamFault) -> ProviderError {
        let undecodable = |what, source| ProviderError::Undecodable {
            endpoint: self.endpoint.host.clone(),
            what,
            source,
        };
        let event = self.events;
        match fault {
            StreamFault::Missing(field) => {
                undecodable(format!("event {event} has no field `{field}`"), None)
            }
            StreamFault::Json(error) if error.is_data() => {
                // The words of such an error may quote the reply, so only the place is kept.
                let column = error.column();
                let what = format!("event {event} is of an unknown form at column {column}");
                undecodable(what, None)
            }
            StreamFault::Json(error) => {
                undecodable(format!("event {event} is not JSON"), Some(Box::new(error)))
            }
            StreamFault::TooLarge(limit) => self.too_large(limit),
            StreamFault::Vendor(error) => Refusal {
                host: &self.endpoint.host,
                key: self.key,
                status: self.response.status().as_u16(),
                hints: RetryHints::default(),
                error,
            }
            .into_provider_error(),
        }
    }

    /// A body that ended too early. Without a single event it may have been no stream at all, but
    /// an error with the status of a success, or a web page.
    fn broken_off(&self) -> ProviderError {
        if let Some(error) = self.error_in_head() {
            return self.fault(StreamFault::Vendor(error));
        }
        let host = &self.endpoint.host;
        match self.other_type() {
            Some(found) if self.events == 0 => ProviderError::Misconfigured {
                what: format!(
                    "`{host}` answered with `{found}` instead of `{EVENT_STREAM}`\n\
                     hint: check the base URL: it must be that of an API, and that of a web site \
                     answers with a page"
                ),
                source: None,
            },
            _ => ProviderError::Interrupted {
                endpoint: host.clone(),
                source: None,
            },
        }
    }

    fn error_in_head(&self) -> Option<VendorError> {
        let value = serde_json::from_slice(&self.head).ok()?;
        VendorError::instead_of_reply(&value)
    }

    /// The type of the body, where that is not the one of a stream.
    fn other_type(&self) -> Option<String> {
        let found = self.response.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        if found.to_ascii_lowercase().starts_with(EVENT_STREAM) {
            return None;
        }
        let found = self.key.redact(found);
        Some(found.chars().take(TYPE_CHARS_MAX).collect())
    }

    fn keep_head(&mut self, chunk: &[u8]) {
        if self.events == 0 {
            let room = ERROR_BYTES_MAX - self.head.len();
            self.head.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
    }

    fn too_large(&self, limit: SizeLimit) -> ProviderError {
        ProviderError::TooLarge {
            endpoint: self.endpoint.host.clone(),
            limit,
        }
    }
}
