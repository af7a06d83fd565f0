//! Every reference of a document as `#/$defs/…`, so that its parts can be moved and rewritten.
//!
//! A `$ref` may point anywhere: to the root, to another property, to an anchor. A part that is
//! pointed to becomes a definition, and a reference takes its place.
//!
//! Vendors document references to definitions, and to the root. Source: the page "Structured
//! outputs" of OpenAI, "Definitions are supported" and "Recursive schemas are supported", read
//! 2026-11.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::keywords::{Object, child, map_parts, parts};

const DEFINITION: &str = "#/$defs/";
/// Characters of the name of a definition.
const NAME_CHARS_MAX: usize = 64;

/// A document whose definitions stand apart.
pub(super) struct Source {
    pub(super) root: Value,
    pub(super) definitions: Object,
}

impl Source {
    pub(super) fn gather(document: &Value) -> Self {
        let mut names = Names::default();
        let definitions = document.get("$defs").and_then(Value::as_object);
        for name in definitions.into_iter().flat_map(Object::keys) {
            names.add(child("/$defs", name), name);
        }
        collect(document, document, &mut names);
        let bodies = names.in_order.iter().map(|(pointer, name)| {
            let body = document.pointer(pointer).unwrap_or(&Value::Null);
            (name.clone(), rewrite(document, body, pointer, &names))
        });
        let root = match names.by_pointer.get("") {
            Some(name) => reference(name),
            None => rewrite(document, document, "", &names),
        };
        Self {
            root,
            definitions: bodies.collect(),
        }
    }

    /// The definition that a schema refers to, with its name.
    pub(super) fn resolve<'a>(&'a self, schema: &Object) -> Option<(&'a str, &'a Value)> {
        let name = target_name(schema.get("$ref")?.as_str()?)?;
        let (name, body) = self.definitions.get_key_value(name)?;
        Some((name, body))
    }
}

/// The name in a reference to a definition.
pub(super) fn target_name(reference: &str) -> Option<&str> {
    reference.strip_prefix(DEFINITION)
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{DEFINITION}{name}") })
}

/// The definitions that are reached from a schema, in their order.
pub(super) fn reachable(root: &Value, definitions: &Object) -> Object {
    let mut reached = HashSet::new();
    let mut open = vec![root];
    while let Some(schema) = open.pop() {
        let Some(schema) = schema.as_object() else {
            continue;
        };
        open.extend(parts(schema, "").into_iter().map(|(_, part)| part));
        let name = schema.get("$ref").and_then(Value::as_str);
        if let Some(name) = name.and_then(target_name)
            && reached.insert(name)
        {
            open.extend(definitions.get(name));
        }
    }
    let kept = definitions
        .iter()
        .filter(|(name, _)| reached.contains(name.as_str()));
    kept.map(|(name, body)| (name.clone(), body.clone()))
        .collect()
}

/// The parts of a document that become definitions: pointer and name.
#[derive(Default)]
struct Names {
    in_order: Vec<(String, String)>,
    by_pointer: HashMap<String, String>,
    taken: HashSet<String>,
}

impl Names {
    fn add(&mut self, pointer: String, wanted: &str) {
        let is_safe = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        let safe: String = wanted
            .chars()
            .map(|c| if is_safe(&c) { c } else { '_' })
            .take(NAME_CHARS_MAX)
            .collect();
        let base = if safe.is_empty() { "Root" } else { &safe };
        let mut name = base.to_owned();
        for number in 2.. {
            if self.taken.insert(name.clone()) {
                break;
            }
            name = format!("{base}_{number}");
        }
        self.by_pointer.insert(pointer.clone(), name.clone());
        self.in_order.push((pointer, name));
    }
}

/// Names whatever is referred to.
fn collect(document: &Value, schema: &Value, names: &mut Names) {
    let Some(schema) = schema.as_object() else {
        return;
    };
    if let Some(pointer) = target(document, schema)
        && !names.by_pointer.contains_key(&pointer)
    {
        let last = pointer.rsplit('/').next().unwrap_or_default().to_owned();
        names.add(pointer.clone(), &last);
        collect(
            document,
            document.pointer(&pointer).unwrap_or(&Value::Null),
            names,
        );
    }
    for (_, part) in parts(schema, "") {
        collect(document, part, names);
    }
}

/// One schema with its references rewritten, and without definitions of its own.
fn rewrite(document: &Value, schema: &Value, path: &str, names: &Names) -> Value {
    let Some(object) = schema.as_object() else {
        return schema.clone();
    };
    let mut object = object.clone();
    object.shift_remove("$defs");
    object.shift_remove("definitions");
    let found = target(document, &object).and_then(|pointer| names.by_pointer.get(&pointer));
    if let Some(name) = found {
        object.insert(
            "$ref".to_owned(),
            Value::String(format!("{DEFINITION}{name}")),
        );
    }
    let mut replace = |part: &Value, here: &str| match names.by_pointer.get(here) {
        Some(name) => reference(name),
        None => rewrite(document, part, here, names),
    };
    Value::Object(map_parts(&object, path, &mut replace))
}

/// Where a reference points to, if it stays within the document.
fn target(document: &Value, schema: &Object) -> Option<String> {
    let fragment = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
    let pointer = if fragment.is_empty() || fragment.starts_with('/') {
        percent_decoded(fragment)?
    } else {
        anchored(document, "", fragment)?
    };
    document.pointer(&pointer).map(|_exists| pointer)
}

fn anchored(schema: &Value, path: &str, anchor: &str) -> Option<String> {
    let schema = schema.as_object()?;
    if schema.get("$anchor").and_then(Value::as_str) == Some(anchor) {
        return Some(path.to_owned());
    }
    let mut inner = parts(schema, path).into_iter();
    inner.find_map(|(path, part)| anchored(part, &path, anchor))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, others @ ..] = rest {
        rest = others;
        match (first, others) {
            (b'%', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = after;
            }
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).ok()
}
