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
    vec![
        case("root", "input_schema.type: Field required", text.clone()),
        case(
            "keywords",
            "For 'integer' type, properties maximum, minimum are not supported",
            with(json!({
                "type": "integer", "minimum": 1, "maximum": 9,
            })),
        ),
        case(
            "keywords",
            "For 'string' type, property 'minLength' is not supported",
            with(json!({
                "type": ["string", "null"], "minLength": 1,
            })),
        ),
        case(
            "keywords",
            "Schema type 'oneOf' is not supported",
            with(json!({"oneOf": [text]})),
        ),
        case(
            "keywords",
            "Schema keyword 'not' is not supported",
            with(json!({"not": text})),
        ),
        case(
            "unions",
            "For 'anyOf', 'type' is not supported",
            with(json!({
                "type": "string", "anyOf": [text],
            })),
        ),
        case(
            "unions",
            "For 'allOf', 'enum, type' is not supported",
            with(json!({
                "type": "string", "enum": ["a"], "allOf": [text],
            })),
        ),
        case(
            "any value",
            "Empty schema ({}) that accepts any JSON value is not",
            with(json!({})),
        ),
        case(
            "any value",
            "Empty schema ({})",
            with(json!({"description": "d"})),
        ),
        case("any value", "Empty schema ({})", with(json!(true))),
    ]
}

fn containers() -> Vec<Case> {
    let text = json!({"type": "string"});
    vec![
        case(
            "additionalProperties",
            "'additionalProperties' must be explicitly set to false",
            json!({
                "type": "object", "properties": {},
            }),
        ),
        case(
            "additionalProperties",
            "'additionalProperties' must be",
            with(json!({
                "type": ["object", "null"], "additionalProperties": text,
            })),
        ),
        case(
            "items",
            "Array types must be specified with a single object schema",
            with(json!({
                "type": "array",
            })),
        ),
        case(
            "items",
            "Array types must be",
            with(json!({"type": "array", "items": [text]})),
        ),
        case(
            "property names",
            "Property keys should match pattern",
            with(object(json!({"ä": text}))),
        ),
    ]
}

fn values() -> Vec<Case> {
    let listed = |min| json!({"type": "array", "items": {"type": "string"}, "minItems": min});
    let matching = |pattern| with(json!({"type": "string", "pattern": pattern}));
    let words = "Invalid regex in pattern field";
    vec![
        case(
            "minItems",
            "'minItems' values other than 0 or 1 are not supported",
            with(listed(2)),
        ),
        case(
            "formats",
            "For 'string' type, format 'uri-reference' is not supported",
            with(json!({
                "type": "string", "format": "uri-reference",
            })),
        ),
        case("patterns", words, matching("a(?=b)")),
        case("patterns", words, matching("(?<name>a)")),
        case("patterns", words, matching(r"\bword")),
        case("patterns", words, matching(r"(a)\1")),
        case(
            "enum values",
            "Enum value \"a\" does not match declared type '[\"string\",\"null\"]'",
            with(json!({
                "type": ["string", "null"], "enum": ["a", null],
            })),
        ),
        case(
            "enum values",
            "Enum value {} does not match",
            with(json!({"enum": ["a", {}]})),
        ),
        case(
            "enum values",
            "Enum value 1 does not match",
            with(json!({"type": "string", "const": 1})),
        ),
    ]
}

fn references() -> Vec<Case> {
    let definition = json!({"$defs": {"A": {"type": "string"}}});
    let reference = json!({"$ref": "#/$defs/A"});
    let circle =
        json!({"$defs": {"A": with(json!({"$ref": "#/$defs/B"})), "B": with(reference.clone())}});
    vec![
        case(
            "allOf with $ref",
            "For 'allOf', '$ref' is not supported",
            and(with(json!({"allOf": [reference]})), &definition),
        ),
        case(
            "beside $ref",
            "For '$ref', 'description' is not supported",
            and(
                with(json!({"$ref": "#/$defs/A", "description": "d"})),
                &definition,
            ),
        ),
        case(
            "references",
            "Unable to resolve reference 'https://example.com/a.json'",
            with(json!({
                "$ref": "https://example.com/a.json",
            })),
        ),
        case(
            "references",
            "Unable to resolve",
            with(json!({"$ref": "#/$defs/A"})),
        ),
        case(
            "recursion",
            "A -> B -> A. Self-referencing or mutually-referencing",
            and(with(reference), &circle),
        ),
        case(
            "recursion",
            "Circular reference detected",
            and(with(json!({"type": "null"})), &circle),
        ),
        case(
            "recursion",
            "detected in schema definitions: # -> #.",
            with(json!({"$ref": "#"})),
        ),
    ]
}

fn limits() -> Vec<Case> {
    let text = json!({"type": "string"});
    let closed = |count| {
        json!({
            "type": "object", "additionalProperties": false, "properties": many(count, &text),
        })
    };
    let used_twice = and(
        object(json!({"a": {"$ref": "#/$defs/A"}, "b": {"$ref": "#/$defs/A"}})),
        &json!({"$defs": {"A": closed(13)}}),
    );
    let nullable = json!({"type": ["string", "null"]});
    let union = json!({"anyOf": [text, {"type": "null"}]});
    vec![
        Case {
            rule: "strict tool count",
            words: "Too many strict tools (21). The maximum number of strict tools supported is 20.",
            schemas: vec![object(json!({})); 21],
        },
        case(
            "optional parameters",
            "too many optional parameters (25), which would make grammar compilation inefficient.",
            closed(25),
        ),
        Case {
            rule: "optional parameters",
            words: "too many optional parameters (26)",
            schemas: vec![closed(13), with(closed(13))],
        },
        case(
            "optional parameters",
            "too many optional parameters (26)",
            used_twice,
        ),
        case(
            "union parameters",
            "too many parameters with union types (17 parameters with type arrays or anyOf)",
            object(many(17, &nullable)),
        ),
        Case {
            rule: "union parameters",
            words: "with union types (18 parameters",
            schemas: vec![object(many(9, &nullable)), object(many(9, &union))],
        },
    ]
}
