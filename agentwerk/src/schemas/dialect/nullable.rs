//! Null as a value of its own, and as the word for a value that was left out.

use serde_json::{Value, json};

use super::keywords::Object;
use super::merge::types;
use super::refs::Source;

/// References that are followed; a longer chain goes in circles.
const STEPS_MAX: usize = 16;

/// Whether null is one of the schema's own values.
pub(super) fn accepts_null(source: &Source, schema: &Value) -> bool {
    accepts(source, schema, 0)
}

fn accepts(source: &Source, schema: &Value, steps: usize) -> bool {
    let Some(schema) = schema.as_object().filter(|_| steps < STEPS_MAX) else {
        return *schema == Value::Bool(true);
    };
    let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    let is_type = schema
        .get("type")
        .is_none_or(|kind| types(kind).contains(&"null"));
    let is_value = list("enum").is_none_or(|values| values.contains(&Value::Null));
    let mut any_of = list("anyOf").into_iter().flatten();
    let mut all_of = list("allOf").into_iter().flatten();
    is_type
        && is_value
        && (list("anyOf").is_none() || any_of.any(|each| accepts(source, each, steps + 1)))
        && all_of.all(|each| accepts(source, each, steps + 1))
        && accepts_behind_reference(source, schema, steps)
}

fn accepts_behind_reference(source: &Source, schema: &Object, steps: usize) -> bool {
    !schema.contains_key("$ref")
        || source
            .resolve(schema)
            .is_some_and(|(_, body)| accepts(source, body, steps + 1))
}

/// The strict form of a schema, and null.
pub(super) fn nullable(schema: Value) -> Value {
    let Value::Object(mut object) = schema else {
        return schema;
    };
    if let Some(any_of) = object.get_mut("anyOf").and_then(Value::as_array_mut) {
        any_of.push(json!({ "type": "null" }));
        return object.into();
    }
    let Some(kind) = object.get_mut("type") else {
        return json!({ "anyOf": [object, { "type": "null" }] });
    };
    let mut kinds = types(kind);
    if !kinds.contains(&"null") {
        kinds.push("null");
        *kind = kinds.into();
    }
    if let Some(values) = object.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
    object.into()
}
