//! What a strict form cannot say, told in words.

use serde_json::Value;

use super::keywords::Object;

/// A keyword as the description tells it.
pub(super) fn note(keyword: &str, value: &Value) -> String {
    format!("{keyword}: {value}")
}

/// Adds notes to the description: `The limit. (minimum: 1, default: 10)`.
pub(super) fn describe(schema: &mut Object, notes: &[String]) {
    if notes.is_empty() {
        return;
    }
    let notes = format!("({})", notes.join(", "));
    let text = match schema.get("description").and_then(Value::as_str) {
        Some(text) if !text.is_empty() => format!("{text} {notes}"),
        _ => notes,
    };
    schema.insert("description".to_owned(), text.into());
}
