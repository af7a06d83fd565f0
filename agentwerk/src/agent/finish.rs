use serde_json::Value;

use crate::schemas::{Schema, Violation};

/// Reads a reply without tool calls as a result.
///
/// Without a schema the text is the result. With one, the text is a result if it is JSON that fits.
pub(super) fn read_reply(schema: Option<&Schema>, text: &str) -> Result<Value, Vec<Violation>> {
    let Some(schema) = schema else {
        return Ok(Value::String(text.to_owned()));
    };
    let value = serde_json::from_str(text.trim()).map_err(|_no_json| Vec::new())?;
    schema.validate(&value)?;
    Ok(value)
}

/// What a model is told whose reply is no result.
pub(super) fn correction(tool: &str, violations: &[Violation]) -> String {
    if violations.is_empty() {
        return format!(
            "Your reply is not the result: it has to be written with `{tool}`. Call `{tool}` now."
        );
    }
    let list: String = violations
        .iter()
        .map(|violation| format!("\n- {violation}"))
        .collect();
    format!("Your reply does not fit the result's schema. Correct these and call `{tool}`:{list}")
}
