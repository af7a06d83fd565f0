//! What everybody wants, strict or not.

use serde_json::{Value, json};

use super::check;
use crate::schemas::dialect::{Dialect, Wire};

fn plain(schema: &Value) -> Value {
    let wire = Wire::of_arguments(schema, Dialect::Plain);
    assert!(!wire.strict);
    assert_eq!(wire.reasons, []);
    wire.schema
}

#[test]
fn keywords_of_the_document_are_dropped_and_properties_of_the_same_name_are_not() {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.com/a",
        "title": "Report",
        "type": "object",
        "x-strict": true,
        "properties": {
            "title": {"type": "string", "title": "Title", "discriminator": {}},
            "x-maps": {"type": "object", "additionalProperties": {"type": "string"}, "x-maps": "entries"},
            "$id": {"type": "string", "default": "a", "minLength": 1}
        },
        "required": ["title"]
    });
    let expected = json!({
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "x-maps": {"type": "object", "additionalProperties": {"type": "string"}},
            "$id": {"type": "string", "default": "a", "minLength": 1}
        },
        "required": ["title"]
    });
    assert_eq!(plain(&schema).to_string(), expected.to_string());
}

#[test]
fn a_choice_is_any_of() {
    let (text, number) = (json!({"type": "string"}), json!({"type": "integer"}));
    check(
        Dialect::Plain,
        [
            (
                json!({"oneOf": [text, number]}),
                json!({"anyOf": [text, number]}),
            ),
            (
                json!({"oneOf": [text], "anyOf": [number]}),
                json!({"anyOf": [number, text]}),
            ),
            (
                json!({"type": "array", "items": {"oneOf": [text, number]}}),
                json!({"type": "array", "items": {"anyOf": [text, number]}}),
            ),
        ],
    );
}

#[test]
fn constants_are_an_enum() {
    check(
        Dialect::Plain,
        [
            (
                json!({"const": "a"}),
                json!({"enum": ["a"], "type": "string"}),
            ),
            (
                json!({"const": 3, "type": "integer"}),
                json!({"type": "integer", "enum": [3]}),
            ),
            (
                json!({"const": true}),
                json!({"enum": [true], "type": "boolean"}),
            ),
            (
                json!({"oneOf": [
                    {"const": "a", "description": "The first."},
                    {"type": "string", "enum": ["b", "c"]},
                    {"const": "d", "type": "string", "description": "The last."}
                ], "description": "Letters."}),
                json!({
                    "description": "Letters.\n- `a`: The first.\n- `d`: The last.",
                    "type": "string",
                    "enum": ["a", "b", "c", "d"]
                }),
            ),
            (
                json!({"oneOf": [{"const": "a"}, {"const": 1}]}),
                json!({"anyOf": [
                    {"enum": ["a"], "type": "string"}, {"enum": [1], "type": "integer"}
                ]}),
            ),
            (
                json!({"anyOf": [{"const": "a"}, {"type": "string", "enum": ["b"], "minLength": 1}]}),
                json!({"anyOf": [
                    {"enum": ["a"], "type": "string"},
                    {"type": "string", "enum": ["b"], "minLength": 1}
                ]}),
            ),
        ],
    );
}

#[test]
fn arguments_that_are_no_plain_object_are_wrapped() {
    let wrapped = |schema: &Value| {
        json!({
            "type": "object",
            "properties": {"input": schema},
            "required": ["input"],
            "additionalProperties": false
        })
    };
    for schema in [
        json!({"type": "string"}),
        json!({"type": ["object", "null"]}),
        json!({"type": "object", "anyOf": [{"required": ["a"]}]}),
        json!({"type": "object", "allOf": [{"required": ["a"]}]}),
        json!({}),
    ] {
        assert_eq!(plain(&schema), wrapped(&schema));
    }
    for schema in [
        json!({"type": "object"}),
        json!({"type": "object", "additionalProperties": {"type": "string"}}),
    ] {
        assert_eq!(plain(&schema), schema);
    }
    assert_eq!(plain(&json!(true)), wrapped(&json!(true)));
    let without_type = plain(&json!({"properties": {"a": {"type": "null"}}}));
    let expected = json!({"properties": {"a": {"type": "null"}}, "type": "object"});
    assert_eq!(without_type, expected);
}

#[test]
fn the_reference_of_a_root_is_followed() {
    let node = json!({
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}}
    });
    let root = json!({"$ref": "#/$defs/Node", "description": "A list.", "$defs": {"Node": node}});
    let expected = json!({
        "description": "A list.",
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}
    });
    assert_eq!(plain(&root), expected);
    // What schemars writes for a root that contains itself.
    let own = json!({
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}
    });
    assert_eq!(plain(&own), own);
}

#[test]
fn a_reference_to_anywhere_becomes_one_to_a_definition() {
    let schema = json!({
        "type": "object",
        "properties": {
            "a/b": {"type": "object", "properties": {"again": {"$ref": "#/properties/a~1b"}}},
            "anchored": {"$ref": "#here"},
            "encoded": {"$ref": "#/$defs/Pa%67e%3CA%3E"}
        },
        "$defs": {
            "Page<A>": {"type": "string"},
            "unused": {"type": "null"},
            "deep": {"properties": {"x": {"$anchor": "here", "type": "integer"}}}
        }
    });
    let expected = json!({
        "type": "object",
        "properties": {
            "a/b": {"$ref": "#/$defs/a_1b"},
            "anchored": {"$ref": "#/$defs/x"},
            "encoded": {"$ref": "#/$defs/Page_A_"}
        },
        "$defs": {
            "Page_A_": {"type": "string"},
            "a_1b": {"type": "object", "properties": {"again": {"$ref": "#/$defs/a_1b"}}},
            "x": {"type": "integer"}
        }
    });
    let wire = plain(&schema);
    assert_eq!(wire["properties"], expected["properties"]);
    assert_eq!(wire["$defs"]["Page_A_"], expected["$defs"]["Page_A_"]);
    assert_eq!(wire, expected);
}
