//! Values made from a schema. Most of them are valid; whoever needs certainty asks a validator.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// References and parts within each other, before only the smallest values are made.
const DEPTH_MAX: usize = 6;
/// Parts of one value. A schema that must contain itself has none that is valid.
const PARTS_MAX: usize = 500;

pub(crate) struct Samples<'a> {
    document: &'a Value,
    rng: Rng,
    parts: usize,
}

impl<'a> Samples<'a> {
    pub(crate) fn new(document: &'a Value, seed: u64) -> Self {
        Self {
            document,
            rng: Rng::with_seed(seed),
            parts: 0,
        }
    }

    /// A value for the document.
    pub(crate) fn sample(&mut self) -> Value {
        self.value(self.document, 0)
    }

    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        self.parts += 1;
        if self.parts > PARTS_MAX || depth > 4 * DEPTH_MAX {
            return Value::Null;
        }
        let Some(schema) = schema.as_object() else {
            return self.anything();
        };
        let mut value = self.own(schema, depth);
        // Whatever must hold as well adds its properties.
        let others = schema
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let referred = schema.get("$ref").and_then(Value::as_str).map(|pointer| {
            self.document
                .pointer(pointer.strip_prefix('#').unwrap())
                .unwrap()
        });
        let others: Vec<_> = others.chain(referred).cloned().collect();
        for other in others {
            let more = self.value(&other, depth + 1);
            value = joined(value, more);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(alternatives) = schema.get(keyword).and_then(Value::as_array) {
                let alternative = self.one_of(alternatives, depth);
                let more = self.value(&alternative, depth + 1);
                value = joined(value, more);
            }
        }
        value.unwrap_or_else(|| self.anything())
    }

    /// Deep within, the smallest alternative ends the recursion.
    fn one_of(&mut self, alternatives: &[Value], depth: usize) -> Value {
        if depth > DEPTH_MAX {
            let smallest = alternatives.iter().min_by_key(|each| {
                each.to_string().len() + 1_000 * usize::from(each.to_string().contains("$ref"))
            });
            return smallest.unwrap().clone();
        }
        alternatives[self.rng.usize(..alternatives.len())].clone()
    }

    /// What the schema says by itself; nothing when that is nothing.
    fn own(&mut self, schema: &Map<String, Value>, depth: usize) -> Option<Value> {
        if let Some(value) = schema.get("const") {
            return Some(value.clone());
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return Some(values[self.rng.usize(..values.len())].clone());
        }
        let kind = match schema.get("type") {
            Some(Value::Array(kinds)) if depth > DEPTH_MAX && kinds.contains(&json!("null")) => {
                "null"
            }
            Some(Value::Array(kinds)) => kinds[self.rng.usize(..kinds.len())].as_str().unwrap(),
            Some(kind) => kind.as_str().unwrap(),
            None if schema.contains_key("properties") => "object",
            None => return None,
        };
        Some(match kind {
            "null" => Value::Null,
            "boolean" => json!(self.rng.bool()),
            "integer" => self.integer(schema),
            "number" => self.number(schema),
            "string" => self.text(schema),
            "array" => self.list(schema, depth),
            "object" => self.object(schema, depth),
            other => panic!("the type {other}"),
        })
    }

    fn integer(&mut self, schema: &Map<String, Value>) -> Value {
        let min = bound(schema, "minimum").unwrap_or(-3.0);
        let max = bound(schema, "maximum")
            .unwrap_or(min + 10.0)
            .min(min + 10.0);
        json!(self.rng.i64(min as i64..=max as i64))
    }

    fn number(&mut self, schema: &Map<String, Value>) -> Value {
        let min =
            bound(schema, "minimum").or(bound(schema, "exclusiveMinimum").map(|min| min + 0.125));
        let min = min.unwrap_or(-3.0);
        let max = bound(schema, "maximum").unwrap_or(min + 10.0);
        // Quarters are exact, also for an `f32`.
        json!((min + (max - min) * f64::from(self.rng.u8(..)) / 256.0))
    }

    fn text(&mut self, schema: &Map<String, Value>) -> Value {
        // A model reads what the description says of the format.
        let told = schema
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let told = told
            .split_once("format: \"")
            .map(|(_, rest)| rest.split('"').next().unwrap());
        let format = schema.get("format").and_then(Value::as_str).or(told);
        let known = match format {
            Some("date") => Some("2026-11-21"),
            Some("date-time") => Some("2026-11-21T08:00:00Z"),
            Some("uuid") => Some("67e55044-10b1-426f-9247-bb680e5fe0c8"),
            Some("email") => Some("a@example.com"),
            Some("uri") => Some("https://example.com/a"),
            Some("ipv4") => Some("127.0.0.1"),
            Some("ipv6") => Some("::1"),
            Some("ip") => Some("127.0.0.1"),
            _ => None,
        };
        if let Some(text) = known {
            return json!(text);
        }
        let is_told = |schema: &Map<String, Value>| {
            schema
                .get("description")
                .is_some_and(|told| told.to_string().contains("pattern"))
        };
        if schema.contains_key("pattern") || is_told(schema) {
            return json!("abc-1");
        }
        let min = bound(schema, "minLength").unwrap_or(0.0) as usize;
        let max = bound(schema, "maxLength")
            .map_or(min + 5, |max| max as usize)
            .min(min + 5);
        let length = self.rng.usize(min..=max);
        let letters = ['a', 'b', 'z', 'é', '"', '/', '~', '字'];
        json!(
            (0..length)
                .map(|_| letters[self.rng.usize(..letters.len())])
                .collect::<String>()
        )
    }

    fn list(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let mut list = Vec::new();
        for item in schema
            .get("prefixItems")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            list.push(self.value(item, depth + 1));
        }
        if let Some(items) = schema
            .get("items")
            .filter(|items| items.is_object() || **items == true)
        {
            let min = bound(schema, "minItems").unwrap_or(0.0) as usize;
            let more = if depth > DEPTH_MAX { 0 } else { 3 };
            let max = bound(schema, "maxItems")
                .map_or(min + more, |max| max as usize)
                .min(min + more);
            for _ in 0..self.rng.usize(min..=max) {
                list.push(self.value(items, depth + 1));
            }
        }
        if schema.get("uniqueItems") == Some(&json!(true)) {
            list.dedup();
        }
        list.into()
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Value {
        let required = schema.get("required").and_then(Value::as_array);
        let mut object = Map::new();
        for (name, property) in schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let is_required = required.is_some_and(|names| names.iter().any(|own| own == name));
            if is_required || depth <= DEPTH_MAX && self.rng.bool() {
                object.insert(name.clone(), self.value(property, depth + 1));
            }
        }
        let others = schema
            .get("additionalProperties")
            .filter(|others| **others != false);
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        let (values, names) = match patterns.and_then(|patterns| patterns.values().next()) {
            Some(values) => (Some(values), ["1", "2", "30"]),
            None => (others, ["k", "a/b", ""]),
        };
        if let Some(values) = values.filter(|_| depth <= DEPTH_MAX) {
            for name in &names[..self.rng.usize(..=names.len())] {
                object.insert((*name).to_owned(), self.value(values, depth + 1));
            }
        }
        object.into()
    }

    fn anything(&mut self) -> Value {
        [
            json!(null),
            json!(true),
            json!(-1),
            json!("x"),
            json!([1, "a"]),
            json!({"k": null}),
        ][self.rng.usize(..6)]
        .clone()
    }
}

fn bound(schema: &Map<String, Value>, keyword: &str) -> Option<f64> {
    schema.get(keyword).and_then(Value::as_f64)
}

/// A value that has the properties of both; of other values the second.
fn joined(first: Option<Value>, second: Value) -> Option<Value> {
    Some(match (first, second) {
        (Some(Value::Object(mut first)), Value::Object(second)) => {
            first.extend(second);
            first.into()
        }
        (_, second) => second,
    })
}
