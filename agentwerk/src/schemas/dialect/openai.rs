//! Strict functions of OpenAI.
//!
//! Source: the page "Structured outputs", "Supported schemas", as captured by
//! `jsonschemaprofiles.unitvectorylabs.com/schemas/openai` (baseline 2026-02), and
//! `lib/_pydantic.py` of openai-python; read 2026-11.

use serde_json::Value;

use super::keywords::Object;
use super::limits::Size;
use super::rules::{
    DescribedReference, Fate, MixedEnum, NUMERIC_LIMITS, Optional, Recursion, Rules, common,
};

/// "All fields must be `required`": one that may be left out takes null as well.
pub(super) static OPENAI: Rules = Rules {
    optional: Optional::Nullable,
    described_reference: DescribedReference::InAnyOf,
    mixed_enum: MixedEnum::Typed,
    recursion: Recursion::Allowed,
    keyword,
    exceeded,
};

const FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];

fn keyword(keyword: &str, schema: &Object) -> Fate {
    match keyword {
        "minItems" | "maxItems" => Fate::Keep,
        _ if NUMERIC_LIMITS.contains(&keyword) => Fate::Keep,
        "pattern" if !looks_around(schema) => Fate::Keep,
        _ => common(keyword, schema, &FORMATS),
    }
}

/// Look-around is refused.
///
/// Source: `profiles/openai.py` of pydantic-ai, read 2026-11.
fn looks_around(schema: &Object) -> bool {
    let pattern = schema
        .get("pattern")
        .and_then(Value::as_str)
        .unwrap_or_default();
    ["(?=", "(?!", "(?<=", "(?<!"]
        .iter()
        .any(|look| pattern.contains(look))
}

/// The limits of one schema.
const PROPERTIES_MAX: usize = 5_000;
const DEPTH_MAX: usize = 10;
const NAME_CHARS_MAX: usize = 120_000;
const ENUM_VALUES_MAX: usize = 1_000;

fn exceeded(size: &Size) -> Vec<String> {
    let limits = [
        (size.properties, PROPERTIES_MAX, "properties"),
        (size.depth, DEPTH_MAX, "levels of nesting"),
        (
            size.name_chars,
            NAME_CHARS_MAX,
            "characters in names and enums",
        ),
        (size.enum_values, ENUM_VALUES_MAX, "values in enums"),
        (
            size.long_enum_chars,
            LONG_ENUM_CHARS_MAX,
            "characters in an enum of more than 250 values",
        ),
    ];
    let exceeded = limits.iter().filter(|(count, max, _)| count > max);
    exceeded
        .map(|(count, max, what)| {
            format!("{count} {what} are more than the {max} that OpenAI takes")
        })
        .collect()
}

const LONG_ENUM_CHARS_MAX: usize = 15_000;
