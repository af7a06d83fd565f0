//! Values on their way between the form in which a vendor's model writes them and the schema's own.
//!
//! # Invariants
//! - Both directions take every value. What does not fit stays as it is, so that the check against
//!   the schema tells the model; nothing is repaired in silence.
//! - A value that fits the schema keeps its meaning there and back. Only a property that may be left
//!   out, and may be null as well, comes back as null.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

pub(super) use super::choice::Alternative;
use super::choice::chosen;
use super::keywords::Object;

/// Parts that are converted in one value at most; the rest stays as it is.
const STEPS_MAX: usize = 1_000_000;
/// References and alternatives without a part of the value between them, and parts within parts.
const DEPTH_MAX: usize = 512;

/// How values differ from the schema's own at one place.
#[derive(Debug)]
pub(super) enum Shape {
    Same,
    Object(Vec<Field>),
    List(Box<Shape>),
    /// A map as a list of its entries.
    Entries(Box<Shape>),
    Choice(Vec<Alternative>),
    Definition(String),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) absence: Absence,
}

/// What stands for a property that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// Its absence.
    Absent,
    /// Null, which is one of its own values as well.
    Null,
    /// Null, which is none of its values.
    NullAlone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    ToWire,
    ToCanonical,
}

impl Direction {
    pub(super) fn back(self) -> Self {
        match self {
            Self::ToWire => Self::ToCanonical,
            Self::ToCanonical => Self::ToWire,
        }
    }
}

/// Maps values between a schema and what is sent of it.
#[derive(Debug)]
pub struct Adapter {
    root: Shape,
    wrapper: Option<&'static str>,
    shapes: HashMap<String, Shape>,
    /// The definitions of both sides, which alternatives refer to.
    canonical: Object,
    wire: Object,
}

impl Adapter {
    /// The adapter of a form that differs in its root alone.
    pub(super) fn plain(wrapper: Option<&'static str>) -> Self {
        Self::new(
            Shape::Same,
            wrapper,
            HashMap::new(),
            Object::new(),
            Object::new(),
        )
    }

    pub(super) fn new(
        root: Shape,
        wrapper: Option<&'static str>,
        mut shapes: HashMap<String, Shape>,
        canonical: Object,
        wire: Object,
    ) -> Self {
        let changing = changing(&shapes);
        let root = root.pruned(&changing);
        shapes = shapes
            .into_iter()
            .filter(|(name, _)| changing.contains(name))
            .map(|(name, shape)| (name, shape.pruned(&changing)))
            .collect();
        Self {
            root,
            wrapper,
            shapes,
            canonical,
            wire,
        }
    }

    /// Whether both forms are the same.
    pub fn is_identity(&self) -> bool {
        self.wrapper.is_none() && matches!(self.root, Shape::Same)
    }

    /// A value of the schema, as the model writes it.
    pub fn to_wire(&self, value: &Value) -> Value {
        let value = self
            .converter(Direction::ToWire)
            .convert(&self.root, value, 0);
        match self.wrapper {
            Some(name) => json!({ name: value }),
            None => value,
        }
    }

    /// What the model wrote, as a value for the schema.
    pub fn to_canonical(&self, value: Value) -> Value {
        let converter = self.converter(Direction::ToCanonical);
        let inner = match (self.wrapper, value.as_object()) {
            (None, _) => &value,
            (Some(name), Some(object)) if object.len() == 1 && object.contains_key(name) => {
                &object[name]
            }
            (Some(_), _) => return value,
        };
        converter.convert(&self.root, inner, 0)
    }

    /// The definitions of the side from which a value comes.
    pub(super) fn definitions(&self, direction: Direction) -> &Object {
        match direction {
            Direction::ToWire => &self.canonical,
            Direction::ToCanonical => &self.wire,
        }
    }

    fn converter(&self, direction: Direction) -> Converter<'_> {
        Converter {
            adapter: self,
            direction,
            steps: Cell::new(0),
        }
    }
}

/// The definitions whose values differ, through however many others.
fn changing(shapes: &HashMap<String, Shape>) -> HashSet<String> {
    let mut changing = HashSet::new();
    loop {
        let more: Vec<_> = shapes
            .iter()
            .filter(|(name, shape)| !changing.contains(*name) && shape.changes(&changing))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return changing;
        }
        changing.extend(more);
    }
}

impl Shape {
    fn changes(&self, definitions: &HashSet<String>) -> bool {
        match self {
            Self::Same => false,
            Self::Object(fields) => fields
                .iter()
                .any(|field| field.absence != Absence::Absent || field.shape.changes(definitions)),
            Self::List(items) => items.changes(definitions),
            Self::Entries(_) => true,
            Self::Choice(alternatives) => alternatives
                .iter()
                .any(|each| each.shape.changes(definitions)),
            Self::Definition(name) => definitions.contains(name),
        }
    }

    /// The same without parts that change nothing.
    fn pruned(self, definitions: &HashSet<String>) -> Self {
        if !self.changes(definitions) {
            return Self::Same;
        }
        let pruned = |shape: Box<Self>| Box::new(shape.pruned(definitions));
        match self {
            Self::Object(mut fields) => {
                for field in &mut fields {
                    let shape = std::mem::replace(&mut field.shape, Self::Same);
                    field.shape = shape.pruned(definitions);
                }
                Self::Object(fields)
            }
            Self::List(items) => Self::List(pruned(items)),
            Self::Entries(values) => Self::Entries(pruned(values)),
            Self::Choice(mut alternatives) => {
                for each in &mut alternatives {
                    let shape = std::mem::replace(&mut each.shape, Self::Same);
                    each.shape = shape.pruned(definitions);
                }
                Self::Choice(alternatives)
            }
            same @ (Self::Same | Self::Definition(_)) => same,
        }
    }
}

/// One value on its way in one direction.
pub(super) struct Converter<'a> {
    pub(super) adapter: &'a Adapter,
    pub(super) direction: Direction,
    steps: Cell<usize>,
}

impl Converter<'_> {
    pub(super) fn convert(&self, shape: &Shape, value: &Value, depth: usize) -> Value {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > STEPS_MAX || depth > DEPTH_MAX {
            return value.clone();
        }
        let depth = depth + 1;
        match (shape, value) {
            (Shape::Object(fields), Value::Object(object)) => self.object(fields, object, depth),
            (Shape::List(items), Value::Array(list)) => list
                .iter()
                .map(|item| self.convert(items, item, depth))
                .collect(),
            (Shape::Entries(values), _) => self.entries(values, value, depth),
            (Shape::Choice(alternatives), _) => {
                chosen(self, alternatives, value, depth).unwrap_or_else(|| value.clone())
            }
            (Shape::Definition(name), _) => match self.adapter.shapes.get(name) {
                Some(shape) => self.convert(shape, value, depth),
                None => value.clone(),
            },
            _ => value.clone(),
        }
    }

    /// Known properties in the order of the schema, as a strict model writes them; unknown ones
    /// follow.
    fn object(&self, fields: &[Field], object: &Object, depth: usize) -> Value {
        let mut converted = Object::new();
        for field in fields {
            let part = match (self.direction, field.absence, object.get(&field.name)) {
                (Direction::ToCanonical, Absence::NullAlone, Some(Value::Null)) => continue,
                (_, _, Some(part)) => self.convert(&field.shape, part, depth),
                (Direction::ToWire, Absence::Null | Absence::NullAlone, None) => Value::Null,
                (_, _, None) => continue,
            };
            converted.insert(field.name.clone(), part);
        }
        let is_known = |name: &String| fields.iter().any(|field| field.name == *name);
        let unknown = object.iter().filter(|(name, _)| !is_known(name));
        converted.extend(unknown.map(|(name, part)| (name.clone(), part.clone())));
        converted.into()
    }

    fn entries(&self, values: &Shape, value: &Value, depth: usize) -> Value {
        match (self.direction, value) {
            (Direction::ToWire, Value::Object(map)) => map
                .iter()
                .map(
                    |(key, part)| json!({ "key": key, "value": self.convert(values, part, depth) }),
                )
                .collect(),
            (Direction::ToCanonical, Value::Array(list)) => match map_of(list) {
                Some(map) => {
                    let parts = map.into_iter();
                    let map: Object = parts
                        .map(|(key, part)| (key.to_owned(), self.convert(values, part, depth)))
                        .collect();
                    map.into()
                }
                None => value.clone(),
            },
            _ => value.clone(),
        }
    }
}

/// The keys and values of a list of entries; nothing when it is none, or when a key stands twice,
/// because neither value may win in silence.
fn map_of(list: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let mut keys = HashSet::new();
    let entries = list.iter().map(|entry| {
        let entry = entry.as_object().filter(|entry| entry.len() == 2)?;
        let key = entry.get("key")?.as_str()?;
        let value = entry.get("value")?;
        keys.insert(key).then_some((key, value))
    });
    entries.collect()
}
