//! Strict tools: for each rule of a vendor's table, schemas that break it and nothing else.

mod accepted;
mod anthropic;
mod openai;
mod refused;

use agentwerk_tests::vendor::Format;
use serde_json::{Value, json};

/// The vendors with a table.
const FORMATS: [Format; 2] = [Format::OpenAi, Format::Anthropic];

/// The schemas of strict tools that break one rule, and words of the refusal.
struct Case {
    rule: &'static str,
    words: &'static str,
    schemas: Vec<Value>,
}

fn case(rule: &'static str, words: &'static str, schema: Value) -> Case {
    let schemas = vec![schema];
    Case {
        rule,
        words,
        schemas,
    }
}

fn cases(format: Format) -> Vec<Case> {
    match format {
        Format::OpenAi => openai::cases(),
        Format::Anthropic => anthropic::cases(),
        Format::Mistral | Format::LiteLlm => Vec::new(),
    }
}

/// An object that has all of these, and nothing else.
fn object(properties: Value) -> Value {
    let required: Vec<_> = properties.as_object().expect("an object").keys().collect();
    json!({
        "type": "object", "required": required, "additionalProperties": false,
        "properties": properties,
    })
}

/// The same with one property.
fn with(property: Value) -> Value {
    object(json!({ "it": property }))
}

/// A schema with more keywords at its top.
fn and(mut schema: Value, more: &Value) -> Value {
    for (keyword, value) in more.as_object().expect("an object") {
        schema[keyword] = value.clone();
    }
    schema
}

/// So many properties, named by their numbers.
fn many(count: usize, property: &Value) -> Value {
    let names = (0..count).map(|number| (format!("p{number}"), property.clone()));
    Value::Object(names.collect())
}

/// The tools of a request, in a vendor's form.
fn tools(format: Format, schemas: &[Value], strict: bool) -> Value {
    let tools = schemas.iter().enumerate().map(|(number, schema)| {
        let name = format!("tool_{number}");
        match format {
            Format::Anthropic => json!({"name": name, "strict": strict, "input_schema": schema}),
            _ => json!({"type": "function", "function": {
                "name": name, "strict": strict, "parameters": schema,
            }}),
        }
    });
    tools.collect()
}
