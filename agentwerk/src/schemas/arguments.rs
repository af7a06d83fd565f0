//! The document of a result, as the schema of the tool that writes it.

use serde_json::{Map, Value, json};

/// The tool's one property.
pub(crate) const RESULT: &str = "result";

/// A document as the one property of arguments.
///
/// Its definitions move to the top, where `#/$defs/…` finds them, and every other pointer into the
/// document gets its new place in front. Anchors are found wherever they are.
pub(crate) fn arguments_of(document: &Value) -> Value {
    let mut document = document.clone();
    let mut definitions = Map::new();
    if let Some(root) = document.as_object_mut() {
        root.shift_remove("$schema");
        root.shift_remove("$id");
        if let Some(Value::Object(moved)) = root.shift_remove("$defs") {
            definitions = moved;
        }
    }
    relocate(&mut document);
    definitions.values_mut().for_each(relocate);
    let mut arguments = json!({
        "type": "object",
        "properties": { RESULT: document },
        "required": [RESULT],
        "additionalProperties": false
    });
    if !definitions.is_empty() {
        arguments["$defs"] = Value::Object(definitions);
    }
    arguments
}

fn relocate(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref")
                && let Some(pointer) = reference.strip_prefix('#')
                && (pointer.is_empty() || pointer.starts_with('/'))
                && !pointer.starts_with("/$defs/")
            {
                *reference = format!("#{}{pointer}", place());
            }
            object.values_mut().for_each(relocate);
        }
        Value::Array(items) => items.iter_mut().for_each(relocate),
        _ => {}
    }
}

/// Where the document is now, as a JSON pointer.
pub(super) fn place() -> String {
    format!("/properties/{RESULT}")
}
