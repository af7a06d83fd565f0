use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::reply::Reply;
use super::rules::{self, Rule, SchemaRule};
use super::sse::Event;
use super::{anthropic, litellm, mistral, openai};

/// Who answers: a format, and the key that is accepted.
#[derive(Debug)]
pub(super) struct Vendor {
    pub(super) format: Format,
    pub(super) key: String,
}

impl Vendor {
    /// Every vendor has a key of its own: a provider may remember, for the whole process, that a
    /// key was limited, and another server may get the same port later.
    pub(super) fn new(format: Format) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self {
            format,
            key: format!("sk-loopback-4f1d7c20-secret-{number:04}"),
        }
    }
}

/// The wire formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Anthropic Messages.
    Anthropic,
    /// `OpenAI` Chat Completions.
    OpenAi,
    /// Mistral's chat completions.
    Mistral,
    /// Chat completions as a `LiteLLM` proxy relays them.
    LiteLlm,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Anthropic, Self::OpenAi, Self::Mistral, Self::LiteLlm];

    /// The vendor's name, as `LITELLM_PROVIDER` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Mistral => "mistral",
            Self::LiteLlm => "litellm",
        }
    }

    /// What the vendor checks in a request before a model sees it.
    pub fn rules(self) -> impl Iterator<Item = &'static Rule> {
        rules::of(self).iter().copied().flatten()
    }

    /// What the vendor checks in the schemas of strict tools; see
    /// [`strict_violations`](super::strict_violations).
    pub fn schema_rules(self) -> impl Iterator<Item = &'static SchemaRule> {
        rules::of_schemas(self).iter().copied().flatten()
    }

    /// The paths that take requests, without the base URL.
    pub fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Anthropic => &["/v1/messages"],
            Self::OpenAi | Self::Mistral => &["/v1/chat/completions"],
            Self::LiteLlm => &["/v1/chat/completions", "/chat/completions"],
        }
    }

    /// The whole stream of a reply.
    pub(super) fn render(self, reply: &Reply, request: &Value) -> Vec<Event> {
        match self {
            Self::Anthropic => anthropic::render(reply, request),
            Self::OpenAi => openai::render(reply, request),
            Self::Mistral => mistral::render(reply, request),
            Self::LiteLlm => litellm::render(reply, request),
        }
    }

    /// A keep-alive that is an event, where the vendor has one.
    pub(super) fn ping(self) -> Option<Event> {
        (self == Self::Anthropic).then(anthropic::ping)
    }
}

/// Where one reply gets its ids from: they look random, belong to the vendor's alphabet, and are
/// the same whenever the same request is answered.
pub(super) struct Ids(fastrand::Rng);

impl Ids {
    pub(super) fn of(request: &Value) -> Self {
        let messages = request["messages"].as_array().map_or(0, Vec::len);
        Self(fastrand::Rng::with_seed(messages as u64))
    }

    pub(super) fn next(&mut self, prefix: &str, length: usize) -> String {
        let random = (0..length).map(|_| self.0.alphanumeric());
        prefix.chars().chain(random).collect()
    }
}

/// The model that a reply names: the one that was asked for.
pub(super) fn model_of(request: &Value) -> &str {
    request["model"].as_str().unwrap_or("unknown")
}
