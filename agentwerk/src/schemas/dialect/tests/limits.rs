//! How large forms are, and which tools do without.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::of_part;
use crate::schemas::dialect::{Contender, Dialect, Size, Wire, demoted};

fn nested(levels: usize) -> Value {
    (0..levels).fold(
        json!({"type": "string"}),
        |inner, _| json!({"type": "object", "properties": {"a": inner}, "required": ["a"]}),
    )
}

fn words(count: usize, length: usize) -> Value {
    let words: Vec<_> = (0..count)
        .map(|number| format!("{number:0length$}"))
        .collect();
    json!({"type": "string", "enum": words})
}

fn wide(count: usize, length: usize) -> Value {
    let names = (0..count).map(|number| format!("{number:0length$}"));
    let properties: Map<_, _> = names.map(|name| (name, json!({"type": "null"}))).collect();
    json!({"type": "object", "properties": properties})
}

#[test]
fn openai_takes_a_schema_up_to_its_limits() {
    for (fits, exceeds, what) in [
        (nested(9), nested(10), "11 levels of nesting"),
        (words(1_000, 15), words(1_001, 14), "1001 values in enums"),
        (
            words(251, 59),
            words(251, 60),
            "15060 characters in an enum",
        ),
        (wide(4_999, 24), wide(5_000, 23), "5001 properties"),
        (
            wide(1_999, 60),
            wide(2_000, 60),
            "120001 characters in names",
        ),
    ] {
        assert_eq!(of_part(&fits, Dialect::OpenAi).reasons, []);
        let reasons = of_part(&exceeds, Dialect::OpenAi).reasons;
        assert_eq!(reasons.len(), 1, "{what}: {reasons:?}");
        assert!(reasons[0].what.starts_with(what), "{reasons:?}");
    }
    let itself = json!({"type": "object", "properties": {"a": {"$ref": "#"}}});
    assert_eq!(Wire::of_arguments(&itself, Dialect::OpenAi).size.depth, 1);
}

#[test]
fn a_form_is_counted() {
    let part = json!({
        "type": "object", "required": ["a"],
        "properties": {"a": {"type": ["string", "null"]}, "b": {"anyOf": [{"type": "null"}, {"type": "string"}]}}
    });
    let size = of_part(&part, Dialect::Anthropic).size;
    let expected = Size {
        properties: 3,
        depth: 2,
        name_chars: 3,
        enum_values: 0,
        long_enum_chars: 0,
        optional: 1,
        unions: 2,
        bytes: size.bytes,
    };
    assert_eq!(size, expected);
}

#[test]
fn a_definition_counts_wherever_it_is_used() {
    let part = json!({
        "type": "object", "required": ["x", "y"],
        "properties": {
            "x": {"type": "array", "items": {"$ref": "#/$defs/D"}},
            "y": {"type": "array", "items": {"$ref": "#/$defs/D"}},
            "z": {"$ref": "#/$defs/D"}
        },
        "$defs": {
            "D": {
                "type": "object",
                "properties": {"a": {"type": ["string", "null"]}, "e": {"$ref": "#/$defs/E"}}
            },
            "E": {"type": "object", "properties": {"b": {"type": ["integer", "null"]}}}
        }
    });
    let size = of_part(&part, Dialect::Anthropic).size;
    assert_eq!((size.optional, size.unions), (1 + 3 * 3, 3 * 2));
    assert_eq!((size.properties, size.depth), (7, 5));
}

/// Definitions each of which has a property for each of the others.
fn circles(count: usize) -> Value {
    let name = |number: usize| format!("d{number}");
    let definitions: Map<_, _> = (0..count)
        .map(|own| {
            let others = (0..count).filter(|other| *other != own);
            let properties: Map<_, _> = others
                .map(|other| (name(other), json!({"$ref": format!("#/$defs/d{other}")})))
                .collect();
            (
                name(own),
                json!({"type": "object", "properties": properties}),
            )
        })
        .collect();
    json!({"$ref": "#/$defs/d0", "$defs": definitions})
}

#[test]
fn a_circle_is_as_deep_as_its_longest_way_once_around() {
    let depth = |part: &Value| of_part(part, Dialect::OpenAi).size.depth;
    assert_eq!(depth(&circles(1)), 2);
    assert_eq!(depth(&circles(5)), 6);
    let around = json!({
        "type": "object",
        "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"$ref": "#/$defs/B"}},
        "$defs": {
            "A": {"type": "object", "properties": {"b": {"$ref": "#/$defs/B"}}},
            "B": {"type": "array", "items": {
                "type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}
            }}
        }
    });
    assert_eq!(depth(&around), 5);
    // There are more ways around than anybody can follow.
    let reasons = of_part(&circles(40), Dialect::OpenAi).reasons;
    assert!(reasons[0].what.contains("levels of nesting"), "{reasons:?}");
}

#[test]
fn uses_that_cannot_be_counted_are_too_many() {
    let mut definitions = Map::new();
    for level in 0..90 {
        let next = json!({"$ref": format!("#/$defs/d{}", level + 1)});
        definitions.insert(
            format!("d{level}"),
            json!({"type": "object", "required": ["a"], "properties": {"a": next, "b": next}}),
        );
    }
    definitions.insert("d90".to_owned(), json!({"type": ["string", "null"]}));
    let size = of_part(
        &json!({"$ref": "#/$defs/d0", "$defs": definitions}),
        Dialect::Anthropic,
    )
    .size;
    assert_eq!((size.optional, size.unions), (usize::MAX, usize::MAX));
    let alone = Contender {
        size,
        is_required: false,
    };
    assert_eq!(places(&[alone, alone]), [0, 1]);
}

fn tool(optional: usize, unions: usize, bytes: usize) -> Contender {
    Contender {
        size: Size {
            optional,
            unions,
            bytes,
            ..Size::default()
        },
        is_required: false,
    }
}

fn required(tool: Contender) -> Contender {
    Contender {
        is_required: true,
        ..tool
    }
}

fn places(tools: &[Contender]) -> Vec<usize> {
    demoted(tools).unwrap().into_keys().collect()
}

#[test]
fn the_tools_of_one_request_share_the_limits_of_anthropic() {
    assert_eq!(demoted(&[tool(24, 16, 1)]), Ok(BTreeMap::new()));
    // The one that adds most goes first, of equals the largest, and of those the first.
    assert_eq!(places(&[tool(10, 0, 9), tool(15, 0, 1)]), [1]);
    assert_eq!(places(&[tool(13, 0, 1), tool(13, 0, 2)]), [1]);
    assert_eq!(places(&[tool(13, 0, 1), tool(13, 0, 1)]), [0]);
    assert_eq!(places(&[tool(0, 9, 1), tool(0, 8, 1), tool(0, 7, 1)]), [0]);
    assert_eq!(
        places(&[tool(25, 0, 1), tool(0, 17, 1), tool(1, 1, 1)]),
        [0, 1]
    );
    let mut many = vec![tool(0, 0, 1); 21];
    many[7].size.bytes = 2;
    assert_eq!(places(&many), [7]);
}

#[test]
fn a_tool_that_must_be_strict_is_the_last_to_go() {
    assert_eq!(places(&[required(tool(20, 0, 9)), tool(5, 0, 1)]), [1]);
    let over = demoted(&[
        tool(1, 0, 1),
        required(tool(12, 0, 1)),
        required(tool(13, 0, 1)),
    ]);
    let over = over.unwrap_err();
    assert_eq!(over.place, 2);
    assert!(
        over.what
            .starts_with("the strict tools have 25 properties that may be left out"),
        "{}",
        over.what
    );
}
