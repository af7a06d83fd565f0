//! The root of what is sent: a plain object, whatever the schema is.

use serde_json::{Value, json};

use super::keywords::{is_annotation, map_parts};
use super::merge::merge;
use super::normalise::MAPS;
use super::refs::{Source, reference};

/// The one property of arguments that are no plain object.
const INPUT: &str = "input";

/// Keywords by which a schema leaves it to others what it is.
const ELSEWHERE: [&str; 4] = ["$ref", "anyOf", "allOf", MAPS];

/// A root whose own reference is followed.
pub(super) struct Entered {
    pub(super) schema: Value,
    /// The definition that the root was, if it was one.
    pub(super) definition: Option<String>,
}

/// The property in which arguments are wrapped that are no plain object.
///
/// No strict form has a root with alternatives. Source: the page "Structured outputs" of OpenAI
/// ("root objects must not be `anyOf`"), `anthropics/claude-code#27337`, read 2026-11.
pub(super) fn wrapper(schema: &Value) -> Option<&'static str> {
    (!is_plain_object(schema)).then_some(INPUT)
}

/// Follows references of the root, which must itself say what it is.
///
/// Source: `profiles/openai.py` of pydantic-ai, read 2026-11.
pub(super) fn enter(source: &Source) -> Entered {
    let mut entered = Entered {
        schema: source.root.clone(),
        definition: None,
    };
    // A chain of references that is longer goes in circles.
    for _ in 0..=source.definitions.len() {
        let Some((name, followed)) = follow(source, &entered.schema) else {
            break;
        };
        entered = Entered {
            schema: followed,
            definition: Some(name),
        };
    }
    if let Some(object) = entered.schema.as_object_mut()
        && object.contains_key("properties")
        && ELSEWHERE
            .iter()
            .all(|keyword| !object.contains_key(*keyword))
    {
        // What speaks of properties alone is meant to be an object, and arguments are one.
        object.entry("type").or_insert("object".into());
    }
    entered
}

/// What a schema refers to, with the words beside its reference.
fn follow(source: &Source, schema: &Value) -> Option<(String, Value)> {
    let schema = schema.as_object()?;
    let (name, body) = source.resolve(schema)?;
    let mut rest = schema.clone();
    rest.shift_remove("$ref");
    let is_described = rest.keys().all(|keyword| is_annotation(keyword));
    let joined = merge(&rest, body.as_object()?).filter(|_| is_described)?;
    Some((name.to_owned(), joined.into()))
}

fn is_plain_object(schema: &Value) -> bool {
    schema.get("type").is_some_and(|kind| kind == "object")
        && ELSEWHERE
            .iter()
            .all(|keyword| schema.get(*keyword).is_none())
}

pub(super) fn wrap(name: &str, schema: Value) -> Value {
    json!({
        "type": "object",
        "properties": { name: schema },
        "required": [name],
        "additionalProperties": false
    })
}

/// Makes every reference to a definition one to the root.
///
/// The vendor documents `#` for a root that contains itself. Source: the page "Structured outputs"
/// of OpenAI, "Recursive schemas are supported", read 2026-11.
pub(super) fn refer_to_root(schema: &Value, definition: &str) -> Value {
    let Some(object) = schema.as_object() else {
        return schema.clone();
    };
    let mut object = map_parts(object, "", &mut |part, _| refer_to_root(part, definition));
    if object.get("$ref") == reference(definition).get("$ref") {
        object.insert("$ref".to_owned(), "#".into());
    }
    Value::Object(object)
}
