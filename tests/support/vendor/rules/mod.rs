//! What vendors check in a request before a model sees it: one table per format.
//!
//! A provider that breaks a rule fails here as it would at the vendor, and not first in production.

mod anthropic;
mod anthropic_tools;
mod chat;
mod common;
mod litellm;
mod mistral;
mod openai;
mod strict;

pub use strict::{SchemaRule, strict_violations, strict_violations_together};

use serde_json::Value;

use super::failure::Failure;
use super::format::{Format, Vendor};
use super::recorded::Recorded;

/// One thing that a vendor checks.
#[derive(Debug)]
pub struct Rule {
    /// A short name, unique within a format.
    pub name: &'static str,
    /// Where the rule is written down, or what was seen to enforce it.
    pub source: &'static str,
    check: fn(&Vendor, &Recorded) -> Check,
}

/// A request that broke a rule.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The name of the rule.
    pub rule: &'static str,
    pub(super) failure: Failure,
}

impl Refusal {
    /// The status that the client got.
    pub fn status(&self) -> u16 {
        self.failure.status
    }

    /// The words that the client got.
    pub fn message(&self) -> &str {
        &self.failure.message
    }
}

type Check = Result<(), Failure>;

/// The rules of a format, in the order in which they are checked.
pub(super) fn of(format: Format) -> &'static [&'static [Rule]] {
    match format {
        Format::Anthropic => &[common::RULES, anthropic::RULES, anthropic_tools::RULES],
        Format::OpenAi => &[common::RULES, chat::RULES, openai::RULES],
        Format::Mistral => &[common::RULES, mistral::RULES],
        Format::LiteLlm => &[common::RULES, chat::RULES, litellm::RULES],
    }
}

/// What a format checks in the schemas of strict tools, in the order in which it is checked.
pub(super) fn of_schemas(format: Format) -> &'static [&'static [SchemaRule]] {
    strict::of(format)
}

/// The first rule that a request breaks.
pub(super) fn check(vendor: &Vendor, request: &Recorded) -> Option<Refusal> {
    vendor.format.rules().find_map(|rule| {
        let failure = (rule.check)(vendor, request).err()?;
        Some(Refusal {
            rule: rule.name,
            failure,
        })
    })
}

/// A status 400 with the vendor's words.
fn bad(message: impl Into<String>) -> Failure {
    Failure {
        status: 400,
        message: message.into(),
        code: None,
    }
}

fn ensure(holds: bool, message: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(bad(message())) }
}

/// The items of a JSON array; none when it is no array.
fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The fields of an object that are not in a list of known ones.
fn unknown_field<'a>(object: &'a Value, known: &[&str]) -> Option<&'a str> {
    let mut fields = object.as_object()?.keys();
    fields
        .find(|field| !known.contains(&field.as_str()))
        .map(String::as_str)
}

/// Whether a tool's name is one that all vendors take.
fn is_tool_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=64).contains(&name.len()) && name.chars().all(allowed)
}

/// The ids of the calls in an assistant message of a chat format.
fn call_ids(message: &Value) -> Vec<&str> {
    let calls = items(&message["tool_calls"]).iter();
    calls.filter_map(|call| call["id"].as_str()).collect()
}
