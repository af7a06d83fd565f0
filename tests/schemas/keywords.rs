//! Keywords of Draft 2020-12 that earlier drafts do not have, or have in another sense.

use agentwerk::schemas::Schema;
use serde_json::{Value, json};

/// Holds values against a schema: those that fit, and those that do not.
fn check(schema: Value, good: &[Value], bad: &[Value]) {
    let schema = Schema::parse(schema).unwrap();
    for value in good {
        assert_eq!(schema.validate(value), Ok(()), "{value}");
    }
    for value in bad {
        assert!(schema.validate(value).is_err(), "{value}");
    }
}

#[test]
fn prefix_items_describe_a_tuple() {
    let schema = json!({
        "prefixItems": [{ "type": "string" }, { "type": "integer" }],
        "items": false
    });
    check(
        schema,
        &[json!(["a", 1]), json!(["a"])],
        &[json!([1, "a"]), json!(["a", 1, 2])],
    );
}

#[test]
fn unevaluated_properties_see_through_all_of() {
    let schema = json!({
        "allOf": [{ "properties": { "a": { "type": "integer" } } }],
        "properties": { "b": { "type": "integer" } },
        "unevaluatedProperties": false
    });
    check(
        schema,
        &[json!({ "a": 1, "b": 2 })],
        &[json!({ "a": 1, "c": 3 })],
    );
}

#[test]
fn unevaluated_items_see_through_all_of() {
    let schema = json!({
        "allOf": [{ "prefixItems": [{ "type": "string" }] }],
        "unevaluatedItems": false
    });
    check(schema, &[json!(["a"])], &[json!(["a", "b"])]);
}

#[test]
fn dependent_keywords_ask_for_more() {
    let schema = json!({
        "dependentRequired": { "card": ["address"] },
        "dependentSchemas": { "gift": { "required": ["note"] } }
    });
    check(
        schema,
        &[
            json!({}),
            json!({ "card": 1, "address": "x" }),
            json!({ "gift": 1, "note": "x" }),
        ],
        &[json!({ "card": 1 }), json!({ "gift": 1 })],
    );
}

#[test]
fn contains_is_counted() {
    let schema = json!({ "contains": { "const": 1 }, "minContains": 2, "maxContains": 3 });
    check(
        schema,
        &[json!([1, 1]), json!([1, 0, 1, 1])],
        &[json!([1]), json!([1, 1, 1, 1])],
    );
}

#[test]
fn conditions_choose_a_schema() {
    let schema = json!({
        "if": { "properties": { "kind": { "const": "book" } }, "required": ["kind"] },
        "then": { "required": ["pages"] },
        "else": { "required": ["length"] }
    });
    check(
        schema,
        &[
            json!({ "kind": "book", "pages": 1 }),
            json!({ "kind": "film", "length": 1 }),
        ],
        &[
            json!({ "kind": "book", "length": 1 }),
            json!({ "kind": "film" }),
        ],
    );
}

#[test]
fn keywords_beside_a_reference_count() {
    let schema = json!({
        "$defs": { "text": { "type": "string" } },
        "$ref": "#/$defs/text",
        "maxLength": 2
    });
    check(schema, &[json!("ab")], &[json!("abc"), json!(1)]);
}

#[test]
fn a_dynamic_reference_finds_the_outermost_anchor() {
    let schema = json!({
        "$dynamicAnchor": "node",
        "type": "object",
        "properties": { "children": { "items": { "$dynamicRef": "#node" } } },
        "additionalProperties": false
    });
    check(
        schema,
        &[json!({ "children": [{ "children": [] }] })],
        &[json!({ "children": [{ "child": [] }] })],
    );
}

#[test]
fn whole_floats_are_integers() {
    check(json!({ "type": "integer" }), &[json!(1.0)], &[json!(1.5)]);
}
