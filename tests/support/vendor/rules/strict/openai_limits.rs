//! How large `OpenAI` lets the schema of a strict function become.

use serde_json::Value;

use super::super::items;
use super::schema::{DEFINITIONS, allowed_values, nodes, uses};
use super::{Check, SchemaRule};

const LEVELS_MAX: usize = 10;
const PROPERTIES_MAX: usize = 5_000;
const CHARACTERS_MAX: usize = 120_000;
const ENUM_VALUES_MAX: usize = 1_000;

/// From so many values on, the characters of one enum are counted.
const SMALL_ENUM_MAX: usize = 250;
const ENUM_CHARACTERS_MAX: usize = 15_000;

pub(super) const RULES: &[SchemaRule] = &[
    SchemaRule {
        name: "nesting",
        source: "developers.openai.com/api/docs/guides/structured-outputs, nesting depth and size, \
                 read 2026-11; error text: tidyverse/ellmer#671, when the limit was 5. What a \
                 level is, is not said: here an object or an array, through references too, which \
                 fits the depths of public probes",
        check: Check::Each(levels),
    },
    SchemaRule {
        name: "property count",
        source: "the same section; that definitions count once is this server's reading",
        check: Check::Each(property_count),
    },
    SchemaRule {
        name: "characters",
        source: "the same page, total string size. The words of the error are not known",
        check: Check::Each(characters),
    },
    SchemaRule {
        name: "enum count",
        source: "the same page, enum size; error text: community.openai.com/t/974416, when the \
                 limit was 500",
        check: Check::Each(enum_count),
    },
    SchemaRule {
        name: "enum characters",
        source: "the same page, enum size, of a single enum of strings",
        check: Check::Each(enum_characters),
    },
];

fn levels(root: &Value) -> Option<String> {
    let levels = uses(root).iter().map(|used| used.level).max();
    let levels = levels.unwrap_or_default();
    (levels > LEVELS_MAX)
        .then(|| format!("{levels} levels of nesting exceeds limit of {LEVELS_MAX}."))
}

fn property_count(root: &Value) -> Option<String> {
    let count: usize = nodes(root)
        .iter()
        .map(|node| node.property_names().count())
        .sum();
    (count > PROPERTIES_MAX)
        .then(|| format!("{count} parameters exceeds limit of {PROPERTIES_MAX}."))
}

fn characters(root: &Value) -> Option<String> {
    let length = |text: &str| text.chars().count();
    let mut count = 0;
    for node in nodes(root) {
        let definitions = DEFINITIONS
            .iter()
            .filter_map(|name| node.schema[name].as_object());
        count += definitions
            .flat_map(|named| named.keys())
            .map(|name| length(name))
            .sum::<usize>();
        count += node.property_names().map(length).sum::<usize>();
        let values = allowed_values(node.schema).filter_map(Value::as_str);
        count += values.map(length).sum::<usize>();
    }
    (count > CHARACTERS_MAX).then(|| {
        format!("{count} characters of names and values exceeds limit of {CHARACTERS_MAX}.")
    })
}

fn enum_count(root: &Value) -> Option<String> {
    let count: usize = nodes(root)
        .iter()
        .map(|node| items(&node.schema["enum"]).len())
        .sum();
    (count > ENUM_VALUES_MAX).then(|| {
        format!(
            "Expected at most {ENUM_VALUES_MAX} enum values in total within a single schema when \
             using structured outputs, but received {count}."
        )
    })
}

fn enum_characters(root: &Value) -> Option<String> {
    nodes(root).iter().find_map(|node| {
        let values = items(&node.schema["enum"]);
        let texts = values.iter().filter_map(Value::as_str);
        let count: usize = texts.map(|text| text.chars().count()).sum();
        (values.len() > SMALL_ENUM_MAX && count > ENUM_CHARACTERS_MAX).then(|| {
            format!(
                "Expected at most {ENUM_CHARACTERS_MAX} total characters across enum values when \
                 there are more than {SMALL_ENUM_MAX} enum values, but received {count}."
            )
        })
    })
}
