use std::time::Instant;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::http::RawRequest;
use super::rules::Refusal;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; null when it is no JSON.
    pub body: Value,
    /// The body's text.
    pub text: String,
    /// When it had arrived.
    pub at: Instant,
    /// Why the server refused it, if it did.
    pub refusal: Option<Refusal>,
}

impl Recorded {
    pub(super) fn new(raw: RawRequest) -> Self {
        Self {
            method: raw.method,
            path: raw.path,
            headers: raw.headers,
            body: serde_json::from_slice(&raw.body).unwrap_or_default(),
            text: String::from_utf8_lossy(&raw.body).into_owned(),
            at: Instant::now(),
            refusal: None,
        }
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    /// The key that was sent, in whichever header.
    pub fn key(&self) -> Option<&str> {
        let bearer = || self.header("authorization")?.strip_prefix("Bearer ");
        self.header("x-api-key").or_else(bearer)
    }

    /// The conversation; empty when there is none.
    pub fn messages(&self) -> &[Value] {
        self.body["messages"].as_array().map_or(&[], Vec::as_slice)
    }

    /// The conversation, each message byte by byte as it was sent. A vendor's cache serves a
    /// request only as far as these bytes are those of the request before.
    pub fn raw_messages(&self) -> Vec<String> {
        #[derive(Deserialize)]
        struct Body {
            messages: Vec<Box<RawValue>>,
        }
        let body: Option<Body> = serde_json::from_str(&self.text).ok();
        let messages = body.map(|body| body.messages).unwrap_or_default();
        messages.iter().map(|raw| raw.get().to_owned()).collect()
    }
}
