use serde_json::Value;

/// Levels of a nested message that are looked at.
const DEPTH_MAX: usize = 5;

/// What a vendor says about a failure, in whichever of the known shapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VendorError {
    /// The `type`, as `overloaded_error`.
    pub(crate) kind: Option<String>,
    /// The `code`: a word, or a number that some write as a string.
    pub(crate) code: Option<String>,
    /// The vendor's words, neither shortened nor redacted yet.
    pub(crate) message: String,
}

impl VendorError {
    /// Reads the body of a refusal; a body that is no JSON is its own message.
    ///
    /// JSON that was cut off says nothing: what can be seen of it may be an echo of the prompt.
    pub(crate) fn parse(body: &str) -> Self {
        let body = body.trim();
        match serde_json::from_str::<Value>(body) {
            Ok(value) => Self::from_value(&value),
            Err(_) if body.starts_with(['{', '[']) => Self::default(),
            Err(_) => Self {
                message: body.to_owned(),
                ..Self::default()
            },
        }
    }

    /// Reads an error object.
    ///
    /// Anthropic, OpenAI and LiteLLM wrap it in `error`; Mistral and some local servers do not;
    /// servers on FastAPI have `detail`; some have a bare text as `error`; Gemini puts the object
    /// into a list.
    ///
    /// Source: `types/shared/error_response.py` in the wheel anthropic 2.11.0,
    /// `types/shared/error_object.py` in openai 3.52.0, bodies of api.mistral.ai quoted in
    /// `openai/openai-agents-python#442` and `datapizza-labs/datapizza-ai#98`, one of Gemini in
    /// `google-gemini/gemini-cli#6678`, read 2026-11.
    pub(crate) fn from_value(value: &Value) -> Self {
        let value = match value.as_array().map(Vec::as_slice) {
            Some([only]) => only,
            _ => value,
        };
        let inner = match value.get("error") {
            Some(error) if !error.is_null() => error,
            _ => value,
        };
        let code = inner
            .pointer("/details/error_code")
            .or_else(|| inner.get("code"))
            .and_then(plain_text);
        Self {
            kind: inner.get("type").and_then(plain_text),
            code,
            message: describe(inner, DEPTH_MAX),
        }
    }

    /// Reads an error object that came where a reply belongs; nothing when it is none.
    pub(crate) fn instead_of_reply(value: &Value) -> Option<Self> {
        let is_error = value.get("error").is_some_and(|error| !error.is_null())
            || value.get("object").and_then(Value::as_str) == Some("error");
        is_error.then(|| Self::from_value(value))
    }

    /// Whether the type or the code is this word.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.kind.as_deref() == Some(word) || self.code.as_deref() == Some(word)
    }

    /// The message with the type before it, which says more than the words of some vendors.
    pub(crate) fn full_message(&self) -> String {
        match (&self.kind, self.message.as_str()) {
            (None, "") => "no message".to_owned(),
            (Some(kind), "") => kind.clone(),
            (Some(kind), message) if !message.contains(kind.as_str()) => {
                format!("{kind}: {message}")
            }
            (_, message) => message.to_owned(),
        }
    }
}

fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The words in an error. Only known fields are read: a validator also echoes its input, and that
/// is the prompt.
fn describe(value: &Value, depth: usize) -> String {
    if depth == 0 {
        return String::new();
    }
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items = items.iter().map(|item| describe(item, depth - 1));
            items.collect::<Vec<_>>().join("; ")
        }
        Value::Object(fields) => {
            if let Some(words) = fields.get("msg") {
                return format!(
                    "{}: {}",
                    location(fields.get("loc")),
                    describe(words, depth - 1)
                );
            }
            let words = fields.get("message").or_else(|| fields.get("detail"));
            words.map_or_else(String::new, |words| describe(words, depth - 1))
        }
        _ => String::new(),
    }
}

fn location(value: Option<&Value>) -> String {
    let steps = value.and_then(Value::as_array).into_iter().flatten();
    steps.filter_map(plain_text).collect::<Vec<_>>().join(".")
}
