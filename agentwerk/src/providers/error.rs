use std::fmt;
use std::time::Duration;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a request gave no whole reply; the variants differ in what the caller can do.
///
/// `endpoint` is the host that was asked, without path, query or key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProviderError {
    /// The vendor does not accept the key, the key may not do this, or its account has no credit.
    /// Give another key, or pay.
    #[error("`{endpoint}` refused the key (status {status}): {message}")]
    Unauthorized {
        /// The host.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// The vendor's words, shortened.
        message: String,
    },
    /// The vendor does not accept the request. Change the request.
    #[error("`{endpoint}` rejected the request (status {status}): {message}")]
    Rejected {
        /// The host.
        endpoint: String,
        /// The HTTP status.
        status: u16,
        /// The vendor's words, shortened.
        message: String,
    },
    /// The conversation is larger than the model's context window. Shorten it.
    #[error("the request to `{endpoint}` does not fit the model's context window: {message}")]
    ContextOverflow {
        /// The host.
        endpoint: String,
        /// The vendor's words, shortened.
        message: String,
    },
    /// Too many requests or tokens for now. Wait.
    #[error("`{endpoint}` limits the rate of requests: {message}")]
    RateLimited {
        /// The host.
        endpoint: String,
        /// The vendor's words, shortened.
        message: String,
        /// How long the vendor asks to wait.
        retry_after: Option<Duration>,
    },
    /// The vendor cannot serve the request at the moment. Try again.
    #[error("`{endpoint}` is not available (status {status}): {message}")]
    Unavailable {
        /// The host.
        endpoint: String,
        /// The HTTP status; 200 for an error that arrived inside of a stream.
        status: u16,
        /// The vendor's words, shortened.
        message: String,
        /// How long the vendor asks to wait.
        retry_after: Option<Duration>,
    },
    /// No connection came about. Try again.
    #[error("connect to `{endpoint}`")]
    Connect {
        /// The host.
        endpoint: String,
        /// What failed.
        source: BoxError,
    },
    /// A limit of time ran out. Try again.
    #[error("request to `{endpoint}` exceeded {} s {limit}", after.as_secs_f64())]
    TimedOut {
        /// The host.
        endpoint: String,
        /// Which limit.
        limit: TimeLimit,
        /// Its length.
        after: Duration,
    },
    /// The reply broke off before its end marker. Try again.
    #[error("the reply of `{endpoint}` broke off before its end")]
    Interrupted {
        /// The host.
        endpoint: String,
        /// What broke it off; a stream that just stops has no cause.
        source: Option<BoxError>,
    },
    /// The reply is not in the vendor's format. Try again.
    #[error("decode the reply of `{endpoint}`: {what}")]
    Undecodable {
        /// The host.
        endpoint: String,
        /// What was wrong, and where.
        what: String,
        /// What the JSON reader said.
        source: Option<BoxError>,
    },
    /// The reply, or one part of it, is larger than allowed. Give up.
    #[error("the reply of `{endpoint}` goes over {limit}")]
    TooLarge {
        /// The host.
        endpoint: String,
        /// Which limit.
        limit: SizeLimit,
    },
    /// The provider was set up in a way that cannot work, or a server answers that is no vendor's,
    /// such as a web site, or a tool must be strict that cannot be. Change the base URL, the key, or
    /// the tool.
    #[error("the provider is misconfigured: {what}")]
    Misconfigured {
        /// What is wrong.
        what: String,
        /// What the URL reader or the HTTP library said, or the [`StrictToolError`].
        source: Option<BoxError>,
    },
    /// A provider of the user's own failed.
    #[error("the provider failed")]
    Failed {
        /// What failed.
        source: BoxError,
        /// Whether the same request may succeed later.
        is_retryable: bool,
    },
}

/// A tool must be strict, and this provider cannot send it so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tool `{tool}` cannot be strict: {}", .reasons.join("; "))]
#[non_exhaustive]
pub struct StrictToolError {
    /// The tool.
    pub tool: String,
    /// Everything that stands in the way, each with its place in the schema.
    pub reasons: Vec<String>,
}

impl StrictToolError {
    /// Refuses a tool.
    pub fn new(tool: impl Into<String>, reasons: Vec<String>) -> Self {
        Self {
            tool: tool.into(),
            reasons,
        }
    }
}

impl From<StrictToolError> for ProviderError {
    fn from(error: StrictToolError) -> Self {
        Self::Misconfigured {
            what: error.to_string(),
            source: Some(Box::new(error)),
        }
    }
}

/// The limits of time of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeLimit {
    /// To connect.
    Connect,
    /// Between two pieces of data.
    Idle,
    /// In all.
    Total,
}

impl fmt::Display for TimeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "to connect",
            Self::Idle => "without data",
            Self::Total => "in all",
        })
    }
}

/// The limits of size of one reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SizeLimit {
    /// Of one event.
    EventBytes(usize),
    /// Of all events.
    ReplyBytes(usize),
    /// Pieces of content, each of one kind.
    ContentBlocks(usize),
    /// Tool calls.
    ToolCalls(usize),
}

impl fmt::Display for SizeLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventBytes(limit) => write!(f, "{limit} bytes in one event"),
            Self::ReplyBytes(limit) => write!(f, "{limit} bytes"),
            Self::ContentBlocks(limit) => write!(f, "{limit} content blocks"),
            Self::ToolCalls(limit) => write!(f, "{limit} tool calls"),
        }
    }
}

impl ProviderError {
    /// Wraps a failure of a provider of one's own that may pass: the same request is tried again.
    pub fn retryable(source: impl Into<BoxError>) -> Self {
        Self::Failed {
            source: source.into(),
            is_retryable: true,
        }
    }

    /// Wraps a failure of a provider of one's own that the same request would meet again.
    pub fn terminal(source: impl Into<BoxError>) -> Self {
        Self::Failed {
            source: source.into(),
            is_retryable: false,
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unauthorized { .. }
            | Self::Rejected { .. }
            | Self::ContextOverflow { .. }
            | Self::TooLarge { .. }
            | Self::Misconfigured { .. } => false,
            Self::RateLimited { .. }
            | Self::Unavailable { .. }
            | Self::Connect { .. }
            | Self::TimedOut { .. }
            | Self::Interrupted { .. }
            | Self::Undecodable { .. } => true,
            Self::Failed { is_retryable, .. } => *is_retryable,
        }
    }

    /// How long the vendor asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after, .. } | Self::Unavailable { retry_after, .. } => {
                *retry_after
            }
            _ => None,
        }
    }
}

#[cfg(test)]
#[path = "tests/error.rs"]
mod tests;
