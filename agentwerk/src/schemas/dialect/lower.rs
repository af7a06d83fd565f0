//! From a schema to one vendor's strict form, together with the shape of what is different.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;

use serde_json::{Value, json};

use super::adapter::{Alternative, Shape};
use super::describe::{describe, note};
use super::keywords::{Object, child, is_annotation, list};
use super::merge::{is_of_types, types};
use super::normalise::type_of;
use super::reasons::{self, Reason};
use super::refs::{Source, reference};
use super::rules::{Fate, MixedEnum, Recursion, Rules};

/// Definitions written out within each other, and alternatives within alternatives, at most.
const DEPTH_MAX: usize = 100;

/// One schema in its strict form, and how values differ.
pub(super) struct Lowered {
    pub(super) schema: Value,
    pub(super) shape: Shape,
}

/// The work on one document.
pub(super) struct Lowering<'a> {
    pub(super) source: &'a Source,
    pub(super) rules: &'static Rules,
    pub(super) reasons: Vec<Reason>,
    /// The definitions that are referred to.
    pub(super) definitions: HashMap<String, Lowered>,
    /// The definitions that are being worked on or written out.
    pub(super) open: Vec<String>,
    /// Those of them that are referred to since the last object or array.
    bare: Vec<String>,
    pub(super) written_out: usize,
}

impl<'a> Lowering<'a> {
    pub(super) fn new(source: &'a Source, rules: &'static Rules) -> Self {
        Self {
            source,
            rules,
            reasons: Vec::new(),
            definitions: HashMap::new(),
            open: Vec::new(),
            bare: Vec::new(),
            written_out: 0,
        }
    }

    /// The strict forms of the definitions in their order, and their shapes.
    pub(super) fn take_definitions(&mut self) -> (Object, HashMap<String, Shape>) {
        let mut schemas = Object::new();
        let mut shapes = HashMap::new();
        for name in self.source.definitions.keys() {
            if let Some(lowered) = self.definitions.remove(name) {
                schemas.insert(name.clone(), lowered.schema);
                shapes.insert(name.clone(), lowered.shape);
            }
        }
        (schemas, shapes)
    }

    pub(super) fn schema(&mut self, schema: &Value, path: &str) -> Lowered {
        let Some(object) = schema.as_object() else {
            return self.refuse(path, reasons::UNTYPED);
        };
        let level = self.open.len();
        let lowered = match self.joined(object, path) {
            None => self.refuse(path, reasons::JOINED),
            Some(_) if self.open.len() > DEPTH_MAX => self.refuse(path, reasons::WRITTEN_OUT),
            Some(object) if object.contains_key("$ref") => self.reference(&object, path),
            Some(object) if object.contains_key("anyOf") => self.choice(&object, path),
            Some(object) => self.typed(&object, path),
        };
        self.open.truncate(level);
        lowered
    }

    /// A schema within an object or an array.
    pub(super) fn part(&mut self, schema: &Value, path: &str) -> Lowered {
        let bare = mem::take(&mut self.bare);
        let lowered = self.schema(schema, path);
        self.bare = bare;
        lowered
    }

    pub(super) fn refuse(&mut self, path: &str, what: impl Into<Cow<'static, str>>) -> Lowered {
        let reason = Reason {
            path: path.to_owned(),
            what: what.into(),
        };
        if !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
        Lowered {
            schema: json!({}),
            shape: Shape::Same,
        }
    }

    fn reference(&mut self, schema: &Object, path: &str) -> Lowered {
        let source = self.source;
        let Some((name, body)) = source.resolve(schema) else {
            return self.refuse(path, reasons::REFERENCE);
        };
        if self.bare.iter().any(|bare| bare == name) {
            return self.refuse(path, reasons::REFERENCE);
        }
        if self.open.iter().any(|open| open == name) && self.rules.recursion == Recursion::Refused {
            return self.refuse(path, reasons::RECURSION);
        }
        if !self.definitions.contains_key(name) {
            self.definition(name, body);
        }
        let mut wire = reference(name);
        let (mut described, notes) = self.annotations(schema);
        if !described.is_empty() || !notes.is_empty() {
            described.insert("anyOf".to_owned(), json!([wire]));
            describe(&mut described, &notes);
            wire = described.into();
        }
        Lowered {
            schema: wire,
            shape: Shape::Definition(name.to_owned()),
        }
    }

    fn definition(&mut self, name: &str, body: &Value) {
        // Whatever refers to it from within finds it begun.
        let begun = Lowered {
            schema: Value::Null,
            shape: Shape::Same,
        };
        self.definitions.insert(name.to_owned(), begun);
        self.open.push(name.to_owned());
        self.bare.push(name.to_owned());
        let lowered = self.schema(body, &child("/$defs", name));
        self.bare.pop();
        self.open.pop();
        self.definitions.insert(name.to_owned(), lowered);
    }

    /// What stands beside a reference or alternatives and constrains nothing.
    fn annotations(&self, schema: &Object) -> (Object, Vec<String>) {
        let annotations = schema.iter().filter(|(keyword, _)| is_annotation(keyword));
        let annotations = annotations.map(|(keyword, value)| (keyword.clone(), value.clone()));
        self.treated(&annotations.collect())
    }

    /// The keywords that stay, and notes for those that do not.
    pub(super) fn treated(&self, schema: &Object) -> (Object, Vec<String>) {
        let mut kept = Object::new();
        let mut notes = Vec::new();
        for (keyword, value) in schema {
            let fate = match keyword.as_str() {
                "type" | "enum" | "description" => Fate::Keep,
                keyword => (self.rules.keyword)(keyword, schema),
            };
            match fate {
                Fate::Keep => drop(kept.insert(keyword.clone(), value.clone())),
                Fate::Describe => notes.push(note(keyword, value)),
                Fate::Drop => {}
            }
        }
        (kept, notes)
    }

    /// Alternatives; constraints beside them hold for each.
    fn choice(&mut self, schema: &Object, path: &str) -> Lowered {
        let is_beside = |keyword: &str| keyword != "anyOf" && !is_annotation(keyword);
        let mut beside = schema.clone();
        beside.retain(|keyword, _| is_beside(keyword));
        let place = child(path, "anyOf");
        let mut chosen = Vec::new();
        for (number, alternative) in list(schema, "anyOf").iter().enumerate() {
            let path = child(&place, &number.to_string());
            let level = self.open.len();
            let Some(canonical) = self.narrowed(alternative, &beside, &path) else {
                return self.refuse(&path, reasons::JOINED);
            };
            let lowered = self.schema(&canonical, &path);
            self.open.truncate(level);
            chosen.push(Alternative::new(canonical, lowered));
        }
        if Alternative::are_alike(&chosen, &self.definitions) {
            return self.refuse(path, reasons::ALIKE);
        }
        let (mut wire, notes) = self.annotations(schema);
        let schemas: Value = chosen.iter().map(Alternative::wire_schema).collect();
        wire.insert("anyOf".to_owned(), schemas);
        describe(&mut wire, &notes);
        Lowered {
            schema: wire.into(),
            shape: Shape::Choice(chosen),
        }
    }

    /// An alternative together with what stands beside all of them.
    fn narrowed(&mut self, alternative: &Value, beside: &Object, path: &str) -> Option<Value> {
        if beside.is_empty() {
            return Some(alternative.clone());
        }
        let joined = self.with(beside, alternative.as_object()?, path)?;
        Some(joined.into())
    }

    /// A schema that says by itself what it is.
    fn typed(&mut self, schema: &Object, path: &str) -> Lowered {
        let mut schema = schema.clone();
        let Some(kind) = implied_type(&schema) else {
            return self.refuse(path, reasons::UNTYPED);
        };
        schema.entry("type").or_insert(kind);
        let kinds = types(&schema["type"]);
        let is_object = kinds.contains(&"object");
        let is_array = kinds.contains(&"array");
        match (is_object, is_array) {
            (true, true) => self.refuse(path, reasons::TWO_STRUCTURES),
            _ if has_no_value(&schema) => self.refuse(path, reasons::NO_VALUE),
            _ if has_structured_values(&schema) => self.refuse(path, reasons::STRUCTURED_ENUM),
            (true, false) => self.object(&schema, path),
            (false, true) => self.array(&schema, path),
            (false, false) => {
                let (mut wire, notes) = self.treated(&schema);
                if kinds.len() > 1
                    && wire.contains_key("enum")
                    && self.rules.mixed_enum == MixedEnum::Untyped
                {
                    wire.shift_remove("type");
                }
                describe(&mut wire, &notes);
                Lowered {
                    schema: wire.into(),
                    shape: Shape::Same,
                }
            }
        }
    }

    fn array(&mut self, schema: &Object, path: &str) -> Lowered {
        if schema.contains_key("prefixItems") {
            return self.refuse(path, reasons::TUPLE);
        }
        let path = child(path, "items");
        let Some(items) = schema.get("items") else {
            return self.refuse(&path, reasons::UNTYPED);
        };
        let items = self.part(items, &path);
        let mut rest = schema.clone();
        rest.shift_remove("items");
        let (mut wire, notes) = self.treated(&rest);
        wire.insert("items".to_owned(), items.schema);
        describe(&mut wire, &notes);
        Lowered {
            schema: wire.into(),
            shape: Shape::List(Box::new(items.shape)),
        }
    }
}

/// The type, or the one that other keywords speak of.
fn implied_type(schema: &Object) -> Option<Value> {
    if let Some(kind) = schema.get("type") {
        return Some(kind.clone());
    }
    let values = schema.get("enum").and_then(Value::as_array);
    let mut kinds: Vec<_> = values.into_iter().flatten().map(type_of).collect();
    kinds.dedup();
    match kinds.as_slice() {
        [only] => Some((*only).into()),
        [] if schema.contains_key("properties") => Some("object".into()),
        [] if schema.contains_key("items") => Some("array".into()),
        [] => None,
        several => Some(several.to_vec().into()),
    }
}

/// Whether there is an `enum` whose values have none of the types.
fn has_no_value(schema: &Object) -> bool {
    let values = schema.get("enum").and_then(Value::as_array);
    let kinds = types(&schema["type"]);
    values.is_some_and(|values| !values.iter().any(|value| is_of_types(value, &kinds)))
}

fn has_structured_values(schema: &Object) -> bool {
    let values = schema.get("enum").and_then(Value::as_array);
    values.is_some_and(|values| {
        values
            .iter()
            .any(|each| each.is_object() || each.is_array())
    })
}
