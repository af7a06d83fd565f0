//! Error bodies, in each vendor's shape.

use serde_json::{Value, json};

use super::format::Format;
use super::sse::Event;

/// What a vendor says when it fails.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) status: u16,
    pub(super) message: String,
    /// The vendor's word for the cause; unset, the usual one of the status.
    pub(super) code: Option<&'static str>,
}

impl Failure {
    pub(super) fn of(status: u16) -> Self {
        let message = match status {
            400 => "the request is malformed",
            401 => "the key is not valid",
            402 => "the account has no credit left",
            403 => "the key may not use this model",
            404 => "there is no such model",
            408 => "the request took too long to arrive",
            413 => "the request is too large",
            429 => "too many requests, slow down",
            500 => "internal server error",
            529 => "overloaded",
            _ => "something went wrong",
        };
        Self {
            status,
            message: message.to_owned(),
            code: None,
        }
    }

    /// The conversation is larger than the model's context window, as each vendor puts it.
    pub(super) fn context_overflow(format: Format) -> Self {
        let (message, code) = match format {
            Format::Anthropic => ("prompt is too long: 208310 tokens > 200000 maximum", None),
            Format::OpenAi => (
                "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted \
                 in 279040 tokens. Please reduce the length of the messages.",
                Some("context_length_exceeded"),
            ),
            Format::Mistral => (
                "Prompt contains 140012 tokens and 0 draft tokens, too large for model with 131072 \
                 maximum context length",
                Some("3051"),
            ),
            Format::LiteLlm => (
                "litellm.ContextWindowExceededError: litellm.BadRequestError: AnthropicException - \
                 prompt is too long: 208310 tokens > 200000 maximum",
                None,
            ),
        };
        Self {
            status: 400,
            message: message.to_owned(),
            code,
        }
    }

    pub(super) fn body(&self, format: Format) -> Value {
        let message = &self.message;
        match format {
            Format::Anthropic => json!({
                "type": "error",
                "error": {"type": self.anthropic_type(), "message": message},
                "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
            }),
            Format::OpenAi => json!({"error": {
                "message": message,
                "type": self.openai_type(),
                "param": null,
                "code": self.openai_code(),
            }}),
            Format::Mistral => self.mistral_body(),
            // The code is a string, even where it is a number.
            Format::LiteLlm => json!({"error": {
                "message": message,
                "type": if self.status == 401 { "auth_error" } else { "None" },
                "param": "None",
                "code": self.status.to_string(),
            }}),
        }
    }

    /// The same, as an event of a stream that began with status 200.
    pub(super) fn event(&self, format: Format) -> Event {
        let mut body = self.body(format);
        if format == Format::Anthropic {
            if let Some(body) = body.as_object_mut() {
                body.remove("request_id");
            }
            return Event::named("error", body);
        }
        Event::data(body)
    }

    fn anthropic_type(&self) -> &'static str {
        match self.status {
            400 | 422 => "invalid_request_error",
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            504 => "timeout_error",
            529 => "overloaded_error",
            _ => "api_error",
        }
    }

    fn openai_type(&self) -> &'static str {
        match self.status {
            429 => "requests",
            500.. => "server_error",
            _ => "invalid_request_error",
        }
    }

    fn openai_code(&self) -> Option<&'static str> {
        self.code.or(match self.status {
            401 => Some("invalid_api_key"),
            404 => Some("model_not_found"),
            429 => Some("rate_limit_exceeded"),
            _ => None,
        })
    }

    fn mistral_body(&self) -> Value {
        let message = &self.message;
        let (kind, code) = match self.status {
            401 | 403 => return json!({"detail": message}),
            422 => {
                return json!({"detail": [
                    {"type": "value_error", "loc": ["body"], "msg": message, "input": null},
                ]});
            }
            400 => ("invalid_request_error", "3000"),
            404 => ("invalid_model", "1500"),
            429 => ("rate_limited", "1300"),
            503 => ("unreachable_backend", "1100"),
            _ => ("internal_server_error", "1000"),
        };
        json!({
            "object": "error",
            "message": message,
            "type": kind,
            "param": null,
            "code": self.code.unwrap_or(code),
            "raw_status_code": self.status,
        })
    }
}
