//! Which schemas a strict tool may have.

use serde_json::Value;

use super::items;

/// Walks a schema and everything in it.
///
/// Source: platform.openai.com/docs/guides/structured-outputs, supported schemas, read 2026-11.
pub(super) fn check(schema: &Value) -> Result<(), String> {
    let Some(fields) = schema.as_object() else {
        return Ok(());
    };
    for keyword in [
        "allOf",
        "not",
        "if",
        "dependentRequired",
        "dependentSchemas",
    ] {
        if fields.contains_key(keyword) {
            return Err(format!("'{keyword}' is not permitted."));
        }
    }
    let properties = schema["properties"].as_object();
    if schema["type"] == "object" || properties.is_some() {
        if schema["additionalProperties"] != false {
            return Err(
                "'additionalProperties' is required to be supplied and to be false.".into(),
            );
        }
        let names = properties
            .into_iter()
            .flat_map(|properties| properties.keys());
        let required = items(&schema["required"]);
        for name in names {
            if !required.iter().any(|required| required == name) {
                return Err(format!(
                    "'required' is required to be supplied and to be an array including every key \
                     in properties. Missing '{name}'."
                ));
            }
        }
    }
    // Keywords that hold named schemas, one schema, and lists of schemas.
    for keyword in ["properties", "$defs", "definitions"] {
        for inner in schema[keyword].as_object().into_iter().flatten() {
            check(inner.1)?;
        }
    }
    check(&schema["items"])?;
    items(&schema["anyOf"]).iter().try_for_each(check)
}
