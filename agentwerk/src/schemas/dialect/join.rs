//! Schemas that must hold together, as one: `allOf`, and constraints beside a reference.

use serde_json::Value;

use super::keywords::{Object, is_annotation};
use super::lower::Lowering;
use super::merge::merge;
use super::reasons;
use super::rules::DescribedReference;

/// Definitions that are written out, at most.
const WRITTEN_OUT_MAX: usize = 1_000;

impl Lowering<'_> {
    /// The schema without `allOf`, and without constraints beside a reference: what must hold
    /// together is one schema.
    ///
    /// Source: `profiles/openai.py` of pydantic-ai, `_pydantic.py` of openai-python, read 2026-11.
    pub(super) fn joined(&mut self, schema: &Object, path: &str) -> Option<Object> {
        let mut joined = schema.clone();
        loop {
            if let Some(Value::Array(all)) = joined.shift_remove("allOf") {
                for each in &all {
                    joined = self.with(&joined, each.as_object()?, path)?;
                }
            } else if self.is_written_out(&joined) {
                joined = self.followed(&joined, path)?;
            } else {
                return Some(joined);
            }
        }
    }

    /// One schema and another that must hold as well.
    pub(super) fn with(&mut self, schema: &Object, other: &Object, path: &str) -> Option<Object> {
        if schema.keys().all(|keyword| is_annotation(keyword)) {
            return merge(schema, other);
        }
        let schema = self.without_reference(schema, path)?;
        let other = self.without_reference(other, path)?;
        merge(&schema, &other)
    }

    fn without_reference(&mut self, schema: &Object, path: &str) -> Option<Object> {
        let mut schema = self.joined(schema, path)?;
        while schema.contains_key("$ref") {
            let followed = self.followed(&schema, path)?;
            schema = self.joined(&followed, path)?;
        }
        Some(schema)
    }

    /// The schema and what it refers to, as one.
    fn followed(&mut self, schema: &Object, path: &str) -> Option<Object> {
        let mut rest = schema.clone();
        rest.shift_remove("$ref");
        let body = self.write_out(schema, path)?;
        merge(&rest, &body)
    }

    /// Whether a reference cannot stay one.
    fn is_written_out(&self, schema: &Object) -> bool {
        let mut beside = schema.keys().filter(|keyword| *keyword != "$ref");
        schema.contains_key("$ref")
            && match self.rules.described_reference {
                DescribedReference::InAnyOf => !beside.all(|keyword| is_annotation(keyword)),
                DescribedReference::WrittenOut => beside.next().is_some(),
            }
    }

    /// The definition that a schema refers to. It counts as open until the schema is done.
    fn write_out(&mut self, schema: &Object, path: &str) -> Option<Object> {
        self.written_out += 1;
        let Some((name, body)) = self.source.resolve(schema) else {
            self.refuse(path, reasons::REFERENCE);
            return Some(Object::new());
        };
        if self.written_out > WRITTEN_OUT_MAX || self.open.iter().any(|open| open == name) {
            let is_too_large = self.written_out > WRITTEN_OUT_MAX;
            self.refuse(
                path,
                if is_too_large {
                    reasons::WRITTEN_OUT
                } else {
                    reasons::RECURSION
                },
            );
            return Some(Object::new());
        }
        self.open.push(name.to_owned());
        body.as_object().cloned()
    }
}
