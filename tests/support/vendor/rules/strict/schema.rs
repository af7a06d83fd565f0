//! Walks through a schema.

use serde_json::Value;

use super::super::items;

/// Keywords that name schemas at the top of a document.
pub(super) const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];

/// A schema within a schema, and the way to it.
pub(super) struct Node<'a> {
    pub(super) schema: &'a Value,
    pub(super) path: Vec<String>,
}

impl Node<'_> {
    pub(super) fn is_root(&self) -> bool {
        self.path.is_empty()
    }

    pub(super) fn has(&self, keyword: &str) -> bool {
        self.schema.get(keyword).is_some()
    }

    /// The keywords that are not in a list, sorted.
    pub(super) fn keywords_beside(&self, known: &[&str]) -> Vec<&str> {
        let fields = self.schema.as_object().into_iter().flatten();
        let names = fields.map(|(name, _)| name.as_str());
        let mut others: Vec<_> = names.filter(|name| !known.contains(name)).collect();
        others.sort_unstable();
        others
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        types(self.schema).contains(&kind)
    }

    /// Whether this holds named values, even when it does not say so.
    pub(super) fn is_object(&self) -> bool {
        self.is("object") || self.has("properties")
    }

    pub(super) fn property_names(&self) -> impl Iterator<Item = &str> {
        let properties = self.schema["properties"].as_object();
        properties
            .into_iter()
            .flat_map(|named| named.keys())
            .map(String::as_str)
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        items(&self.schema["required"])
            .iter()
            .any(|required| required == name)
    }
}

/// What `type` lists, or its one entry.
pub(super) fn types(schema: &Value) -> Vec<&str> {
    let listed = items(&schema["type"]).iter().filter_map(Value::as_str);
    schema["type"].as_str().into_iter().chain(listed).collect()
}

/// Whether a value has a type of JSON Schema.
pub(super) fn has_type(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// The values that `enum` and `const` allow.
pub(super) fn allowed_values(schema: &Value) -> impl Iterator<Item = &Value> {
    items(&schema["enum"]).iter().chain(schema.get("const"))
}

/// Every schema in a document, definitions once.
pub(super) fn nodes(root: &Value) -> Vec<Node<'_>> {
    let path = Vec::new();
    let mut nodes = vec![Node { schema: root, path }];
    let mut place = 0;
    while place < nodes.len() {
        let (schema, path) = (nodes[place].schema, nodes[place].path.clone());
        let mut inner = parts(schema);
        inner.extend(definitions(schema));
        nodes.extend(inner.into_iter().map(|(steps, schema)| Node {
            schema,
            path: path.iter().cloned().chain(steps).collect(),
        }));
        place += 1;
    }
    nodes
}

/// The first complaint about any schema in a document.
pub(super) fn first(
    root: &Value,
    complain: impl Fn(&Node<'_>) -> Option<String>,
) -> Option<String> {
    nodes(root).iter().find_map(complain)
}

/// Steps of a path, and the schema there.
type Part<'a> = (Vec<String>, &'a Value);

fn named<'a>(schema: &'a Value, keyword: &'a str) -> impl Iterator<Item = Part<'a>> {
    let fields = schema[keyword].as_object().into_iter().flatten();
    fields.map(move |(name, inner)| (vec![keyword.to_owned(), name.clone()], inner))
}

/// The schemas that a schema's values have parts for.
fn parts(schema: &Value) -> Vec<Part<'_>> {
    let mut parts: Vec<_> = named(schema, "properties").collect();
    // A list of schemas is what the rules on `items` refuse.
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        parts.push((vec!["items".to_owned()], items));
    }
    for keyword in ["anyOf", "allOf"] {
        for (number, inner) in items(&schema[keyword]).iter().enumerate() {
            parts.push((vec![keyword.to_owned(), number.to_string()], inner));
        }
    }
    parts
}

fn definitions(schema: &Value) -> impl Iterator<Item = Part<'_>> {
    DEFINITIONS
        .into_iter()
        .flat_map(|keyword| named(schema, keyword))
}

/// What a reference means: the document, or a definition at its top.
pub(super) fn resolve<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    let steps: Vec<_> = pointer.split('/').collect();
    match steps[..] {
        [""] => Some(root),
        ["", keyword, _] if DEFINITIONS.contains(&keyword) => root.pointer(pointer),
        _ => None,
    }
}

/// A schema where a value meets it.
pub(super) struct Used<'a> {
    pub(super) node: Node<'a>,
    /// How many objects and arrays a value is in here, itself included.
    pub(super) level: usize,
}

/// The schemas as a value meets them: a definition wherever it is referred to, once per place. A
/// circle of references is followed once around.
pub(super) fn uses(root: &Value) -> Vec<Used<'_>> {
    let mut used = Vec::new();
    follow(root, root, 0, &mut vec!["#"], &mut used);
    used
}

fn follow<'a>(
    root: &'a Value,
    at: &'a Value,
    level: usize,
    open: &mut Vec<&'a str>,
    used: &mut Vec<Used<'a>>,
) {
    if let Some(reference) = at["$ref"].as_str() {
        let target = resolve(root, reference).filter(|_| !open.contains(&reference));
        if let Some(target) = target {
            open.push(reference);
            follow(root, target, level, open, used);
            open.pop();
        }
        return;
    }
    let path = Vec::new();
    let node = Node { schema: at, path };
    let level = level + usize::from(node.is_object() || node.is("array"));
    used.push(Used { node, level });
    for (_, inner) in parts(at) {
        follow(root, inner, level, open, used);
    }
}

/// The references of a circle, its first one repeated at the end.
pub(super) fn circle(root: &Value) -> Option<Vec<&str>> {
    let mut starts = references(root).into_iter();
    starts.find_map(|start| circle_through(root, &mut vec![start]))
}

fn circle_through<'a>(root: &'a Value, open: &mut Vec<&'a str>) -> Option<Vec<&'a str>> {
    let target = resolve(root, open.last()?)?;
    for next in references(target) {
        if let Some(start) = open.iter().position(|name| *name == next) {
            return Some(open[start..].iter().copied().chain([next]).collect());
        }
        open.push(next);
        if let Some(circle) = circle_through(root, open) {
            return Some(circle);
        }
        open.pop();
    }
    None
}

fn references(schema: &Value) -> Vec<&str> {
    let nodes = nodes(schema).into_iter();
    nodes
        .filter_map(|node| node.schema["$ref"].as_str())
        .collect()
}
