//! What every vendor wants alike: no keywords of documents and tools, no `oneOf`, no `const`.

use serde_json::{Value, json};

use super::Dialect;
use super::keywords::{Object, is_annotation, map_parts};
use super::merge::keep_to_types;

/// What says how the entries of a map are written; only strict forms act on it.
pub(super) const MAPS: &str = "x-maps";

/// Keywords that say something of the document, and nothing of a value.
///
/// Source: `profiles/openai.py` of pydantic-ai and `lib/_parse/_transform.py` of
/// anthropic-sdk-python drop the same, read 2026-11.
const OF_THE_DOCUMENT: [&str; 6] = [
    "$schema",
    "$id",
    "$anchor",
    "$comment",
    "title",
    "discriminator",
];

pub(super) fn normalise(schema: &Value, dialect: Dialect) -> Value {
    let Some(object) = schema.as_object() else {
        return schema.clone();
    };
    let mut object = map_parts(object, "", &mut |part, _| normalise(part, dialect));
    object.retain(|keyword, _| is_kept(keyword, dialect));
    constant_to_enum(&mut object);
    one_of_to_any_of(&mut object);
    constants_to_one_enum(&mut object);
    keep_to_types(&mut object);
    Value::Object(object)
}

fn is_kept(keyword: &str, dialect: Dialect) -> bool {
    let is_extension = keyword.starts_with("x-");
    let is_needed = keyword == MAPS && dialect != Dialect::Plain;
    !OF_THE_DOCUMENT.contains(&keyword) && (!is_extension || is_needed)
}

/// A constant is an `enum` of one value.
///
/// Source: `profiles/google.py` of pydantic-ai, read 2026-11; all vendors know `enum`.
fn constant_to_enum(schema: &mut Object) {
    if let Some(constant) = schema.shift_remove("const") {
        let kind = type_of(&constant);
        schema.insert("enum".to_owned(), json!([constant]));
        schema.entry("type").or_insert_with(|| kind.into());
    }
}

/// Strict forms know `anyOf` alone. Where both stood, one list has them all, which allows more; the
/// schema itself is checked afterwards.
///
/// Source: `strict_schema.py` of openai-agents, `_transform.py` of anthropic-sdk-python, read
/// 2026-11.
fn one_of_to_any_of(schema: &mut Object) {
    if let Some(Value::Array(one_of)) = schema.shift_remove("oneOf") {
        match schema.get_mut("anyOf").and_then(Value::as_array_mut) {
            Some(any_of) => any_of.extend(one_of),
            None => drop(schema.insert("anyOf".to_owned(), one_of.into())),
        }
    }
}

/// A documented enum without data is a choice between constants. As one `enum` it is no union,
/// which Anthropic counts; what is said of each value goes to the description.
fn constants_to_one_enum(schema: &mut Object) {
    let alternatives = schema.get("anyOf").and_then(Value::as_array);
    let words: Option<Vec<_>> =
        alternatives.and_then(|alternatives| alternatives.iter().map(words_of).collect());
    let Some(words) = words.filter(|words| !words.is_empty()) else {
        return;
    };
    let told: String = words.iter().filter_map(told).collect();
    let values: Value = words
        .iter()
        .flat_map(|(values, _)| values.iter().copied())
        .collect();
    schema.shift_remove("anyOf");
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), values);
    if !told.is_empty() {
        let text = schema.get("description").and_then(Value::as_str);
        let text = format!("{}{told}", text.unwrap_or_default());
        schema.insert("description".to_owned(), text.trim_start().into());
    }
}

/// A line for values of which something is said.
fn told((values, description): &(Vec<&str>, Option<&str>)) -> Option<String> {
    let names: Vec<_> = values.iter().map(|value| format!("`{value}`")).collect();
    description.map(|text| format!("\n- {}: {text}", names.join(", ")))
}

/// The texts that a schema allows, when it allows nothing but a list of texts, and what it says of
/// them.
fn words_of(schema: &Value) -> Option<(Vec<&str>, Option<&str>)> {
    let schema = schema.as_object()?;
    let is_plain =
        |keyword: &String| matches!(keyword.as_str(), "type" | "enum") || is_annotation(keyword);
    if !schema.keys().all(is_plain) {
        return None;
    }
    let values: Option<Vec<_>> = schema
        .get("enum")?
        .as_array()?
        .iter()
        .map(Value::as_str)
        .collect();
    Some((values?, schema.get("description").and_then(Value::as_str)))
}

/// The word of JSON Schema for what a value is.
pub(super) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
