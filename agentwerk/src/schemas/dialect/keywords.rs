//! Where a schema holds other schemas, and which keywords only describe.

use serde_json::{Map, Value};

pub(super) type Object = Map<String, Value>;

/// Keywords whose value is a schema.
const SINGLE: [&str; 11] = [
    "items",
    "additionalProperties",
    "propertyNames",
    "contains",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "not",
    "if",
    "then",
    "else",
];

/// Keywords whose value is a list of schemas.
const LISTS: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];

/// Keywords whose value is an object of schemas under names of the user's own.
const NAMED: [&str; 5] = [
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];

/// Keywords that constrain nothing.
const ANNOTATIONS: [&str; 8] = [
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$comment",
];

pub(super) fn is_annotation(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword)
}

/// The values of a keyword that has a list.
pub(super) fn list<'a>(schema: &'a Object, keyword: &str) -> &'a [Value] {
    let list = schema.get(keyword).and_then(Value::as_array);
    list.map_or(&[], Vec::as_slice)
}

/// The names of the properties that must be there.
pub(super) fn required(schema: &Object) -> Vec<&str> {
    list(schema, "required")
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// The properties of an object by their names.
pub(super) fn properties(schema: &Object) -> impl Iterator<Item = (&String, &Value)> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten()
}

/// The pointer of a part of whatever `path` points to, escaped as RFC 6901 wants it.
pub(super) fn child(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The schemas right within a schema, each with its pointer.
pub(super) fn parts<'a>(schema: &'a Object, path: &str) -> Vec<(String, &'a Value)> {
    let mut parts = Vec::new();
    for (keyword, value) in schema {
        let here = child(path, keyword);
        match value {
            _ if SINGLE.contains(&keyword.as_str()) => parts.push((here, value)),
            Value::Array(list) if LISTS.contains(&keyword.as_str()) => {
                let places = list.iter().enumerate();
                parts.extend(places.map(|(place, part)| (child(&here, &place.to_string()), part)));
            }
            Value::Object(named) if NAMED.contains(&keyword.as_str()) => {
                parts.extend(named.iter().map(|(name, part)| (child(&here, name), part)));
            }
            _ => {}
        }
    }
    parts
}

/// The same schema with every schema right within it replaced; the closure is given its pointer.
pub(super) fn map_parts(
    schema: &Object,
    path: &str,
    replace: &mut dyn FnMut(&Value, &str) -> Value,
) -> Object {
    let mut replaced = schema.clone();
    for (keyword, value) in &mut replaced {
        let here = child(path, keyword);
        match value {
            _ if SINGLE.contains(&keyword.as_str()) => *value = replace(value, &here),
            Value::Array(list) if LISTS.contains(&keyword.as_str()) => {
                for (place, part) in list.iter_mut().enumerate() {
                    *part = replace(part, &child(&here, &place.to_string()));
                }
            }
            Value::Object(named) if NAMED.contains(&keyword.as_str()) => {
                for (name, part) in named.iter_mut() {
                    *part = replace(part, &child(&here, name));
                }
            }
            _ => {}
        }
    }
    replaced
}
