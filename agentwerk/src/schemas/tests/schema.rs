use std::borrow::Cow;

use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::schemas::{Schema, TicketResult, Violation, Violations};

/// A type whose document allows more than the type takes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
}

impl JsonSchema for Colour {
    fn schema_name() -> Cow<'static, str> {
        "Colour".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> schemars::Schema {
        json_schema!({ "type": "string" })
    }
}

impl TicketResult for Colour {
    fn check(&self) -> Result<(), Violations> {
        let violation = |_| Violation::new("", "x".repeat(10_000));
        Err((0..1_000).map(violation).collect())
    }
}

fn violations(value: &Value) -> Vec<Violation> {
    let schema = Schema::of::<Colour>().unwrap().unwrap();
    schema.validate(value).unwrap_err()
}

#[test]
fn what_a_type_says_of_a_value_is_limited() {
    let long = violations(&json!("purple".repeat(10_000)));
    assert_eq!(long.len(), 1);
    let own = violations(&json!("red"));
    assert_eq!(own.len(), 50);
    for violation in long.iter().chain(&own) {
        // The ellipsis has three bytes of its own.
        assert!(violation.message.len() <= 503, "{violation}");
    }
}

#[test]
fn a_schema_that_only_refers_to_itself_ends() {
    for document in [
        json!({"$ref": "#"}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"$dynamicAnchor": "n", "$dynamicRef": "#n"}),
        json!({"$ref": "#/$defs/a", "$defs": {
            "a": {"$ref": "#/$defs/b"},
            "b": {"$ref": "#/$defs/a"},
        }}),
    ] {
        let schema = Schema::parse(document).unwrap();
        assert!(schema.validate(&json!({"any": "thing"})).is_ok());
    }
}

#[test]
fn a_reference_out_of_the_document_is_refused() {
    for target in [
        "https://127.0.0.1:9/schema.json",
        "file:///etc/hostname",
        "other.json",
    ] {
        assert!(Schema::parse(json!({"$ref": target})).is_err(), "{target}");
    }
}
