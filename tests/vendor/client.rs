//! A plain HTTP client with requests that every vendor accepts.

use std::sync::LazyLock;

use agentwerk_tests::vendor::{Format, VendorServer};
use serde_json::{Value, json};

/// One for all tests, because making one reads the certificates of the machine. It keeps no
/// connection, because a connection would belong to the runtime of one test.
static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    let client = reqwest::Client::builder().pool_max_idle_per_host(0);
    client.build().expect("a client")
});

/// A request that a test may change.
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl Call {
    /// A conversation with one tool call that was answered.
    pub(crate) fn new(server: &VendorServer) -> Self {
        let (format, key) = (server.format(), server.key());
        let mut headers = vec![("content-type", "application/json".to_owned())];
        if format == Format::Anthropic {
            headers.push(("x-api-key", key.to_owned()));
            headers.push(("anthropic-version", "2023-06-01".to_owned()));
        } else {
            headers.push(("authorization", format!("Bearer {key}")));
        }
        let body = match format {
            Format::Anthropic => anthropic_body(),
            _ => chat_body(),
        };
        Self {
            path: format.paths()[0].to_owned(),
            headers,
            body,
        }
    }

    /// Sets a value by its JSON pointer; the last step may be new.
    pub(crate) fn set(&mut self, pointer: &str, value: Value) {
        let (parent, name) = pointer.rsplit_once('/').expect("a pointer has a slash");
        match self.body.pointer_mut(parent).expect("the parent exists") {
            Value::Array(items) => {
                let place: usize = name.parse().expect("a number");
                items.splice(place..items.len().min(place + 1), [value]);
            }
            parent => parent[name] = value,
        }
    }

    /// Removes a header.
    pub(crate) fn without(&mut self, header: &str) {
        self.headers.retain(|(name, _)| *name != header);
    }

    pub(crate) async fn send(self, server: &VendorServer) -> reqwest::Response {
        self.try_send(server).await.expect("an answer")
    }

    pub(crate) async fn try_send(
        self,
        server: &VendorServer,
    ) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}{}", server.base_url(), self.path);
        let mut request = CLIENT.post(url);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        request.body(self.body.to_string()).send().await
    }
}

fn anthropic_body() -> Value {
    json!({
        "model": "any", "max_tokens": 1000, "stream": true,
        "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        "tools": [{"name": "look_up", "description": "d", "input_schema": {"type": "object"}}],
        "messages": [
            {"role": "user", "content": "What is it?"},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "a word"},
            ]},
        ],
    })
}

fn chat_body() -> Value {
    json!({
        "model": "any", "stream": true, "stream_options": {"include_usage": true},
        "tools": [{"type": "function", "function": {
            "name": "look_up", "description": "d", "strict": true, "parameters": {
                "type": "object", "properties": {}, "required": [], "additionalProperties": false,
            },
        }}],
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What is it?"},
            {"role": "assistant", "content": "", "tool_calls": [{
                "id": "Aa1Bb2Cc3", "type": "function",
                "function": {"name": "look_up", "arguments": "{}"},
            }]},
            {"role": "tool", "tool_call_id": "Aa1Bb2Cc3", "content": "a word"},
        ],
    })
}
