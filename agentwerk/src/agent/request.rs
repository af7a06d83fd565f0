use std::time::Duration;

use tokio::sync::mpsc;
use tracing::Instrument;

use super::host::{Halt, Host};
use super::ready::ReadyAgent;
use crate::causes::with_causes;
use crate::chat::{Delta, Deltas, Request, Response};
use crate::event::{EventKind, FailureReason, PolicyKind, TicketFailure};
use crate::policy::{Backoff, Limits};
use crate::providers::ProviderError;

/// Pieces of a reply that wait to be told; beyond, the provider waits.
const DELTAS_MAX: usize = 64;

/// Whether the pieces of a reply are told while they arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pieces {
    Told,
    /// The reply is for the library itself.
    Kept,
}

/// Why a request gave no reply.
#[derive(Debug)]
pub(super) enum NoReply {
    /// It does not fit the model's context window.
    TooLarge(String),
    /// It failed for good.
    Failed(String),
    Halt(Halt),
}

/// Sends a request until it gives a reply, and tells the host how it goes.
pub(super) async fn send(
    agent: &ReadyAgent,
    limits: &Limits,
    host: &dyn Host,
    request: &Request,
    pieces: Pieces,
) -> Result<Response, NoReply> {
    let mut attempt = 0;
    loop {
        // Others have gone on while this one waited for its next attempt.
        let checked = host.check_tokens();
        checked.map_err(|kind| NoReply::Halt(Halt::Policy(kind)))?;
        host.emit(EventKind::RequestStarted {
            model: request.model.clone(),
        });
        let span = tracing::debug_span!("request", model = %request.model, attempt = attempt + 1);
        let error = match respond(agent, host, request, pieces).instrument(span).await {
            Ok(response) => {
                host.spend(response.usage);
                host.emit(EventKind::RequestFinished {
                    usage: response.usage,
                    stop_reason: response.stop_reason.clone(),
                });
                return Ok(response);
            }
            Err(error @ ProviderError::ContextOverflow { .. }) => {
                return Err(NoReply::TooLarge(with_causes(&error)));
            }
            Err(error) => error,
        };
        attempt += 1;
        match retry_delay(&error, attempt, limits) {
            Ok(delay) => {
                let message = with_causes(&error);
                tracing::debug!(
                    attempt,
                    delay_ms = delay.as_millis() as u64,
                    "request retried"
                );
                host.emit(EventKind::RequestRetried {
                    attempt,
                    delay,
                    message,
                });
                tokio::time::sleep(delay).await;
            }
            Err(why) => {
                if why == NoRetry::Exhausted {
                    host.emit(EventKind::PolicyViolated {
                        kind: PolicyKind::MaxRequestRetries,
                    });
                }
                return Err(NoReply::Failed(format!("{}{why}", with_causes(&error))));
            }
        }
    }
}

/// Tells that the request failed for good.
pub(super) fn failed(host: &dyn Host, message: String) -> Halt {
    host.emit(EventKind::RequestFailed {
        message: message.clone(),
    });
    TicketFailure::new(FailureReason::RequestFailed, message).into()
}

/// One attempt; the pieces of the reply are told while they arrive.
async fn respond(
    agent: &ReadyAgent,
    host: &dyn Host,
    request: &Request,
    pieces: Pieces,
) -> Result<Response, ProviderError> {
    let (sender, mut arrived) = mpsc::channel(DELTAS_MAX);
    let deltas = match pieces {
        Pieces::Told => Deltas::new(&sender),
        Pieces::Kept => Deltas::discard(),
    };
    let mut responding = std::pin::pin!(agent.provider.respond(request, &deltas));
    let tell = |delta| {
        if let Delta::Text(text) = delta {
            host.emit(EventKind::TextChunkReceived { text });
        }
    };
    let response = loop {
        tokio::select! {
            biased;
            Some(delta) = arrived.recv() => tell(delta),
            response = &mut responding => break response,
        }
    };
    while let Ok(delta) = arrived.try_recv() {
        tell(delta);
    }
    response
}

/// Why a request is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NoRetry {
    Useless,
    Exhausted,
    TooLong(Duration),
}

impl std::fmt::Display for NoRetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Useless | Self::Exhausted => Ok(()),
            Self::TooLong(hint) => write!(f, "; try again in {} s", hint.as_secs()),
        }
    }
}

fn retry_delay(error: &ProviderError, attempt: u32, limits: &Limits) -> Result<Duration, NoRetry> {
    if !error.is_retryable() {
        return Err(NoRetry::Useless);
    }
    if attempt > limits.max_request_retries {
        return Err(NoRetry::Exhausted);
    }
    let hint = error.retry_after();
    Backoff::new(limits.request_retry_delay)
        .delay(attempt, hint, fastrand::f64())
        .ok_or(NoRetry::TooLong(hint.unwrap_or_default()))
}
