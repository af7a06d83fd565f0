use serde_json::json;

use super::{Case, and, case, many, object, with};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = shapes();
    cases.extend(containers());
    cases.extend(values());
    cases.extend(references());
    cases.extend(limits());
    cases
}

fn shapes() -> Vec<Case> {
    let text = json!({"type": "string"});
    let closed = json!({"type": "object", "properties": {}, "additionalProperties": false});
    vec![
        case("root", "got 'type: \"string\"'", text.clone()),
        case(
            "root",
            "not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level",
            and(closed, &json!({"enum": [{}]})),
        ),
        case(
            "types",
            "In context=('properties', 'it'), schema must have a 'type' key.",
            with(json!({})),
        ),
        case("types", "schema must have a 'type' key.", with(json!(true))),
        case(
            "types",
            "schema must have a 'type' key.",
            with(json!({"const": "a"})),
        ),
        case(
            "types",
            "schema must have a 'type' key.",
            with(json!({"enum": ["a"]})),
        ),
        case(
            "keywords",
            "In context=('properties', 'it'), 'oneOf' is not permitted.",
            with(json!({"oneOf": [text]})),
        ),
        case(
            "keywords",
            "In context=(), 'if' is not permitted.",
            and(with(text.clone()), &json!({"if": {}})),
        ),
        case(
            "keywords",
            "('properties', 'it'), '$defs' is not permitted.",
            with(and(object(json!({})), &json!({"$defs": {}}))),
        ),
        case(
            "unions",
            "'default' is not permitted.",
            with(json!({"anyOf": [text], "default": "a"})),
        ),
    ]
}

fn containers() -> Vec<Case> {
    let text = json!({"type": "string"});
    vec![
        case(
            "properties",
            "object schema missing properties.",
            with(json!({
                "type": "object", "additionalProperties": false,
            })),
        ),
        case(
            "required",
            "every key in properties. Missing 'b'.",
            json!({
                "type": "object", "required": ["a"], "additionalProperties": false,
                "properties": {"a": text, "b": text},
            }),
        ),
        case(
            "required",
            "Extra required key 'b' supplied.",
            json!({
                "type": "object", "required": ["a", "b"], "additionalProperties": false,
                "properties": {"a": text},
            }),
        ),
        case(
            "additionalProperties",
            "is required to be supplied and to be false.",
            json!({
                "type": "object", "required": [], "properties": {},
            }),
        ),
        case(
            "additionalProperties",
            "'items'), 'additionalProperties' is",
            with(json!({
                "type": "array", "items": {
                    "type": ["object", "null"], "properties": {}, "additionalProperties": text,
                },
            })),
        ),
        case(
            "items",
            "array schema missing items.",
            with(json!({"type": "array"})),
        ),
        case(
            "items",
            "array schema missing items.",
            with(json!({"type": ["array", "null"], "items": [text]})),
        ),
    ]
}

fn values() -> Vec<Case> {
    vec![
        case(
            "formats",
            "In context=('properties', 'it'), 'uri' is not a valid format.",
            with(json!({"type": "string", "format": "uri"})),
        ),
        case(
            "patterns",
            "regex lookaround is not supported. Found at $.properties.it.pattern.",
            with(json!({"type": "string", "pattern": "^(?!/)a"})),
        ),
        case(
            "enum values",
            "context=('properties', 'it'), enum value null does not validate against {'type': \"string\"}.",
            with(json!({"type": "string", "enum": ["a", null]})),
        ),
        case(
            "enum values",
            "enum value 1 does",
            with(json!({"type": "string", "const": 1})),
        ),
    ]
}

fn references() -> Vec<Case> {
    let definition = json!({"$defs": {"A": {"type": "string"}}});
    vec![
        case(
            "beside $ref",
            "context=('properties', 'it'), $ref cannot have keywords {'description'}.",
            and(
                with(json!({"$ref": "#/$defs/A", "description": "d"})),
                &definition,
            ),
        ),
        case(
            "references",
            "reference can only point to definitions defined at the top level",
            object(json!({"a": {"type": "string"}, "b": {"$ref": "#/properties/a"}})),
        ),
        case(
            "references",
            "reference can only point to definitions",
            and(with(json!({"$ref": "#/$defs/B"})), &definition),
        ),
        case(
            "references",
            "reference can only point to definitions",
            with(json!({"$ref": "https://example.com/a.json"})),
        ),
    ]
}

fn limits() -> Vec<Case> {
    let text = json!({"type": "string"});
    let deep = (0..10).fold(text.clone(), |inner, _| with(inner));
    let through_lists = (0..5).fold(text.clone(), |inner, _| {
        with(json!({"type": "array", "items": inner}))
    });
    let long = "n".repeat(1_201);
    let named = (0..100).map(|number| (format!("{number:03}{long}"), text.clone()));
    let values: Vec<_> = (0..1_001).collect();
    let texts: Vec<_> = (0..251).map(|number| format!("{number:060}")).collect();
    vec![
        case(
            "nesting",
            "11 levels of nesting exceeds limit of 10.",
            with(deep),
        ),
        case(
            "nesting",
            "11 levels of nesting",
            and(
                with(json!({"$ref": "#/$defs/A"})),
                &json!({"$defs": {"A": through_lists}}),
            ),
        ),
        case(
            "property count",
            "5001 parameters exceeds limit of 5000.",
            object(many(5_001, &text)),
        ),
        case(
            "characters",
            "120400 characters of names and values exceeds limit of 120000.",
            object(named.collect()),
        ),
        case(
            "enum count",
            "Expected at most 1000 enum values in total within a single schema when using structured outputs, but received 1001.",
            with(json!({"type": "integer", "enum": values})),
        ),
        case(
            "enum characters",
            "Expected at most 15000 total characters across enum values when there are more than 250 enum values, but received 15060.",
            with(json!({"type": "string", "enum": texts})),
        ),
    ]
}
