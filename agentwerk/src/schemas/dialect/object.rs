//! Objects with known properties, and maps.

use serde_json::{Value, json};

use super::adapter::{Absence, Field, Shape};
use super::describe::describe;
use super::keywords::{Object, child, properties, required};
use super::lower::{Lowered, Lowering};
use super::merge::types;
use super::normalise::MAPS;
use super::nullable::{accepts_null, nullable};
use super::reasons;
use super::rules::Optional;

/// Keywords of an object that are written anew.
const OF_OBJECTS: [&str; 5] = [
    MAPS,
    "patternProperties",
    "additionalProperties",
    "properties",
    "required",
];

impl Lowering<'_> {
    pub(super) fn object(&mut self, schema: &Object, path: &str) -> Lowered {
        let has_properties = properties(schema).next().is_some();
        match (map_values(schema), has_properties) {
            (Some((values, place)), false) => self.map(schema, &values, &child(path, place), path),
            (Some(_), true) => self.refuse(path, reasons::FLATTENED_MAP),
            (None, _) => self.fields(schema, path),
        }
    }

    /// A map as a list of entries: the only form in which names are free.
    fn map(&mut self, schema: &Object, values: &Value, place: &str, path: &str) -> Lowered {
        if schema.get(MAPS) != Some(&json!("entries")) {
            return self.refuse(path, reasons::MAP);
        }
        let values = self.part(values, place);
        let is_nullable = types(&schema["type"]).contains(&"null");
        let kind = if is_nullable {
            json!(["array", "null"])
        } else {
            json!("array")
        };
        let entry = json!({
            "type": "object",
            "properties": { "key": { "type": "string" }, "value": values.schema },
            "required": ["key", "value"],
            "additionalProperties": false
        });
        let schema = self.beside(schema, [("type", kind), ("items", entry)]);
        Lowered {
            schema,
            shape: Shape::Entries(Box::new(values.shape)),
        }
    }

    fn fields(&mut self, schema: &Object, path: &str) -> Lowered {
        let place = child(path, "properties");
        let required = required(schema);
        let is_described = |name: &&str| properties(schema).any(|(known, _)| known == name);
        for name in required.iter().filter(|name| !is_described(name)) {
            self.refuse(&child(&place, name), reasons::UNDESCRIBED);
        }
        let mut sent = Object::new();
        let mut fields = Vec::new();
        for (name, property) in properties(schema) {
            let path = child(&place, name);
            if !is_name(name) {
                self.refuse(&path, reasons::NAME);
            }
            let (lowered, absence) = self.field(property, required.contains(&name.as_str()), &path);
            sent.insert(name.clone(), lowered.schema);
            fields.push(Field {
                name: name.clone(),
                shape: lowered.shape,
                absence,
            });
        }
        let is_sent = |field: &&Field| {
            field.absence != Absence::Absent || required.contains(&field.name.as_str())
        };
        let required: Value = fields
            .iter()
            .filter(is_sent)
            .map(|field| field.name.as_str())
            .collect();
        let schema = self.beside(
            schema,
            [
                ("properties", sent.into()),
                ("required", required),
                ("additionalProperties", false.into()),
            ],
        );
        Lowered {
            schema,
            shape: Shape::Object(fields),
        }
    }

    /// What is left of an object's keywords, together with new ones.
    fn beside<const N: usize>(&self, schema: &Object, new: [(&str, Value); N]) -> Value {
        let mut rest = schema.clone();
        rest.retain(|keyword, _| !OF_OBJECTS.contains(&keyword.as_str()));
        let (mut wire, mut notes) = self.treated(&rest);
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let patterns = patterns.into_iter().flat_map(Object::keys);
        notes.extend(patterns.map(|pattern| format!("pattern of the keys: {pattern}")));
        wire.extend(new.map(|(keyword, value)| (keyword.to_owned(), value)));
        describe(&mut wire, &notes);
        wire.into()
    }

    /// One property, and what stands for it when it is left out.
    fn field(&mut self, property: &Value, is_required: bool, path: &str) -> (Lowered, Absence) {
        let mut lowered = self.part(property, path);
        if is_required || self.rules.optional == Optional::Kept {
            return (lowered, Absence::Absent);
        }
        if accepts_null(self.source, property) {
            // Of null, the type makes nothing but null: its default would be out of reach.
            if property
                .get("default")
                .is_some_and(|default| !default.is_null())
            {
                self.refuse(path, reasons::NULL_AND_DEFAULT);
            }
            return (lowered, Absence::Null);
        }
        lowered.schema = nullable(lowered.schema);
        (lowered, Absence::NullAlone)
    }
}

/// What the values of a map look like, and where that stands; nothing for an object whose
/// properties are all known. schemars writes numeric keys as a pattern.
fn map_values(schema: &Object) -> Option<(Value, &'static str)> {
    let patterns = schema.get("patternProperties").and_then(Value::as_object);
    if let Some((_, values)) = patterns.and_then(|patterns| patterns.iter().next()) {
        let is_only = patterns.is_some_and(|patterns| patterns.len() == 1)
            && schema
                .get("additionalProperties")
                .is_none_or(|others| *others == false);
        return Some((
            if is_only { values.clone() } else { true.into() },
            "patternProperties",
        ));
    }
    match schema.get("additionalProperties") {
        None | Some(Value::Bool(false)) => None,
        Some(values) => Some((values.clone(), "additionalProperties")),
    }
}

/// Whether the name of a property is one that every vendor takes.
///
/// Source: the refusal of Anthropic quoted in `OmniRoute#13552`; `args.rs` of rig-core; read 2026-11.
fn is_name(name: &str) -> bool {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(is_safe)
}
