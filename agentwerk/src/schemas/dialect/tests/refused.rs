//! What has no strict form, and what is said of it.

use serde_json::{Value, json};

use super::of_part;
use crate::schemas::dialect::{Dialect, Wire};

const BOTH: [Dialect; 2] = [Dialect::OpenAi, Dialect::Anthropic];

fn reasons(part: &Value, dialect: Dialect) -> Vec<String> {
    let wire = of_part(part, dialect);
    assert_eq!(wire.strict, wire.reasons.is_empty());
    wire.reasons.iter().map(ToString::to_string).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn each_reason_names_its_place() {
    let text = json!({"type": "string"});
    for (part, place, begin) in [
        (json!(true), "", "any value"),
        (json!({}), "", "any value"),
        (
            json!({"description": "Anything.", "not": {"type": "null"}}),
            "",
            "any value",
        ),
        (json!({"type": "array"}), "/items", "any value"),
        (
            json!({"type": "array", "items": true}),
            "/items",
            "any value",
        ),
        (
            json!({"type": "array", "prefixItems": [text], "items": false}),
            "",
            "a tuple",
        ),
        (
            json!({"type": "object", "additionalProperties": text}),
            "",
            "a map has no strict form; use a `Vec`",
        ),
        (
            json!({"type": "object", "patternProperties": {"^a": text}}),
            "",
            "a map",
        ),
        (
            json!({"type": "object", "additionalProperties": true, "x-maps": "entries"}),
            "/additionalProperties",
            "any value",
        ),
        (
            json!({"type": "object", "properties": {"a": text}, "additionalProperties": true}),
            "",
            "properties of any name",
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "object", "properties": {"größe": text}}}}),
            "/properties/a/properties/größe",
            "vendors allow 1 to 64",
        ),
        (
            json!({"type": "object", "required": ["a"]}),
            "/properties/a",
            "is required, and nothing",
        ),
        (
            json!({"type": ["object", "array"], "items": text}),
            "",
            "an object or an array",
        ),
        (json!({"enum": [{"a": 1}]}), "", "an `enum` of objects"),
        (
            json!({"allOf": [text, {"type": "integer"}]}),
            "",
            "schemas that must all hold",
        ),
        (json!({"anyOf": [text, {}]}), "/anyOf/1", "any value"),
        (
            json!({"$ref": "https://example.com/a"}),
            "",
            "the reference leads to no",
        ),
    ] {
        for dialect in BOTH {
            let reasons = reasons(&part, dialect);
            let expected = format!("/properties/p{place}: {begin}");
            assert_eq!(reasons.len(), 1, "{part}: {reasons:?}");
            assert!(reasons[0].starts_with(&expected), "{part}: {reasons:?}");
        }
    }
}

#[test]
fn all_reasons_are_named_at_once() {
    let part = json!({"type": "object", "properties": {"a": true, "b": {"$ref": "#/$defs/B"}}, "$defs": {
        "B": {"type": "array", "items": {}}
    }});
    let places: Vec<_> = of_part(&part, Dialect::OpenAi)
        .reasons
        .into_iter()
        .map(|each| each.path)
        .collect();
    assert_eq!(places, ["/properties/p/properties/a", "/$defs/B/items"]);
}

#[test]
fn null_cannot_stand_for_another_default_at_openai() {
    let property = json!({"type": ["integer", "null"], "default": 5});
    let part = json!({"type": "object", "properties": {"a": property}});
    let refused = reasons(&part, Dialect::OpenAi);
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(
        refused[0].starts_with("/properties/p/properties/a: null is a value here"),
        "{refused:?}"
    );
    assert!(reasons(&part, Dialect::Anthropic).is_empty());
    let required = json!({"type": "object", "properties": {"a": property}, "required": ["a"]});
    assert!(reasons(&required, Dialect::OpenAi).is_empty());
}

#[test]
fn an_enum_has_values_of_its_type_alone() {
    let part = json!({
        "allOf": [
            {"type": ["integer", "null"], "enum": [1, null, 2]},
            {"type": "integer"}
        ]
    });
    for dialect in BOTH {
        let sent = of_part(&part, dialect).schema["properties"]["p"].clone();
        assert_eq!(sent, json!({"type": "integer", "enum": [1, 2]}));
        let none = json!({"type": "integer", "enum": ["a"]});
        assert!(reasons(&none, dialect)[0].contains("no value of the `enum`"));
    }
}

#[test]
fn only_openai_takes_what_contains_itself() {
    let node = json!({
        "$ref": "#/$defs/Node",
        "$defs": {"Node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/Node"}}}}
    });
    assert_eq!(reasons(&node, Dialect::OpenAi), [] as [&str; 0]);
    let refused = reasons(&node, Dialect::Anthropic);
    assert!(refused[0].starts_with("/$defs/Node/properties/next: a type that contains itself"));
    let circle = json!({"$ref": "#/$defs/A", "$defs": {"A": {"anyOf": [{"$ref": "#/$defs/A"}]}}});
    for dialect in BOTH {
        assert_eq!(reasons(&circle, dialect).len(), 1);
    }
}

#[test]
fn entries_that_look_like_another_list_are_refused() {
    let map =
        json!({"type": "object", "additionalProperties": {"type": "null"}, "x-maps": "entries"});
    let list = json!({"type": "array", "items": {"type": "null"}});
    let within = |part: &Value, tag: &str| {
        json!({
            "type": "object", "required": ["tag", "m"],
            "properties": {"m": part, "tag": {"type": "string", "const": tag}}
        })
    };
    for dialect in BOTH {
        let count = |alternatives: Value| reasons(&json!({"anyOf": alternatives}), dialect).len();
        assert_eq!(count(json!([map, list])), 1);
        assert_eq!(count(json!([map, {"type": "null"}])), 0);
        assert_eq!(count(json!([within(&map, "a"), within(&list, "a")])), 1);
        assert_eq!(count(json!([within(&map, "a"), within(&list, "b")])), 0);
    }
}

#[test]
fn what_is_refused_is_sent_as_everybody_else_gets_it() {
    let schema =
        json!({"type": "object", "title": "T", "properties": {"a": true, "b": {"const": 1}}});
    let wire = Wire::of_arguments(&schema, Dialect::OpenAi);
    assert!(!wire.strict);
    assert_eq!(
        wire.schema,
        Wire::of_arguments(&schema, Dialect::Plain).schema
    );
    assert!(wire.adapter.is_identity());
}
