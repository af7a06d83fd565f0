//! Strict tools of Anthropic.
//!
//! Source: `platform.claude.com`, "Structured outputs", as summarised by the documentation of
//! lang_schema 0.7.1, and `lib/_parse/_transform.py` of anthropic-sdk-python; read 2026-11.

use serde_json::Value;

use super::keywords::Object;
use super::limits::Size;
use super::rules::{
    DescribedReference, Fate, MixedEnum, NUMERIC_LIMITS, Optional, Recursion, Rules, common,
};

/// Declared properties stay optional; the vendor's client drops whatever stands beside a `$ref`; an enum
/// beside a list of types is refused.
///
/// Source of the last: `BerriAI/litellm#37881`, read 2026-11.
pub(super) static ANTHROPIC: Rules = Rules {
    optional: Optional::Kept,
    described_reference: DescribedReference::WrittenOut,
    mixed_enum: MixedEnum::Untyped,
    recursion: Recursion::Refused,
    keyword,
    exceeded,
};

const FORMATS: [&str; 10] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "uri",
    "ipv4",
    "ipv6",
    "uuid",
];

fn keyword(keyword: &str, schema: &Object) -> Fate {
    match keyword {
        "minItems"
            if schema
                .get(keyword)
                .and_then(Value::as_u64)
                .is_some_and(|min| min <= 1) =>
        {
            Fate::Keep
        }
        _ if NUMERIC_LIMITS.contains(&keyword) && is_implied(keyword, schema) => Fate::Drop,
        _ => common(keyword, schema, &FORMATS),
    }
}

/// Whether a limit is that of the Rust type, which says nothing of the value.
fn is_implied(keyword: &str, schema: &Object) -> bool {
    let format = schema
        .get("format")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let is_unsigned = format.starts_with("uint");
    let limit = schema.get(keyword).and_then(Value::as_i64);
    match (keyword, format) {
        ("minimum", _) if is_unsigned => limit == Some(0),
        ("minimum", "int8") => limit == Some(i8::MIN.into()),
        ("minimum", "int16") => limit == Some(i16::MIN.into()),
        ("maximum", "int8") => limit == Some(i8::MAX.into()),
        ("maximum", "int16") => limit == Some(i16::MAX.into()),
        ("maximum", "uint8") => limit == Some(u8::MAX.into()),
        ("maximum", "uint16") => limit == Some(u16::MAX.into()),
        _ => false,
    }
}

/// The limits count all strict tools of a request; see [`super::limits::demoted`].
fn exceeded(_size: &Size) -> Vec<String> {
    Vec::new()
}
