//! The way of values, there and back.

use serde_json::{Value, json};

use super::of_part;
use crate::schemas::dialect::{Dialect, Wire};

/// Checks that a value is written so, and read back.
fn check(part: &Value, dialect: Dialect, pairs: &[(Value, Value)]) {
    let wire = of_part(part, dialect);
    assert!(wire.strict, "{:?}", wire.reasons);
    for (value, written) in pairs {
        let adapter = &wire.adapter;
        assert_eq!(
            adapter.to_wire(&json!({"p": value}))["p"],
            *written,
            "{part}"
        );
        assert_eq!(
            adapter.to_canonical(json!({"p": written}))["p"],
            *value,
            "{part}"
        );
    }
}

#[test]
fn null_stands_for_what_was_left_out() {
    let part = json!({
        "type": "object",
        "properties": {
            "a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": ["string", "null"]}
        },
        "required": ["b"]
    });
    let pairs = [
        (
            json!({"b": 1, "c": null}),
            json!({"a": null, "b": 1, "c": null}),
        ),
        (
            json!({"a": "x", "b": 1, "c": "y"}),
            json!({"a": "x", "b": 1, "c": "y"}),
        ),
    ];
    check(&part, Dialect::OpenAi, &pairs);
    let wire = of_part(&part, Dialect::OpenAi);
    let written = wire.adapter.to_wire(&json!({"p": {"b": 1}}));
    assert_eq!(written.to_string(), r#"{"p":{"a":null,"b":1,"c":null}}"#);
    assert!(of_part(&part, Dialect::Anthropic).adapter.is_identity());
}

#[test]
fn what_does_not_fit_stays_as_it_is() {
    let part = json!({
        "type": "object",
        "properties": {
            "map": {"type": "object", "additionalProperties": {"type": "null"}, "x-maps": "entries"},
            "text": {"type": "string"}
        },
        "required": ["map"]
    });
    let adapter = of_part(&part, Dialect::OpenAi).adapter;
    for value in [
        json!(null),
        json!({"q": 1}),
        json!({"p": [1, 2]}),
        json!({"p": {"map": [{"key": "a", "value": null}, {"key": "a", "value": 1}]}}),
        json!({"p": {"map": [{"key": 1, "value": null}]}}),
        json!({"p": {"map": [{"key": "a", "value": null, "more": 1}]}}),
        json!({"p": {"map": "none", "text": 7}}),
    ] {
        assert_eq!(adapter.to_canonical(value.clone()), value);
    }
    let unknown = json!({"p": {"map": {}, "unknown": null}});
    let written = json!({"p": {"map": [], "text": null, "unknown": null}});
    assert_eq!(adapter.to_wire(&unknown), written);
    assert_eq!(adapter.to_canonical(written), unknown);
}

#[test]
fn maps_are_entries_wherever_they_are() {
    let map = json!({
        "type": "object", "x-maps": "entries",
        "additionalProperties": {"type": "object", "additionalProperties": {"type": "integer"}, "x-maps": "entries"}
    });
    let value = json!({"b": {"x": 1}, "a": {}});
    let written = json!([
        {"key": "b", "value": [{"key": "x", "value": 1}]},
        {"key": "a", "value": []}
    ]);
    for dialect in [Dialect::OpenAi, Dialect::Anthropic] {
        check(&map, dialect, &[(value.clone(), written.clone())]);
        let list = json!({"type": "array", "items": map});
        check(
            &list,
            dialect,
            &[(json!([value, {}]), json!([written, []]))],
        );
        let referred = json!({"$ref": "#/$defs/M", "$defs": {"M": map}});
        check(&referred, dialect, &[(value.clone(), written.clone())]);
        let chosen = json!({"anyOf": [{"type": "string"}, map, {"type": "null"}]});
        check(
            &chosen,
            dialect,
            &[(value.clone(), written.clone()), (json!("x"), json!("x"))],
        );
    }
}

#[test]
fn alternatives_are_told_apart_by_tag_and_by_what_fits() {
    let tagged = |tag: &str, kind: &str| {
        json!({
            "type": "object", "required": ["tag"],
            "properties": {
                "tag": {"type": "string", "const": tag},
                "x": {"type": kind},
                "y": {"type": "string"}
            }
        })
    };
    let part = json!({"oneOf": [tagged("a", "string"), tagged("b", "integer")]});
    let pairs = [
        (
            json!({"tag": "a"}),
            json!({"tag": "a", "x": null, "y": null}),
        ),
        (
            json!({"tag": "b", "x": 1}),
            json!({"tag": "b", "x": 1, "y": null}),
        ),
        // A mistake within does not hide what it is.
        (
            json!({"tag": "b", "x": "no"}),
            json!({"tag": "b", "x": "no", "y": null}),
        ),
    ];
    check(&part, Dialect::OpenAi, &pairs);
    let untagged = |names: [&str; 2]| {
        json!({
            "type": "object", "required": [names[0]], "additionalProperties": false,
            "properties": {names[0]: {"type": "string", "minLength": 2}, names[1]: {"type": "null"}}
        })
    };
    let part = json!({"anyOf": [untagged(["a", "b"]), {"$ref": "#/$defs/O"}], "$defs": {"O": {
        "type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}
    }}});
    check(
        &part,
        Dialect::OpenAi,
        &[(json!({"a": "x"}), json!({"a": "x", "b": null}))],
    );
}

#[test]
fn a_map_with_numbers_for_keys_is_told_apart_as_well() {
    let numbered = json!({
        "type": "object", "patternProperties": {r"^\d+$": {"type": "integer"}},
        "additionalProperties": false, "x-maps": "entries"
    });
    let part = json!({
        "type": "object", "required": ["n", "u"],
        "properties": {
            "n": {"anyOf": [numbered, {"type": "null"}]},
            "u": {"anyOf": [numbered, {"type": "string"}]}
        }
    });
    let entries = json!([{"key": "1", "value": 2}]);
    let pairs = [
        (
            json!({"n": {"1": 2}, "u": {"1": 2}}),
            json!({"n": entries, "u": entries}),
        ),
        (json!({"n": null, "u": "x"}), json!({"n": null, "u": "x"})),
    ];
    check(&part, Dialect::OpenAi, &pairs);
    check(&part, Dialect::Anthropic, &pairs);
}

#[test]
fn values_within_themselves_are_followed() {
    let part = json!({"$ref": "#/$defs/N", "$defs": {"N": {
        "type": "object", "required": ["n"],
        "properties": {"n": {"type": "integer"}, "next": {"$ref": "#/$defs/N"}}
    }}});
    let pairs = [(
        json!({"n": 1, "next": {"n": 2}}),
        json!({"n": 1, "next": {"n": 2, "next": null}}),
    )];
    check(&part, Dialect::OpenAi, &pairs);
}

#[test]
fn a_wrapped_root_is_taken_out_again() {
    for dialect in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Plain] {
        let adapter = Wire::of_arguments(&json!({"type": "string"}), dialect).adapter;
        assert!(!adapter.is_identity());
        assert_eq!(adapter.to_wire(&json!("x")), json!({"input": "x"}));
        assert_eq!(adapter.to_canonical(json!({"input": "x"})), json!("x"));
        for other in [
            json!("x"),
            json!({"input": "x", "more": 1}),
            json!({"output": "x"}),
        ] {
            assert_eq!(adapter.to_canonical(other.clone()), other);
        }
    }
}

#[test]
fn what_changes_nothing_is_known_to_change_nothing() {
    let part = json!({
        "anyOf": [{"$ref": "#/$defs/N"}, {"type": "array", "items": {"$ref": "#/$defs/N"}}],
        "$defs": {"N": {
            "type": "object", "required": ["next"],
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/N"}, {"type": "null"}]}}
        }}
    });
    let wire = of_part(&part, Dialect::OpenAi);
    assert!(wire.strict && wire.adapter.is_identity());
    assert_eq!(wire.fingerprint, 0);
}
