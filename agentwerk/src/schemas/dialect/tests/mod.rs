mod adapter;
mod limits;
mod plain;
mod refused;
mod strict;

use serde_json::{Value, json};

use super::{Dialect, Wire};

/// The schema as the one required property `p` of arguments.
fn of_part(part: &Value, dialect: Dialect) -> Wire {
    let mut schema = json!({"type": "object", "properties": {"p": part}, "required": ["p"]});
    if let Some(definitions) = part.get("$defs") {
        schema["$defs"] = definitions.clone();
        schema["properties"]["p"]
            .as_object_mut()
            .unwrap()
            .remove("$defs");
    }
    Wire::of_arguments(&schema, dialect)
}

/// What is sent of a part.
fn sent(part: &Value, dialect: Dialect) -> Value {
    let wire = of_part(part, dialect);
    assert!(
        wire.strict || dialect == Dialect::Plain,
        "{part}: {:?}",
        wire.reasons
    );
    wire.schema["properties"]["p"].clone()
}

/// Checks a table of schemas and what the dialect makes of them.
fn check<const N: usize>(dialect: Dialect, table: [(Value, Value); N]) {
    for (part, expected) in table {
        assert_eq!(sent(&part, dialect), expected, "{part}");
    }
}
