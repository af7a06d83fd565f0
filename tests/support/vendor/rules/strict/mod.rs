//! Which schemas strict tools may have: one table per vendor.
//!
//! A strict tool whose schema leaves the subset fails the whole request, and only once it is sent;
//! here it fails a test. The tables share nothing with the library, which makes its schemas by
//! rules of its own: two readings of the same documents.
//!
//! Sources are the vendors' pages as stored copies have them, the vendors' own Python packages, and
//! error texts in public threads. Where they disagree or are silent, the stricter reading is taken,
//! and the rule's source says so. Not checked, because no formula for it is known: Anthropic's cap
//! on the size of the compiled grammar (anthropics/anthropic-sdk-python#1185).

mod anthropic;
mod anthropic_limits;
mod openai;
mod openai_limits;
mod pattern;
mod schema;

use serde_json::Value;

use super::super::format::Format;

pub(super) use anthropic::{
    PROPERTY_KEYS, is_property_name as is_anthropic_property_name, root as anthropic_root,
};
pub(super) use openai::root as openai_root;

/// One thing that a vendor checks in the schemas of strict tools.
#[derive(Debug)]
pub struct SchemaRule {
    /// A short name, unique within a format.
    pub name: &'static str,
    /// Where the rule is written down, or what was seen to enforce it.
    pub source: &'static str,
    check: Check,
}

/// What a rule looks at, and the vendor's words when it is broken.
#[derive(Debug)]
enum Check {
    /// One schema.
    Each(fn(&Value) -> Option<String>),
    /// The schemas of all strict tools of a request.
    Together(fn(&[&Value]) -> Option<String>),
}

/// The rules of a format, in the order in which they are checked. Two vendors take strict tools
/// without documented rules of their own.
pub(super) fn of(format: Format) -> &'static [&'static [SchemaRule]] {
    match format {
        Format::OpenAi => &[openai::RULES, openai_limits::RULES],
        Format::Anthropic => &[anthropic::RULES, anthropic_limits::RULES],
        Format::Mistral | Format::LiteLlm => &[],
    }
}

/// The rules that a strict tool's schema breaks: their names, and the vendor's words for the first
/// place of each.
pub fn strict_violations(format: Format, schema: &Value) -> Vec<(&'static str, String)> {
    strict_violations_together(format, &[schema])
}

/// The same for all strict tools of one request, whose sizes some rules add up.
pub fn strict_violations_together(
    format: Format,
    schemas: &[&Value],
) -> Vec<(&'static str, String)> {
    let broken = format.schema_rules().filter_map(|rule| {
        let text = match rule.check {
            Check::Each(check) => schemas.iter().find_map(|schema| check(schema)),
            Check::Together(check) => check(schemas),
        };
        Some((rule.name, text?))
    });
    broken.collect()
}

/// The first rule that strict tools break, as the vendor puts it; a tool is the vendor's words
/// before what is wrong with its schema, and the schema.
pub(super) fn refusal(format: Format, tools: &[(String, &Value)]) -> Option<String> {
    let schemas: Vec<_> = tools.iter().map(|(_, schema)| *schema).collect();
    format.schema_rules().find_map(|rule| match rule.check {
        Check::Each(check) => tools
            .iter()
            .find_map(|(place, schema)| Some(format!("{place}{}", check(schema)?))),
        Check::Together(check) => check(&schemas),
    })
}
