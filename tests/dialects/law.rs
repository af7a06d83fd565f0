//! The law: whatever a model may write is read or found wrong, and every valid value has a form in
//! which a model could have written it.
//!
//! Exactly: for a value `v` that is valid by declared properties alone (see [`declared_alone`]),
//! `to_wire(v)` is valid
//! for the wire schema, `to_canonical(to_wire(v))` is `v` but for nulls that stand where `v` has
//! nothing, and it is valid as well. Without a property that may be both left out and null, it is `v`.

use agentwerk::__private::{Contender, Dialect, Wire, demoted};
use agentwerk::schemas::Schema;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

use crate::rules::broken;
use crate::samples::Samples;

/// The environment variable with a number of cases.
const CASES: &str = "LAW_CASES";

/// Values of each schema.
const SAMPLES: u64 = 6;

/// Whether two values are the same, but for nulls of the second where the first has no property.
pub(crate) fn is_same(value: &Value, back: &Value) -> bool {
    match (value, back) {
        (Value::Object(value), Value::Object(back)) => {
            value
                .iter()
                .all(|(name, part)| back.get(name).is_some_and(|other| is_same(part, other)))
                && back
                    .iter()
                    .all(|(name, part)| part.is_null() || value.contains_key(name))
        }
        (Value::Array(value), Value::Array(back)) => {
            value.len() == back.len()
                && value
                    .iter()
                    .zip(back)
                    .all(|(one, other)| is_same(one, other))
        }
        _ => value == back,
    }
}

/// A map whose keys are numbers, as schemars writes it.
fn numbered(values: &Value) -> Value {
    json!({
        "type": "object", "patternProperties": {r"^\d+$": values}, "additionalProperties": false
    })
}

fn entries(mut map: Value) -> Value {
    map["x-maps"] = json!("entries");
    map
}

fn leaf() -> impl Strategy<Value = Value> {
    let annotated = (
        prop::sample::select(vec![
            json!({"type": "string"}),
            json!({"type": "string", "minLength": 1, "maxLength": 3}),
            json!({"type": "string", "format": "date"}),
            json!({"type": "string", "format": "uri"}),
            json!({"type": "string", "pattern": "^[a-c]+-[0-9]$"}),
            json!({"type": "string", "enum": ["a", "b"]}),
            json!({"const": "only"}),
            json!({"const": 3}),
            json!({"type": "integer"}),
            json!({"type": "integer", "format": "uint8", "minimum": 0, "maximum": 255}),
            json!({"type": "integer", "minimum": 2, "maximum": 5}),
            json!({"type": "number", "format": "double"}),
            json!({"type": "boolean"}),
            json!({"type": "null"}),
            json!({"type": ["string", "null"]}),
            json!({"type": ["integer", "null"], "enum": [1, 2, null]}),
            numbered(&json!({"type": "string", "maxLength": 2})),
            entries(numbered(&json!({"type": "integer"}))),
            entries(numbered(&json!({"$ref": "#/$defs/A"}))),
            json!({"$ref": "#/$defs/A"}),
            json!({"$ref": "#/$defs/B"}),
            json!({"oneOf": [
                {"const": "x", "description": "The x."},
                {"type": "string", "enum": ["y", "z"]}
            ]}),
        ]),
        prop::option::of(prop::sample::select(vec![
            "description",
            "title",
            "x-other",
            "examples",
        ])),
    );
    annotated.prop_map(|(mut schema, annotation)| {
        match annotation {
            Some("examples") => schema["examples"] = json!(["example"]),
            Some(keyword) => schema[keyword] = json!("Words."),
            None => {}
        }
        schema
    })
}

fn properties(
    part: BoxedStrategy<Value>,
) -> impl Strategy<Value = (Map<String, Value>, Vec<String>)> {
    let names = ["type", "a", "b", "title"];
    prop::collection::vec((part, any::<bool>()), 0..=names.len()).prop_map(move |parts| {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for (name, (schema, is_required)) in names.iter().zip(parts) {
            properties.insert((*name).to_owned(), schema);
            if is_required {
                required.push((*name).to_owned());
            }
        }
        (properties, required)
    })
}

fn object(part: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    (properties(part), any::<bool>(), any::<bool>()).prop_map(
        |((properties, required), is_closed, is_nullable)| {
            let mut schema =
                json!({"type": "object", "properties": properties, "required": required});
            if is_closed {
                schema["additionalProperties"] = json!(false);
            }
            if is_nullable {
                schema["type"] = json!(["object", "null"]);
            }
            schema
        },
    )
}

/// Alternatives that a tag tells apart.
fn tagged(part: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec(object(part), 1..4).prop_map(|alternatives| {
        let alternatives = alternatives
            .into_iter()
            .enumerate()
            .map(|(number, mut schema)| {
                schema["type"] = json!("object");
                schema["properties"]["tag"] =
                    json!({"type": "string", "const": format!("t{number}")});
                schema["required"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!("tag"));
                schema
            });
        json!({"oneOf": alternatives.collect::<Vec<_>>()})
    })
}

fn schema() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |part| {
        let part = part.boxed();
        prop_oneof![
            4 => object(part.clone()),
            1 => tagged(part.clone()),
            1 => prop::collection::vec(part.clone(), 1..4).prop_map(|any| json!({"anyOf": any})),
            1 => part.clone().prop_map(|items| json!({"type": "array", "items": items, "maxItems": 3})),
            1 => part.clone().prop_map(|values| {
                json!({"type": "object", "additionalProperties": values, "x-maps": "entries"})
            }),
            1 => part.clone().prop_map(|all| json!({"allOf": [all], "description": "Joined."})),
            1 => properties(part.clone()).prop_map(|(properties, required)| {
                json!({"properties": properties, "required": required, "$ref": "#/$defs/A"})
            }),
            1 => (properties(part.clone()), tagged(part)).prop_map(|((properties, required), tagged)| {
                json!({
                    "type": "object", "properties": properties, "required": required,
                    "oneOf": tagged["oneOf"]
                })
            }),
        ]
    })
}

/// A document with definitions, one of which may contain both.
pub(crate) fn document() -> impl Strategy<Value = Value> {
    (schema(), object(leaf().boxed()), schema()).prop_map(|(mut root, a, b)| {
        root["$defs"] = json!({"A": a, "B": b});
        root
    })
}

/// Whether a property may be left out and be null, or alternatives are told apart by nothing.
fn is_ambiguous(schema: &Value) -> bool {
    let text = schema.to_string();
    text.contains("null") || text.contains("anyOf")
}

/// The document with nothing but declared properties, in each alternative of a choice by itself.
///
/// An open object takes any property, so that a value with a property of one alternative may be
/// valid through another that does not declare it. The strict form has it in the first one only,
/// where the rest of the value may be wrong: of such a value the law says nothing.
fn declared_alone(document: &Value) -> Value {
    closed(document, true)
}

/// A schema that is closed in its parts, and by itself unless others speak of the same value.
fn closed(schema: &Value, is_alone: bool) -> Value {
    let mut schema = schema.clone();
    let has_properties = schema.get("properties").is_some();
    let Some(object) = schema.as_object_mut() else {
        return schema;
    };
    for (keyword, parts) in object.iter_mut() {
        // Beside properties, alternatives are told apart by their tags.
        let is_alone = match keyword.as_str() {
            "properties" | "patternProperties" | "items" | "additionalProperties" => true,
            "anyOf" | "oneOf" => !has_properties,
            "allOf" | "$defs" => false,
            _ => continue,
        };
        match parts {
            Value::Object(named)
                if !matches!(keyword.as_str(), "items" | "additionalProperties") =>
            {
                for part in named.values_mut() {
                    *part = closed(part, is_alone);
                }
            }
            Value::Array(list) => {
                for part in list {
                    *part = closed(part, is_alone);
                }
            }
            single => *single = closed(single, is_alone),
        }
    }
    if is_alone {
        object.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    schema
}

/// Whether a strict form is too large for a request to Anthropic and is not sent.
fn is_demoted(wire: &Wire, dialect: Dialect) -> bool {
    let alone = Contender {
        size: wire.size,
        is_required: false,
    };
    wire.strict && dialect == Dialect::Anthropic && !demoted(&[alone]).unwrap().is_empty()
}

/// Whether null may stand for what is left out, and whether it came back as such, is the schema's.
fn check_own_values(document: &Value, dialect: Dialect, seed: u64) -> Result<(), TestCaseError> {
    let wire = Wire::of_arguments(document, dialect);
    let schema = Schema::parse(document.clone()).unwrap();
    let declared = Schema::parse(declared_alone(document)).unwrap();
    let sent = Schema::parse(wire.schema.clone()).unwrap();
    if !is_demoted(&wire, dialect) {
        let kept = if wire.strict { dialect } else { Dialect::Plain };
        prop_assert_eq!(broken(kept, &wire.schema), Vec::<String>::new());
    }
    for number in 0..SAMPLES {
        let value = Samples::new(document, seed.wrapping_add(number)).sample();
        let written = wire.adapter.to_wire(&value);
        let back = wire.adapter.to_canonical(written.clone());
        if declared.validate(&value).is_err() {
            // Only a null may be lost that should not have been there.
            prop_assert_eq!(scalars(&value), scalars(&back));
            continue;
        }
        prop_assert!(is_same(&value, &back), "{value}\n{written}\n{back}");
        if !is_ambiguous(document) {
            prop_assert_eq!(&value, &back);
        }
        let is_sent = sent.validate(&written);
        prop_assert!(is_sent.is_ok(), "{value}\n{written}\n{}", wire.schema);
        prop_assert!(schema.validate(&back).is_ok(), "{value}\n{written}\n{back}");
    }
    Ok(())
}

/// Every value without parts, but for null, in a fixed order.
fn scalars(value: &Value) -> Vec<String> {
    let mut found = match value {
        Value::Object(object) => object.values().flat_map(scalars).collect(),
        Value::Array(list) => list.iter().flat_map(scalars).collect(),
        Value::Null => Vec::new(),
        scalar => vec![scalar.to_string()],
    };
    found.sort();
    found
}

fn check_written(document: &Value, dialect: Dialect, seed: u64) -> Result<(), TestCaseError> {
    let wire = Wire::of_arguments(document, dialect);
    let schema = Schema::parse(document.clone()).unwrap();
    for number in 0..SAMPLES {
        let written = Samples::new(&wire.schema, seed.wrapping_add(number)).sample();
        let value = wire.adapter.to_canonical(written.clone());
        // Valid, or the model is told: never a panic, and nothing is lost on the way. What was the
        // key of an entry is a name now.
        drop(schema.validate(&value));
        let before = scalars(&written);
        let after = scalars(&value);
        if document.to_string().contains("x-maps") {
            prop_assert!(
                after.iter().all(|scalar| before.contains(scalar)),
                "{written}\n{value}"
            );
        } else {
            prop_assert_eq!(&before, &after, "{}\n{}", written, value);
            prop_assert_eq!(&before, &scalars(&wire.adapter.to_wire(&value)));
        }
    }
    Ok(())
}

/// The same cases each time; or as many others as `LAW_CASES` says.
pub(crate) fn config() -> ProptestConfig {
    let gate = ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(0),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let cases = std::env::var(CASES).ok();
    match cases.and_then(|cases| cases.parse().ok()) {
        Some(cases) => ProptestConfig {
            cases,
            rng_seed: RngSeed::Random,
            ..gate
        },
        None => gate,
    }
}

/// A choice in which one alternative takes what another one declares.
#[test]
fn of_a_value_that_is_valid_through_an_open_alternative_the_law_says_nothing() {
    let document = json!({"type": "object", "required": ["p"], "properties": {"p": {"anyOf": [
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a", "b"]},
        {"type": "object"}
    ]}}});
    let declared = Schema::parse(declared_alone(&document)).unwrap();
    let schema = Schema::parse(document).unwrap();
    let value = json!({"p": {"a": 1}});
    assert!(schema.validate(&value).is_ok() && declared.validate(&value).is_err());
    assert!(declared.validate(&json!({"p": {}})).is_ok());
}

/// Of an enum beside alternatives, each side once knew other values.
#[test]
fn a_value_that_is_wrong_in_a_joined_enum_comes_back_as_it_was() {
    let document = json!({
        "type": "object",
        "properties": {"type": {"type": "integer"}},
        "oneOf": [{
            "type": "object",
            "properties": {
                "type": {"type": ["integer", "null"], "enum": [1, 2, null]},
                "b": entries(json!({
                    "type": "object", "additionalProperties": {"type": "string"}
                })),
                "tag": {"type": "string", "const": "t0"}
            },
            "required": ["type", "tag"]
        }]
    });
    for dialect in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Plain] {
        let adapter = Wire::of_arguments(&document, dialect).adapter;
        let value = json!({"type": null, "b": {"k": "x"}, "tag": "t0"});
        assert_eq!(adapter.to_canonical(adapter.to_wire(&value)), value);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_valid_value_can_be_written_and_comes_back(document in document(), seed in any::<u64>()) {
        for dialect in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Plain] {
            check_own_values(&document, dialect, seed)?;
        }
    }

    #[test]
    fn nothing_that_is_written_is_lost(document in document(), seed in any::<u64>()) {
        for dialect in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Plain] {
            check_written(&document, dialect, seed)?;
        }
    }
}
