use std::borrow::Cow;

use serde_json::{Map, Value, json};

/// The one field of the object that stands for arguments that are none.
pub(crate) const MALFORMED: &str = "malformed_arguments";

/// The arguments of a call as a JSON object, for a request that repeats the call.
///
/// A model can write text that is no JSON object. It was told so in the result of the call, but
/// the conversation still holds the call, and a server that reads the arguments again refuses the
/// whole request, at every turn. So such text is wrapped: `{"malformed_arguments": "<text>"}`.
/// Everything else is handed on in the model's own bytes.
///
/// The text is read whole, because a server does the same: half of a surrogate pair, as in
/// `"\ud83e"`, has the form of JSON and is refused all the same.
pub(crate) fn as_object(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if serde_json::from_str::<Map<String, Value>>(trimmed).is_ok() {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(json!({ MALFORMED: text }).to_string())
    }
}
