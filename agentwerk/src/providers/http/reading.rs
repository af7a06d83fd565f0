use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, timeout_at};

use super::assemble::{Assemble, Progress, StreamFault};
use super::classify::Refusal;
use super::client::{IDLE_MAX, request_error, timed_out};
use super::endpoint::Endpoint;
use super::retry_after::RetryHints;
use super::sse::{EVENT_BYTES_MAX, SseDecoder, SseEvent};
use crate::chat::{Delta, Deltas, Response};
use crate::providers::key::ApiKey;
use crate::providers::{ProviderError, SizeLimit, TimeLimit};

/// Bytes of one whole stream at most: more than the largest reply of any model.
const REPLY_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The event by which Anthropic says that the connection lives; see [`IDLE_MAX`].
const PING: &str = "ping";

/// One reply on its way from the socket to the caller.
pub(crate) struct Reading<'a, A> {
    endpoint: &'a Endpoint,
    key: &'a ApiKey,
    response: reqwest::Response,
    assembler: A,
    decoder: SseDecoder,
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
        }
    }

    async fn take(
        &mut self,
        event: &SseEvent,
        deltas: &Deltas<'_>,
    ) -> Result<Progress, ProviderError> {
        self.events += 1;
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

    /// A reply without a single event is no stream: most likely the base URL is a web page.
    fn broken_off(&self) -> ProviderError {
        let endpoint = self.endpoint.host.clone();
        let content_type = self.response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        match content_type {
            Some(found) if self.events == 0 && !found.starts_with("text/event-stream") => {
                let found: String = found.chars().take(80).collect();
                ProviderError::Undecodable {
                    endpoint,
                    what: format!("expected `text/event-stream`, got `{found}`"),
                    source: None,
                }
            }
            _ => ProviderError::Interrupted {
                endpoint,
                source: None,
            },
        }
    }

    fn too_large(&self, limit: SizeLimit) -> ProviderError {
        ProviderError::TooLarge {
            endpoint: self.endpoint.host.clone(),
            limit,
        }
    }
}
