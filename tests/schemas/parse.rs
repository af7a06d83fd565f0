//! What is a schema, and what is told of a document that is none.

use agentwerk::schemas::Schema;
use serde_json::{Value, json};

fn error(document: Value) -> String {
    Schema::parse(document).unwrap_err().to_string()
}

#[test]
fn objects_and_booleans_are_schemas() {
    for document in [
        json!({}),
        json!(true),
        json!(false),
        json!({ "type": "object" }),
    ] {
        let schema = Schema::parse(document.clone()).unwrap();
        assert_eq!(schema.document(), &document);
    }
    for document in [json!(null), json!("object"), json!([])] {
        assert!(Schema::parse(document).is_err());
    }
}

#[test]
fn the_error_names_the_place() {
    let document = json!({
        "type": "object",
        "properties": { "a": { "type": "array", "items": { "type": "strnig" } } }
    });
    let text = error(document);
    assert!(text.contains("`/properties/a/items/type`"), "{text}");
    let text = error(json!({ "properties": { "a": { "minimum": "one" } } }));
    assert!(text.contains("`/properties/a/minimum`"), "{text}");
    assert!(text.contains("one"), "{text}");
}

#[test]
fn a_broken_pattern_is_an_error_that_names_the_place() {
    let text = error(json!({ "properties": { "a": { "pattern": "[a-" } } }));
    assert!(text.contains("`/properties/a/pattern`"), "{text}");
}

#[test]
fn a_reference_out_of_the_document_is_refused() {
    let references = [
        "https://example.com/schema.json",
        "http://127.0.0.1:9/schema.json#/$defs/a",
        "file:///etc/passwd",
        "other.json",
        "//example.com/schema.json",
    ];
    for reference in references {
        let text = error(json!({ "properties": { "a": { "$ref": reference } } }));
        assert!(text.starts_with("parse schema"), "{text}");
        let text = error(json!({ "properties": { "a": { "$dynamicRef": reference } } }));
        assert!(text.starts_with("parse schema"), "{text}");
    }
}

#[test]
fn another_meta_schema_is_neither_fetched_nor_followed() {
    for meta in [
        "https://example.com/own",
        "http://json-schema.org/draft-04/schema#",
    ] {
        // In Draft 4, `exclusiveMinimum` is a boolean.
        let document = json!({ "$schema": meta, "exclusiveMinimum": 3 });
        let schema = Schema::parse(document).unwrap();
        assert!(schema.validate(&json!(3)).is_err());
        assert!(schema.validate(&json!(4)).is_ok());
    }
}

#[test]
fn a_reference_to_nothing_is_refused() {
    assert!(Schema::parse(json!({ "$ref": "#/$defs/missing" })).is_err());
    assert!(Schema::parse(json!({ "$ref": "#missing" })).is_err());
}

#[test]
fn references_within_the_document_are_followed() {
    let schema = Schema::parse(json!({
        "type": "object",
        "properties": {
            "pointer": { "$ref": "#/$defs/count" },
            "anchor": { "$ref": "#count" },
            "whole": { "$ref": "#" }
        },
        "additionalProperties": false,
        "$defs": { "count": { "$anchor": "count", "type": "integer" } }
    }))
    .unwrap();
    let good = json!({ "pointer": 1, "anchor": 2, "whole": { "pointer": 3 } });
    assert_eq!(schema.validate(&good), Ok(()));
    let bad = json!({ "pointer": "1", "anchor": "2", "whole": { "pointer": "3" } });
    let mut pointers: Vec<_> = schema
        .validate(&bad)
        .unwrap_err()
        .into_iter()
        .map(|violation| violation.pointer)
        .collect();
    pointers.sort();
    assert_eq!(pointers, ["/anchor", "/pointer", "/whole/pointer"]);
}

#[test]
fn a_schema_is_stored_as_its_document() {
    let document = json!({ "type": "string", "format": "email" });
    let schema = Schema::parse(document.clone()).unwrap();
    let stored = serde_json::to_value(&schema).unwrap();
    assert_eq!(stored, document);
    let read: Schema = serde_json::from_value(stored).unwrap();
    assert_eq!(read, schema);
    assert!(read.validate(&json!("nobody")).is_err());
    let broken = serde_json::from_value::<Schema>(json!({ "type": "strnig" }));
    assert!(broken.unwrap_err().to_string().contains("/type"));
}

#[test]
fn a_long_error_is_shortened() {
    let text = error(json!({ "type": "x".repeat(10_000) }));
    assert!(text.chars().count() < 600, "{}", text.len());
}

#[test]
fn text_and_json_need_no_schema() {
    assert_eq!(Schema::of::<String>().unwrap(), None);
    assert_eq!(Schema::of::<Value>().unwrap(), None);
    assert!(Schema::of::<Vec<String>>().unwrap().is_some());
    assert!(Schema::of::<Option<u8>>().unwrap().is_some());
}
