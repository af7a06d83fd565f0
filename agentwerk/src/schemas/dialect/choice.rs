//! Which alternative a value is.

use std::collections::HashMap;
use std::sync::OnceLock;

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::adapter::{Converter, Direction, Shape};
use super::keywords::{Object, properties, required};
use super::lower::Lowered;
use super::merge::types;
use super::normalise::type_of;
use super::refs::target_name;

/// References that are followed to find what a schema is.
const STEPS_MAX: usize = 8;

/// One of several forms that a value can have.
#[derive(Debug)]
pub(super) struct Alternative {
    canonical: Fragment,
    wire: Fragment,
    pub(super) shape: Shape,
}

impl Alternative {
    pub(super) fn new(canonical: Value, lowered: Lowered) -> Self {
        Self {
            canonical: Fragment::new(canonical),
            wire: Fragment::new(lowered.schema),
            shape: lowered.shape,
        }
    }

    pub(super) fn wire_schema(&self) -> Value {
        self.wire.schema.clone()
    }

    fn fragment(&self, direction: Direction) -> &Fragment {
        match direction {
            Direction::ToWire => &self.canonical,
            Direction::ToCanonical => &self.wire,
        }
    }

    /// Whether the entries of a map could be read as another alternative.
    pub(super) fn are_alike(alternatives: &[Self], definitions: &HashMap<String, Lowered>) -> bool {
        let alike = Alike { definitions };
        alternatives.iter().enumerate().any(|(place, each)| {
            alike.has_entries(&each.shape, 0)
                && alternatives.iter().enumerate().any(|(other_place, other)| {
                    place != other_place && alike.overlap(&each.wire.schema, &other.wire.schema, 0)
                })
        })
    }
}

/// Finds alternatives that a value of one cannot be told from.
struct Alike<'a> {
    definitions: &'a HashMap<String, Lowered>,
}

impl Alike<'_> {
    fn has_entries(&self, shape: &Shape, steps: usize) -> bool {
        let within = |shape: &Shape| steps < STEPS_MAX && self.has_entries(shape, steps + 1);
        match shape {
            Shape::Same => false,
            Shape::Entries(_) => true,
            Shape::List(items) => within(items),
            Shape::Object(fields) => fields.iter().any(|field| within(&field.shape)),
            Shape::Choice(alternatives) => alternatives.iter().any(|each| within(&each.shape)),
            Shape::Definition(name) => {
                let definition = self.definitions.get(name);
                definition.is_some_and(|lowered| within(&lowered.shape))
            }
        }
    }

    /// Whether two strict forms may take the same list or object.
    fn overlap(&self, first: &Value, second: &Value, steps: usize) -> bool {
        if steps > STEPS_MAX {
            return true;
        }
        let inner = self.inner(first);
        if !inner.is_empty() {
            return inner
                .iter()
                .any(|each| self.overlap(second, each, steps + 1));
        }
        if !self.inner(second).is_empty() {
            return self.overlap(second, first, steps + 1);
        }
        let both = |kind: &str| {
            [first, second]
                .iter()
                .all(|schema| is_of_type(schema, kind))
        };
        both("array") || both("object") && !are_told_apart(first, second)
    }

    /// What a schema refers to, or chooses from.
    fn inner<'b>(&'b self, schema: &'b Value) -> Vec<&'b Value> {
        let name = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(target_name);
        let definition = name.and_then(|name| self.definitions.get(name));
        let any_of = schema.get("anyOf").and_then(Value::as_array);
        let referred = definition.map(|lowered| &lowered.schema).into_iter();
        referred.chain(any_of.into_iter().flatten()).collect()
    }
}

fn is_of_type(schema: &Value, kind: &str) -> bool {
    schema
        .get("type")
        .is_some_and(|own| types(own).contains(&kind))
}

/// Whether one closed object needs a property that the other does not have, or has another constant.
fn are_told_apart(first: &Value, second: &Value) -> bool {
    let needs = |one: &Value, other: &Value| {
        needed(one)
            .iter()
            .any(|name| other["properties"].get(name).is_none())
    };
    let constants =
        |schema: &Value, name: &str| schema["properties"][name]["enum"].as_array().cloned();
    let differs = |name: &&str| match (constants(first, name), constants(second, name)) {
        (Some(one), Some(other)) => !one.iter().any(|value| other.contains(value)),
        _ => false,
    };
    needs(first, second)
        || needs(second, first)
        || needed(first)
            .iter()
            .any(|name| needed(second).contains(name) && differs(name))
}

/// The names that a schema requires.
fn needed(schema: &Value) -> Vec<&str> {
    schema.as_object().map_or_else(Vec::new, required)
}

/// A value as the alternative that it is; nothing when it is none of them.
///
/// Types and constants decide where they can, so that a value with a mistake deep within is still
/// known for what it is. Otherwise it must fit whole, before and after.
pub(super) fn chosen(
    converter: &Converter<'_>,
    alternatives: &[Alternative],
    value: &Value,
    depth: usize,
) -> Option<Value> {
    let (from, to) = (converter.direction, converter.direction.back());
    let definitions = |direction| converter.adapter.definitions(direction);
    let is_possible =
        |each: &&Alternative| is_possible(&each.fragment(from).schema, value, definitions(from), 0);
    let possible: Vec<_> = alternatives.iter().filter(is_possible).collect();
    if let [only] = possible.as_slice() {
        return Some(converter.convert(&only.shape, value, depth));
    }
    let mut first = None;
    let fits = |each: &&&Alternative| each.fragment(from).accepts(value, definitions(from));
    for each in possible.iter().filter(fits) {
        let converted = converter.convert(&each.shape, value, depth);
        if each.fragment(to).accepts(&converted, definitions(to)) {
            return Some(converted);
        }
        first.get_or_insert(converted);
    }
    first
}

/// Whether nothing that can be seen at once speaks against it.
fn is_possible(schema: &Value, value: &Value, definitions: &Object, steps: usize) -> bool {
    let Some(schema) = schema.as_object().filter(|_| steps < STEPS_MAX) else {
        return *schema != Value::Bool(false);
    };
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(target_name);
    let body = name.and_then(|name| definitions.get(name));
    if body.is_some_and(|body| !is_possible(body, value, definitions, steps + 1)) {
        return false;
    }
    let list = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    if list("anyOf").is_some_and(|any_of| {
        !any_of
            .iter()
            .any(|each| is_possible(each, value, definitions, steps + 1))
    }) {
        return false;
    }
    list("enum").is_none_or(|values| values.contains(value))
        && schema.get("type").is_none_or(|kind| has_type(value, kind))
        && value
            .as_object()
            .is_none_or(|object| are_possible(schema, object))
}

fn has_type(value: &Value, kind: &Value) -> bool {
    let own = type_of(value);
    // 1.0 is an integer, too.
    let is_number = own == "integer" || own == "number";
    types(kind)
        .iter()
        .any(|kind| *kind == own || is_number && matches!(*kind, "integer" | "number"))
}

/// Whether required properties are there, constants are right, and no other name is.
fn are_possible(schema: &Object, object: &Object) -> bool {
    // A pattern allows names that are not known; whether they match is for the validator to say.
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
        && !schema.contains_key("patternProperties");
    let is_right = |(name, property): (&String, &Value)| {
        let values = property.get("enum").and_then(Value::as_array);
        match (object.get(name), values) {
            (Some(part), Some(values)) => values.contains(part),
            _ => true,
        }
    };
    required(schema)
        .iter()
        .all(|name| object.contains_key(*name))
        && properties(schema).all(is_right)
        && (!is_closed
            || object
                .keys()
                .all(|name| properties(schema).any(|(known, _)| known == name)))
}

/// A part of a document that is checked by itself.
#[derive(Debug)]
struct Fragment {
    schema: Value,
    validator: OnceLock<Option<Validator>>,
}

impl Fragment {
    fn new(schema: Value) -> Self {
        Self {
            schema,
            validator: OnceLock::new(),
        }
    }

    fn accepts(&self, value: &Value, definitions: &Object) -> bool {
        let validator = self.validator.get_or_init(|| {
            let document = json!({ "allOf": [self.schema], "$defs": definitions });
            let options = jsonschema::options().with_draft(Draft::Draft202012);
            options.should_validate_formats(true).build(&document).ok()
        });
        validator
            .as_ref()
            .is_some_and(|validator| validator.is_valid(value))
    }
}
