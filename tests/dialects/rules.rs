//! What a wire form must be, whoever made it: the vendor server's tables for strict ones, and for the
//! plain one what every server takes.

use agentwerk::__private::Dialect;
use agentwerk_tests::vendor::{Format, strict_violations};
use serde_json::Value;

/// What would be refused in a wire form.
pub(crate) fn broken(dialect: Dialect, wire: &Value) -> Vec<String> {
    let format = match dialect {
        Dialect::OpenAi => Format::OpenAi,
        Dialect::Anthropic => Format::Anthropic,
        Dialect::Plain => return broken_for_anybody(wire),
    };
    let broken = strict_violations(format, wire).into_iter();
    broken
        .map(|(rule, text)| format!("{rule}: {text}"))
        .collect()
}

fn broken_for_anybody(wire: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    if wire["type"] != "object" {
        broken.push(format!("the root is {}", wire["type"]));
    }
    for keyword in ["anyOf", "oneOf", "allOf", "$ref"] {
        if wire.get(keyword).is_some() {
            broken.push(format!("the root has `{keyword}`"));
        }
    }
    find_foreign(wire, "#", &mut broken);
    broken
}

/// Keywords that some server stumbles over.
fn find_foreign(schema: &Value, path: &str, broken: &mut Vec<String>) {
    const FOREIGN: [&str; 6] = ["$schema", "$id", "title", "discriminator", "oneOf", "const"];
    let Some(schema) = schema.as_object() else {
        return;
    };
    for (keyword, value) in schema {
        if FOREIGN.contains(&keyword.as_str()) || keyword.starts_with("x-") {
            broken.push(format!("{path}: {keyword}"));
        }
        let path = format!("{path}/{keyword}");
        match keyword.as_str() {
            // Here the keys are names.
            "properties" | "$defs" => {
                let parts = value.as_object().into_iter().flatten();
                parts.for_each(|(_, part)| find_foreign(part, &path, broken));
            }
            "anyOf" => {
                let parts = value.as_array().into_iter().flatten();
                parts.for_each(|part| find_foreign(part, &path, broken));
            }
            "items" | "additionalProperties" => find_foreign(value, &path, broken),
            _ => {}
        }
    }
}
