use std::borrow::Cow;

use serde_json::json;
use serde_json::value::RawValue;

/// The one field of the object that stands for arguments that are none.
pub(crate) const MALFORMED: &str = "malformed_arguments";

/// The arguments of a call as a JSON object, for a request that repeats the call.
///
/// A model can write text that is no JSON object. It was told so in the result of the call, but
/// the conversation still holds the call, and a server that reads the arguments again refuses the
/// whole request, at every turn. So such text is wrapped: `{"malformed_arguments": "<text>"}`.
/// Everything else is handed on in the model's own bytes.
pub(crate) fn as_object(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    let is_json = serde_json::from_str::<&RawValue>(trimmed).is_ok();
    if is_json && trimmed.starts_with('{') {
        Cow::Borrowed(trimmed)
    } else {
        Cow::Owned(json!({ MALFORMED: text }).to_string())
    }
}
