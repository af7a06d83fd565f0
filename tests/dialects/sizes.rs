//! What the library counts of a strict form, and what the vendor server counts of it.

use agentwerk::__private::{Contender, Dialect, Wire, demoted};
use agentwerk::TicketResult;
use agentwerk_tests::vendor::{Format, strict_violations_together};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::law;
use crate::types::all;

/// So many of the same tool that each of its parts alone is too much.
const COPIES: usize = 25;
/// Levels, values and characters beside a form, at which one more is too much.
const LEVELS: usize = 10;
const VALUES: usize = 1_000;
const CHARACTERS: usize = 120_000;
const PROPERTIES: usize = 5_000;

/// What the vendor counts by a rule: the first number in its words, or what it received.
fn counted(violations: &[(&str, String)], rule: &str) -> usize {
    let text = violations.iter().find(|(name, _)| *name == rule);
    let text = text.map_or("0", |(_, text)| text.as_str());
    let text = text.rsplit("received ").next().unwrap();
    let digits = text.chars().skip_while(|c| !c.is_ascii_digit());
    let digits: String = digits.take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

fn check_anthropic(document: &Value) -> Result<(), TestCaseError> {
    let wire = Wire::of_arguments(document, Dialect::Anthropic);
    if !wire.strict {
        return Ok(());
    }
    let copies = vec![&wire.schema; COPIES];
    let violations = strict_violations_together(Format::Anthropic, &copies);
    for (rule, own) in [
        ("optional parameters", wire.size.optional),
        ("union parameters", wire.size.unions),
    ] {
        let counted = counted(&violations, rule);
        prop_assert_eq!(counted, own * COPIES, "{}: {}", rule, wire.schema);
    }
    Ok(())
}

/// A form with as much around and beside it as the vendor takes.
fn padded(schema: &Value, properties: usize) -> Value {
    let mut inner = schema.clone();
    let definitions = inner.as_object_mut().unwrap().shift_remove("$defs");
    let mut definitions: Map<_, _> =
        serde_json::from_value(definitions.unwrap_or_else(|| json!({}))).unwrap();
    let object = |properties: Value| json!({"type": "object", "properties": properties});
    let words: Vec<_> = (0..VALUES).map(|number| number.to_string()).collect();
    definitions.insert(
        "values".to_owned(),
        json!({"type": "string", "enum": words}),
    );
    let names: Map<_, _> = (0..properties)
        .map(|number| (number.to_string(), json!({})))
        .collect();
    definitions.insert("names".to_owned(), object(names.into()));
    definitions.insert("x".repeat(CHARACTERS), json!({}));
    let mut document = (0..LEVELS).fold(inner, |inner, _| object(json!({"a": inner})));
    document["$defs"] = definitions.into();
    document
}

fn check_openai(document: &Value, properties: usize) -> Result<(), TestCaseError> {
    let wire = Wire::of_arguments(document, Dialect::OpenAi);
    // A reference to the root is another one when there is something around it.
    if !wire.strict || wire.schema.to_string().contains(r##""#""##) {
        return Ok(());
    }
    let size = wire.size;
    let violations =
        |schema: &Value| strict_violations_together(Format::OpenAi, &[&padded(schema, properties)]);
    let (whole, alone) = (
        violations(&wire.schema),
        violations(&json!({"type": "string"})),
    );
    for (rule, own, pad) in [
        ("nesting", size.depth, LEVELS),
        ("enum count", size.enum_values, VALUES),
        ("characters", size.name_chars, CHARACTERS),
        ("property count", size.properties, PROPERTIES),
    ] {
        if own == 0 || pad == PROPERTIES && properties < pad {
            continue;
        }
        // Of the padding alone, the vendor says nothing where it is just not too much.
        let beside = counted(&alone, rule).max(pad);
        let counted = counted(&whole, rule);
        prop_assert_eq!(counted - beside, own, "{}: {}", rule, wire.schema);
    }
    Ok(())
}

#[test]
fn the_sizes_of_all_types_are_those_that_the_vendors_count() {
    for (number, case) in all().iter().enumerate() {
        // So many properties take their time.
        let properties = if number % 20 == 0 { PROPERTIES } else { 0 };
        let checked =
            check_anthropic(&case.schema).and_then(|()| check_openai(&case.schema, properties));
        assert!(checked.is_ok(), "{}: {checked:?}", case.name);
    }
}

proptest! {
    #![proptest_config(law::config())]

    #[test]
    fn the_sizes_of_all_schemas_are_those_that_the_vendors_count(document in law::document()) {
        check_anthropic(&document)?;
        check_openai(&document, 0)?;
    }
}

/// Six properties that may be null.
#[derive(Serialize, Deserialize, TicketResult)]
struct Details {
    a: Option<u32>,
    b: Option<u32>,
    c: Option<String>,
    d: Option<bool>,
    e: Option<u32>,
    f: Option<String>,
}

#[derive(Serialize, Deserialize, TicketResult)]
struct Thrice {
    x: Vec<Details>,
    y: Vec<Details>,
    z: Vec<Details>,
}

#[test]
fn a_type_that_is_used_often_does_not_get_the_whole_request_refused() {
    agentwerk::assert_strict!(Details);
    let schema = agentwerk::schemas::Schema::of::<Thrice>().unwrap().unwrap();
    let wire = Wire::of_arguments(schema.document(), Dialect::Anthropic);
    let refused = strict_violations_together(Format::Anthropic, &[&wire.schema]);
    assert_eq!(refused.len(), 1, "{refused:?}");
    let alone = Contender {
        size: wire.size,
        is_required: false,
    };
    let demoted = demoted(&[alone]).unwrap();
    assert!(
        demoted[&0].contains("18 places with a choice"),
        "{demoted:?}"
    );
}

#[test]
#[should_panic(expected = "- Anthropic: the strict tools have 18 places with a choice")]
fn a_result_with_a_type_that_is_used_often_is_not_strict() {
    agentwerk::assert_strict!(Thrice);
}
