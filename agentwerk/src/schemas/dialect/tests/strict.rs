//! What each vendor's strict form makes of a schema.

use serde_json::{Value, json};

use super::{check, of_part, sent};
use crate::schemas::dialect::{Dialect, Wire};

const BOTH: [Dialect; 2] = [Dialect::OpenAi, Dialect::Anthropic];

/// Checks a table of schemas of which both make the same.
fn check_both<const N: usize>(table: [(Value, Value); N]) {
    for dialect in BOTH {
        check(dialect, table.clone());
    }
}

fn closed(properties: &Value, required: &Value) -> Value {
    json!({
        "type": "object", "properties": properties, "required": required,
        "additionalProperties": false
    })
}

#[test]
fn every_object_is_closed() {
    let empty = closed(&json!({}), &json!([]));
    check_both([
        (json!({"type": "object"}), empty.clone()),
        (
            json!({"type": "object", "unevaluatedProperties": false}),
            empty,
        ),
        (
            json!({"properties": {"b": {"type": "string"}, "a": {"type": "null"}}, "required": ["a", "b"]}),
            json!({
                "type": "object",
                "properties": {"b": {"type": "string"}, "a": {"type": "null"}},
                "required": ["b", "a"],
                "additionalProperties": false
            }),
        ),
    ]);
}

#[test]
fn a_property_that_may_be_left_out_is_null_at_openai() {
    let text = json!({"type": "string"});
    for (part, expected) in [
        (text.clone(), json!({"type": ["string", "null"]})),
        (
            json!({"type": ["string", "null"]}),
            json!({"type": ["string", "null"]}),
        ),
        (
            json!({"enum": [1, 2]}),
            json!({"type": ["integer", "null"], "enum": [1, 2, null]}),
        ),
        (
            json!({"anyOf": [text, {"type": "integer"}]}),
            json!({"anyOf": [text, {"type": "integer"}, {"type": "null"}]}),
        ),
        (
            json!({"anyOf": [text, {"type": "null"}]}),
            json!({"anyOf": [text, {"type": "null"}]}),
        ),
        (
            json!({"$ref": "#/$defs/A"}),
            json!({"anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}),
        ),
        (
            json!({"$ref": "#/$defs/A", "description": "An A."}),
            json!({"description": "An A.", "anyOf": [{"$ref": "#/$defs/A"}, {"type": "null"}]}),
        ),
        (
            json!({"$ref": "#/$defs/Maybe"}),
            json!({"$ref": "#/$defs/Maybe"}),
        ),
    ] {
        let schema = json!({
            "type": "object",
            "properties": {"p": part},
            "$defs": {"A": {"type": "boolean"}, "Maybe": {"anyOf": [text, {"type": "null"}]}}
        });
        let openai = Wire::of_arguments(&schema, Dialect::OpenAi).schema;
        assert_eq!(openai["properties"]["p"], expected, "{part}");
        assert_eq!(openai["required"], json!(["p"]));
        let anthropic = Wire::of_arguments(&schema, Dialect::Anthropic).schema;
        assert_eq!(anthropic["required"], json!([]));
        let expected = closed(&json!({"a": text}), &json!([]));
        let own = sent(
            &json!({"type": "object", "properties": {"a": text}}),
            Dialect::Anthropic,
        );
        assert_eq!(own, expected);
    }
}

#[test]
fn numbers_keep_their_limits_at_openai_and_tell_them_at_anthropic() {
    let byte = json!({"type": "integer", "format": "uint8", "minimum": 0, "maximum": 255});
    let score = json!({"type": "integer", "format": "uint8", "minimum": 0, "maximum": 10});
    let signed = json!({"type": "integer", "format": "int8", "minimum": -128, "maximum": 127});
    let mood = json!({
        "type": "number", "format": "double", "exclusiveMinimum": 0.5, "multipleOf": 0.25,
        "description": "How it feels."
    });
    check(
        Dialect::OpenAi,
        [
            (
                byte.clone(),
                json!({"type": "integer", "minimum": 0, "maximum": 255}),
            ),
            (
                mood.clone(),
                json!({
                    "type": "number", "exclusiveMinimum": 0.5, "multipleOf": 0.25,
                    "description": "How it feels."
                }),
            ),
        ],
    );
    check(
        Dialect::Anthropic,
        [
            (byte, json!({"type": "integer"})),
            (signed, json!({"type": "integer"})),
            (
                score,
                json!({"type": "integer", "description": "(maximum: 10)"}),
            ),
            (
                mood,
                json!({
                    "type": "number",
                    "description": "How it feels. (exclusiveMinimum: 0.5, multipleOf: 0.25)"
                }),
            ),
        ],
    );
}

#[test]
fn lengths_and_sets_are_told() {
    let list = json!({"type": "array", "items": {"type": "null"}, "uniqueItems": true});
    check_both([
        (
            json!({"type": "string", "minLength": 1, "maxLength": 3, "description": "A name."}),
            json!({"type": "string", "description": "A name. (minLength: 1, maxLength: 3)"}),
        ),
        (
            list,
            json!({"type": "array", "items": {"type": "null"}, "description": "(uniqueItems: true)"}),
        ),
        (
            json!({"type": "object", "maxProperties": 2, "not": {"required": ["a"]}}),
            json!({
                "type": "object", "properties": {}, "required": [], "additionalProperties": false,
                "description": "(maxProperties: 2, not: {\"required\":[\"a\"]})"
            }),
        ),
    ]);
}

#[test]
fn lists_keep_their_lengths_where_the_vendor_knows_them() {
    let list = |min: u8, max: u8| json!({"type": "array", "minItems": min, "maxItems": max, "items": {"type": "null"}});
    check(Dialect::OpenAi, [(list(2, 3), list(2, 3))]);
    check(
        Dialect::Anthropic,
        [
            (
                list(1, 3),
                json!({
                    "type": "array", "minItems": 1, "items": {"type": "null"},
                    "description": "(maxItems: 3)"
                }),
            ),
            (
                list(2, 3),
                json!({
                    "type": "array", "items": {"type": "null"},
                    "description": "(minItems: 2, maxItems: 3)"
                }),
            ),
        ],
    );
}

#[test]
fn patterns_stay_at_openai_unless_they_look_around() {
    let plain = json!({"type": "string", "pattern": "^a+$"});
    let looking = json!({"type": "string", "pattern": "a(?!b)"});
    let told = |pattern: &str| json!({"type": "string", "description": format!("(pattern: \"{pattern}\")")});
    check(
        Dialect::OpenAi,
        [
            (plain.clone(), plain.clone()),
            (looking.clone(), told("a(?!b)")),
        ],
    );
    check(
        Dialect::Anthropic,
        [(plain, told("^a+$")), (looking, told("a(?!b)"))],
    );
}

#[test]
fn formats_stay_where_the_vendor_knows_them() {
    let format = |name: &str| json!({"type": "string", "format": name});
    let told =
        |name: &str| json!({"type": "string", "description": format!("(format: \"{name}\")")});
    check_both([
        (format("uuid"), format("uuid")),
        (format("regex"), told("regex")),
    ]);
    check(Dialect::OpenAi, [(format("uri"), told("uri"))]);
    check(Dialect::Anthropic, [(format("uri"), format("uri"))]);
}

#[test]
fn defaults_and_examples_are_told() {
    check_both([
        (
            json!({"type": "integer", "default": 10, "examples": [5], "deprecated": true}),
            json!({"type": "integer", "description": "(default: 10, examples: [5])"}),
        ),
        (
            json!({"type": ["integer", "null"], "default": null, "description": "A limit."}),
            json!({"type": ["integer", "null"], "description": "A limit."}),
        ),
    ]);
}

#[test]
fn words_beside_a_reference_are_kept() {
    let part = json!({
        "$ref": "#/$defs/A", "description": "Mine.", "default": "x",
        "$defs": {"A": {"type": "string", "description": "An A."}}
    });
    check(
        Dialect::OpenAi,
        [(
            part.clone(),
            json!({"description": "Mine. (default: \"x\")", "anyOf": [{"$ref": "#/$defs/A"}]}),
        )],
    );
    check(
        Dialect::Anthropic,
        [(
            part,
            json!({"description": "Mine. (default: \"x\")", "type": "string"}),
        )],
    );
}

#[test]
fn an_internally_tagged_newtype_is_one_object() {
    let part = json!({
        "type": "object", "properties": {"kind": {"type": "string", "const": "a"}},
        "required": ["kind"], "$ref": "#/$defs/A",
        "$defs": {"A": {"type": "object", "properties": {"x": {"type": "null"}}, "required": ["x"]}}
    });
    let kind = json!({"type": "string", "enum": ["a"]});
    check_both([(
        part,
        closed(
            &json!({"kind": kind, "x": {"type": "null"}}),
            &json!(["kind", "x"]),
        ),
    )]);
}

#[test]
fn schemas_that_must_all_hold_are_one() {
    let one = json!({"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a"]});
    let other = json!({"properties": {"b": {"type": "string"}}, "required": ["b"]});
    let definitions = json!({"A": {"type": "string"}, "B": one});
    let both = closed(
        &json!({"a": {"type": "null"}, "b": {"type": "string"}}),
        &json!(["a", "b"]),
    );
    check_both([
        (
            json!({"allOf": [{"$ref": "#/$defs/A"}], "$defs": definitions}),
            json!({"$ref": "#/$defs/A"}),
        ),
        (json!({"allOf": [one, other]}), both.clone()),
        (
            json!({"allOf": [{"$ref": "#/$defs/B"}, other], "$defs": definitions}),
            both,
        ),
    ]);
}

#[test]
fn a_closed_schema_keeps_the_properties_of_others_out() {
    let part = json!({"allOf": [
        {"type": "object", "properties": {"a": {"type": "null"}}, "required": ["a"], "additionalProperties": false},
        {"properties": {"b": {"type": "string"}}}
    ]});
    check_both([(part, closed(&json!({"a": {"type": "null"}}), &json!(["a"])))]);
}

#[test]
fn what_stands_beside_alternatives_holds_for_each() {
    let tag = |name: &str| json!({"type": "string", "const": name});
    let part = json!({
        "type": "object", "description": "A shape.",
        "properties": {"own": {"type": "null"}}, "required": ["own"],
        "oneOf": [
            {"type": "object", "properties": {"tag": tag("a")}, "required": ["tag"]},
            {"$ref": "#/$defs/B"}
        ],
        "$defs": {"B": {"type": "object", "properties": {"tag": tag("b")}, "required": ["tag"]}}
    });
    let alternative = |name: &str| {
        let tag = json!({"type": "string", "enum": [name]});
        closed(
            &json!({"own": {"type": "null"}, "tag": tag}),
            &json!(["own", "tag"]),
        )
    };
    check_both([(
        part,
        json!({"description": "A shape.", "anyOf": [alternative("a"), alternative("b")]}),
    )]);
}

#[test]
fn a_map_is_a_list_of_entries_where_it_says_so() {
    let entries = |value: &Value| {
        json!({
            "type": "array",
            "items": closed(&json!({"key": {"type": "string"}, "value": value}), &json!(["key", "value"]))
        })
    };
    let byte = json!({"type": "integer"});
    let mut numbered = entries(&byte);
    numbered["description"] = json!("(pattern of the keys: ^\\d+$)");
    let mut nullable = entries(&byte);
    nullable["type"] = json!(["array", "null"]);
    check_both([
        (
            json!({"type": "object", "additionalProperties": byte, "x-maps": "entries"}),
            entries(&byte),
        ),
        (
            json!({
                "type": "object", "patternProperties": {"^\\d+$": byte},
                "additionalProperties": false, "x-maps": "entries"
            }),
            numbered,
        ),
        (
            json!({"type": ["object", "null"], "additionalProperties": byte, "x-maps": "entries"}),
            nullable,
        ),
    ]);
}

#[test]
fn a_root_that_contains_itself_is_referred_to_as_the_root_at_openai() {
    let schema = json!({
        "type": "object",
        "properties": {"children": {"type": "array", "items": {"$ref": "#"}}},
        "required": ["children"]
    });
    let wire = Wire::of_arguments(&schema, Dialect::OpenAi);
    let mut expected = schema;
    expected["additionalProperties"] = json!(false);
    assert_eq!(wire.schema, expected);
    assert!(wire.strict && wire.adapter.is_identity());
}

#[test]
fn the_same_schema_gives_the_same_bytes() {
    let part = json!({
        "type": "object",
        "properties": {"z": {"$ref": "#/$defs/Z"}, "a": {"$ref": "#/$defs/A"}},
        "$defs": {"A": {"type": "string"}, "Z": {"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}}}
    });
    for dialect in BOTH {
        let bytes = || of_part(&part, dialect).schema.to_string();
        assert_eq!(bytes(), bytes());
        assert!(bytes().contains("\"$defs\":{\"A\":"), "{}", bytes());
    }
}
