//! What one vendor's strict form allows: the rules of which the vendors' files are the tables.

use serde_json::Value;

use super::keywords::Object;
use super::limits::Size;

/// One vendor's strict form.
#[derive(Debug)]
pub(super) struct Rules {
    /// What becomes of a property that may be left out.
    pub(super) optional: Optional,
    /// Where words beside a reference go.
    pub(super) described_reference: DescribedReference,
    /// What stands beside an enum with values of several types.
    pub(super) mixed_enum: MixedEnum,
    /// Whether a type may contain itself.
    pub(super) recursion: Recursion,
    /// What becomes of a keyword, given the schema that it stands in.
    pub(super) keyword: fn(&str, &Object) -> Fate,
    /// Which limits of one schema are exceeded.
    pub(super) exceeded: fn(&Size) -> Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Optional {
    /// It is required, and null stands for a value that was left out.
    Nullable,
    /// It may be left out.
    Kept,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DescribedReference {
    /// The reference becomes the one alternative of an `anyOf`.
    InAnyOf,
    /// The definition is written out.
    WrittenOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MixedEnum {
    /// The types.
    Typed,
    /// No type: it would have to be that of each value.
    Untyped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recursion {
    Allowed,
    Refused,
}

/// What becomes of a keyword. Whatever is not kept is still checked when the value is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Keep,
    /// It is told in the description.
    Describe,
    Drop,
}

/// Formats of numbers, which schemars writes for the types of Rust.
const NUMERIC_FORMATS: [&str; 16] = [
    "int", "int8", "int16", "int32", "int64", "int128", "uint", "uint8", "uint16", "uint32",
    "uint64", "uint128", "float", "double", "half", "decimal",
];

/// What becomes of keywords for which the vendors have the same rule.
///
/// Lengths, sets and conditions are in no vendor's list of what a strict form may have; the
/// description is where the vendors' own clients put them.
///
/// Source: `profiles/openai.py` of pydantic-ai, `lib/_parse/_transform.py` of anthropic-sdk-python,
/// read 2026-11.
pub(super) fn common(keyword: &str, schema: &Object, formats: &[&str]) -> Fate {
    match (keyword, schema.get(keyword)) {
        ("format", Some(Value::String(format))) if formats.contains(&format.as_str()) => Fate::Keep,
        ("format", Some(Value::String(format))) if NUMERIC_FORMATS.contains(&format.as_str()) => {
            Fate::Drop
        }
        // Every strict object is closed.
        ("unevaluatedProperties", Some(Value::Bool(_))) => Fate::Drop,
        ("default", Some(Value::Null)) => Fate::Drop,
        ("deprecated" | "readOnly" | "writeOnly", _) => Fate::Drop,
        _ => Fate::Describe,
    }
}

/// The limits of a number.
pub(super) const NUMERIC_LIMITS: [&str; 5] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];
