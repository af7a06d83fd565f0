use std::time::SystemTime;

use super::chunking::Chunking;
use super::failure::Failure;
use super::format::Format;
use super::gate::Gate;
use super::incident::Incident;
use super::reply::Reply;

/// How the server answers one request.
#[derive(Clone, Debug)]
#[must_use = "an answer does nothing until it is enqueued"]
pub struct Answer {
    pub(super) kind: Kind,
    pub(super) chunking: Chunking,
    pub(super) incidents: Vec<(usize, Incident)>,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) gate: Option<Gate>,
}

/// What an answer is made of.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Reply(Reply),
    Failure {
        status: u16,
        message: Option<String>,
    },
    Refused(Failure),
    ContextOverflow,
    Raw {
        status: u16,
        content_type: &'static str,
        body: Vec<u8>,
    },
    Reset,
    Silence,
}

/// The forms in which vendors say how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// `retry-after`, in seconds.
    Seconds(u64),
    /// `retry-after`, as an HTTP date.
    Date(SystemTime),
    /// `retry-after-ms`.
    Millis(u64),
    /// `llm_provider-retry-after`, in seconds: how a `LiteLLM` proxy passes on its vendor's header.
    LlmProviderSeconds(u64),
}

impl Answer {
    /// Status 200 and the stream of a reply.
    pub fn reply(reply: Reply) -> Self {
        Self::of(Kind::Reply(reply))
    }

    /// A failure with the vendor's own error body.
    pub fn status(status: u16) -> Self {
        Self::of(Kind::Failure {
            status,
            message: None,
        })
    }

    /// Status 400: the conversation does not fit the context window, in the vendor's words.
    pub fn context_overflow() -> Self {
        Self::of(Kind::ContextOverflow)
    }

    /// Any body at all, for what stands between a client and a vendor.
    pub fn raw(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::of(Kind::Raw {
            status,
            content_type,
            body: body.into(),
        })
    }

    /// The connection is reset before any byte.
    pub fn reset() -> Self {
        Self::of(Kind::Reset)
    }

    /// No byte at all; the connection stays open until the client leaves.
    pub fn silence() -> Self {
        Self::of(Kind::Silence)
    }

    pub(super) fn refused(failure: Failure) -> Self {
        Self::of(Kind::Refused(failure))
    }

    fn of(kind: Kind) -> Self {
        Self {
            kind,
            chunking: Chunking::default(),
            incidents: Vec::new(),
            headers: Vec::new(),
            gate: None,
        }
    }

    /// Sets the vendor's words of a [failure](Self::status).
    pub fn message(mut self, text: impl Into<String>) -> Self {
        if let Kind::Failure { message, .. } = &mut self.kind {
            *message = Some(text.into());
        }
        self
    }

    /// Adds the header that says how long to wait.
    pub fn retry_after(self, retry_after: RetryAfter) -> Self {
        match retry_after {
            RetryAfter::Seconds(seconds) => self.header("retry-after", seconds.to_string()),
            RetryAfter::Date(date) => self.header("retry-after", httpdate::fmt_http_date(date)),
            RetryAfter::Millis(millis) => self.header("retry-after-ms", millis.to_string()),
            RetryAfter::LlmProviderSeconds(seconds) => {
                self.header("llm_provider-retry-after", seconds.to_string())
            }
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Sets where the stream is split.
    pub fn chunking(mut self, chunking: Chunking) -> Self {
        self.chunking = chunking;
        self
    }

    /// Lets something happen after so many events of a reply's stream; 0 is right after the
    /// headers, and a number beyond the last event is the end.
    pub fn after(mut self, events: usize, incident: Incident) -> Self {
        self.incidents.push((events, incident));
        self
    }

    /// Sends nothing before the test opens the gate.
    pub fn when_open(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }
}

impl Kind {
    /// The failure that this is in a format, if it is one.
    pub(super) fn failure(&self, format: Format) -> Option<Failure> {
        match self {
            Self::Failure { status, message } => {
                let mut failure = Failure::of(*status);
                if let Some(message) = message {
                    failure.message.clone_from(message);
                }
                Some(failure)
            }
            Self::Refused(failure) => Some(failure.clone()),
            Self::ContextOverflow => Some(Failure::context_overflow(format)),
            Self::Reply(_) | Self::Raw { .. } | Self::Reset | Self::Silence => None,
        }
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self::reply(reply)
    }
}
