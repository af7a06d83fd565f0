//! The schema of a type from the hidden twin that the derive makes of it.

use std::borrow::Cow;

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

use super::result::ResultPart;
use super::schema::MAPS;

/// The functions of the hidden type that really derives `JsonSchema`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Mirror {
    pub name: fn() -> Cow<'static, str>,
    pub id: fn() -> Cow<'static, str>,
    pub schema: fn(&mut SchemaGenerator) -> schemars::Schema,
    pub inline: fn() -> bool,
}

impl Mirror {
    pub fn of<T: JsonSchema>() -> Self {
        Self {
            name: T::schema_name,
            id: T::schema_id,
            schema: T::json_schema,
            inline: T::inline_schema,
        }
    }
}

/// Tells in our words, before schemars tells it in its own, that a field has no schema.
#[doc(hidden)]
pub fn check_part<T: ResultPart<Whole> + ?Sized, Whole: ?Sized>() {}

/// Marks the maps of a type, which a vendor without maps in its schemas gets as lists of keys and
/// values. What is behind a `$ref` is another type, which says this for itself.
#[doc(hidden)]
pub fn with_entries(mut schema: schemars::Schema) -> schemars::Schema {
    if let Some(schema) = schema.as_object_mut() {
        mark_maps(schema);
    }
    schema
}

fn mark_maps(schema: &mut Map<String, Value>) {
    let values = schema.get("additionalProperties");
    // schemars writes keys that are no texts as a pattern.
    let takes_any_key = values.is_some_and(|values| *values != Value::Bool(false))
        || schema.contains_key("patternProperties");
    // An object with some known keys is no list of keys and values.
    if takes_any_key && !schema.contains_key("properties") {
        schema.insert(MAPS.to_owned(), "entries".into());
    }
    for (keyword, inner) in schema {
        match keyword.as_str() {
            "const" | "default" | "enum" | "examples" => {}
            _ => mark_within(inner),
        }
    }
}

fn mark_within(value: &mut Value) {
    match value {
        Value::Object(schema) => mark_maps(schema),
        Value::Array(schemas) => schemas.iter_mut().for_each(mark_within),
        _ => {}
    }
}
