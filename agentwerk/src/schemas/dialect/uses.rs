//! What a schema adds up to where values meet it: a definition counts wherever it is referred to.

use std::collections::HashMap;

use serde_json::Value;

use super::keywords::{Object, parts, properties, required};
use super::merge::types;
use super::refs::target_name;

/// Definitions that are measured again, because they lie on a circle and count otherwise on each way
/// around it.
const AGAIN_MAX: usize = 1_000;
/// Levels of what lies on circles with more ways than are followed: more than any vendor takes.
const DEPTH_UNKNOWN: usize = 1_000;

/// What one schema adds wherever it is used. Sums that are too large stay at the largest number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    /// Objects and arrays within each other.
    pub(super) depth: usize,
    /// Properties that may be left out.
    pub(super) optional: usize,
    /// Places with a choice: an `anyOf`, or several types.
    pub(super) unions: usize,
}

impl Used {
    /// A document with its definitions.
    pub(super) fn of(document: &Value) -> Self {
        let mut uses = Uses {
            definitions: document.get("$defs").and_then(Value::as_object),
            ..Uses::default()
        };
        uses.of(document)
    }

    /// The keywords of one schema, without its parts.
    fn alone(schema: &Object) -> Self {
        let is_level = ["properties", "items"]
            .iter()
            .any(|keyword| schema.contains_key(*keyword));
        let several_types = schema.get("type").is_some_and(|kind| types(kind).len() > 1);
        let required = required(schema);
        let optional = properties(schema).filter(|(name, _)| !required.contains(&name.as_str()));
        Self {
            depth: usize::from(is_level),
            optional: optional.count(),
            unions: usize::from(several_types || schema.contains_key("anyOf")),
        }
    }

    /// Both beside each other.
    fn and(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            optional: self.optional.saturating_add(other.optional),
            unions: self.unions.saturating_add(other.unions),
        }
    }

    /// One around the other.
    fn around(self, inner: Self) -> Self {
        Self {
            depth: self.depth.saturating_add(inner.depth),
            ..self.and(inner)
        }
    }
}

/// Follows references, a circle of them once around.
#[derive(Default)]
struct Uses<'a> {
    definitions: Option<&'a Object>,
    /// The definitions that add the same wherever they are used.
    known: HashMap<&'a str, Used>,
    /// The definitions that are being measured, in each other.
    open: Vec<&'a str>,
    /// The outermost of them that was met again since the innermost began, as its place.
    met: Option<usize>,
    /// Definitions that were measured and are not known.
    again: usize,
}

impl<'a> Uses<'a> {
    fn of(&mut self, schema: &'a Value) -> Used {
        let Some(object) = schema.as_object() else {
            return Used::default();
        };
        let name = object
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(target_name);
        let mut inner = name.map_or_else(Used::default, |name| self.of_definition(name));
        for (path, part) in parts(object, "") {
            if !path.starts_with("/$defs/") {
                inner = inner.and(self.of(part));
            }
        }
        Used::alone(object).around(inner)
    }

    fn of_definition(&mut self, name: &'a str) -> Used {
        if let Some(used) = self.known.get(name) {
            return *used;
        }
        if let Some(place) = self.open.iter().position(|open| *open == name) {
            // What contains itself by itself is no circle through others.
            if place + 1 < self.open.len() {
                self.meet(Some(place));
            }
            return Used::default();
        }
        let Some(body) = self.definitions.and_then(|all| all.get(name)) else {
            return Used::default();
        };
        if self.again > AGAIN_MAX {
            return Used {
                depth: DEPTH_UNKNOWN,
                ..Used::default()
            };
        }
        let place = self.open.len();
        let met_before = self.met.take();
        self.open.push(name);
        let used = self.of(body);
        self.open.pop();
        // On a circle, the way on depends on where the way came from.
        let met = self.met.take();
        match met {
            None => drop(self.known.insert(name, used)),
            Some(_) => self.again += 1,
        }
        self.met = met_before;
        self.meet(met.filter(|met| *met < place));
        used
    }

    fn meet(&mut self, place: Option<usize>) {
        self.met = match (self.met, place) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}
