//! The schemas that `OpenAI` takes of a strict function.

use serde_json::Value;

use super::super::items;
use super::pattern::Pattern;
use super::schema::{DEFINITIONS, Node, allowed_values, first, has_type, resolve, types};
use super::{Check, SchemaRule};

pub(super) const RULES: &[SchemaRule] = &[
    SchemaRule {
        name: "root",
        source: "developers.openai.com/api/docs/guides/structured-outputs, root objects, read \
                 2026-11; error text: cecli-dev/cecli#281",
        check: Check::Each(root),
    },
    SchemaRule {
        name: "types",
        source: "error text: apexive/odoo-llm#212. An untyped `const` is refused by it; an untyped \
                 `enum` is the stricter reading",
        check: Check::Each(typed),
    },
    SchemaRule {
        name: "keywords",
        source: "developers.openai.com/api/docs/guides/structured-outputs, supported properties, \
                 read 2026-11; error texts: livekit/agents#5302 (oneOf), can1357/oh-my-pi#209 \
                 (propertyNames), mastra-ai/mastra#23321 (uniqueItems), dotnet/extensions#6196 \
                 (default). Disagreed on, so refused: minLength and maxLength (refused in \
                 coder/mux#1220 as public code quotes it, taken in pydantic/pydantic-ai#7400), \
                 prefixItems, default, examples, $schema. \
                 `title` is taken: the Python package openai 3.52.0 sends it",
        check: Check::Each(keywords),
    },
    SchemaRule {
        name: "unions",
        source: "the same page: `anyOf` of schemas, nothing said of constraints beside it; the \
                 stricter reading. openai/openai-node, `lib/transform.ts`, refuses most of them",
        check: Check::Each(unions),
    },
    SchemaRule {
        name: "properties",
        source: "error text: spring-projects/spring-ai#4776",
        check: Check::Each(properties),
    },
    SchemaRule {
        name: "required",
        source: "developers.openai.com/api/docs/guides/structured-outputs, all fields must be \
                 required, read 2026-11; error text: anomalyco/opencode#13737",
        check: Check::Each(required),
    },
    SchemaRule {
        name: "additionalProperties",
        source: "developers.openai.com/api/docs/guides/structured-outputs, additionalProperties, \
                 read 2026-11; error text: bytedance/trae-agent#173",
        check: Check::Each(closed),
    },
    SchemaRule {
        name: "items",
        source: "error text: streamnative/streamnative-mcp-server#26",
        check: Check::Each(arrays),
    },
    SchemaRule {
        name: "formats",
        source: "developers.openai.com/api/docs/guides/structured-outputs, supported properties, \
                 read 2026-11; error text: can1357/oh-my-pi#206",
        check: Check::Each(formats),
    },
    SchemaRule {
        name: "patterns",
        source: "error text: anomalyco/opencode#32073; vercel/ai#21037",
        check: Check::Each(patterns),
    },
    SchemaRule {
        name: "enum values",
        source: "error text: can1357/oh-my-pi#1835. The same for `const` is the stricter reading",
        check: Check::Each(enum_values),
    },
    SchemaRule {
        name: "beside $ref",
        source: "error text: camel-ai/camel#3001",
        check: Check::Each(beside_reference),
    },
    SchemaRule {
        name: "references",
        source: "error text: dotnet/extensions#6918",
        check: Check::Each(references),
    },
];

const FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];

/// Keywords that say what is meant, and not what is allowed.
const WORDS: [&str; 2] = ["title", "description"];

/// A schema's place, as Python prints it.
pub(super) fn context(node: &Node<'_>) -> String {
    let steps: Vec<_> = node.path.iter().map(|step| format!("'{step}'")).collect();
    match &steps[..] {
        [step] => format!("context=({step},)"),
        steps => format!("context=({})", steps.join(", ")),
    }
}

fn within(node: &Node<'_>, what: &str) -> String {
    format!("In {}, {what}", context(node))
}

/// Also of tools that are not strict.
pub(in super::super) fn root(schema: &Value) -> Option<String> {
    if schema["type"] != "object" {
        let kind = &schema["type"];
        return Some(format!(
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: {kind}'."
        ));
    }
    let refused = ["oneOf", "anyOf", "allOf", "enum", "not"];
    let is_refused = refused.iter().any(|keyword| schema.get(keyword).is_some());
    is_refused.then(|| {
        "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the \
         top level."
            .to_owned()
    })
}

fn typed(root: &Value) -> Option<String> {
    first(root, |node| {
        // What combines schemas is another rule's.
        let combined = ["$ref", "anyOf", "oneOf", "allOf"]
            .iter()
            .any(|keyword| node.has(keyword));
        let lacks = types(node.schema).is_empty() && !combined;
        lacks.then(|| within(node, "schema must have a 'type' key."))
    })
}

fn permitted(kind: &str) -> &'static [&'static str] {
    match kind {
        "object" => &["properties", "required", "additionalProperties"],
        "array" => &["items", "minItems", "maxItems"],
        "string" => &["pattern", "format"],
        "number" | "integer" => &[
            "multipleOf",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
        ],
        _ => &[],
    }
}

fn keywords(root: &Value) -> Option<String> {
    first(root, |node| {
        let mut known = vec!["type", "enum", "const", "anyOf"];
        known.extend(WORDS);
        known.extend(types(node.schema).into_iter().flat_map(permitted));
        known.extend(DEFINITIONS.into_iter().filter(|_| node.is_root()));
        let is_constraint = !node.has("$ref") && !node.has("anyOf");
        let unknown = node.keywords_beside(&known);
        let unknown = unknown.first().filter(|_| is_constraint)?;
        Some(within(node, &format!("'{unknown}' is not permitted.")))
    })
}

fn unions(root: &Value) -> Option<String> {
    first(root, |node| {
        let mut known = vec!["anyOf"];
        known.extend(WORDS);
        let beside = node.keywords_beside(&known);
        let beside = beside.first().filter(|_| node.has("anyOf"))?;
        Some(within(node, &format!("'{beside}' is not permitted.")))
    })
}

fn properties(root: &Value) -> Option<String> {
    first(root, |node| {
        let lacks = node.is("object") && !node.schema["properties"].is_object();
        lacks.then(|| within(node, "object schema missing properties."))
    })
}

fn required(root: &Value) -> Option<String> {
    let words = "'required' is required to be supplied and to be an array including every key in \
                 properties.";
    first(root, |node| {
        if let Some(missing) = node.property_names().find(|name| !node.requires(name)) {
            return Some(within(node, &format!("{words} Missing '{missing}'.")));
        }
        let mut required = items(&node.schema["required"])
            .iter()
            .filter_map(Value::as_str);
        let extra = required.find(|name| node.schema["properties"].get(name).is_none())?;
        Some(within(
            node,
            &format!("{words} Extra required key '{extra}' supplied."),
        ))
    })
}

fn closed(root: &Value) -> Option<String> {
    first(root, |node| {
        let is_open = node.is_object() && node.schema["additionalProperties"] != false;
        is_open.then(|| {
            within(
                node,
                "'additionalProperties' is required to be supplied and to be false.",
            )
        })
    })
}

fn arrays(root: &Value) -> Option<String> {
    first(root, |node| {
        let lacks = node.is("array") && !node.schema["items"].is_object();
        lacks.then(|| within(node, "array schema missing items."))
    })
}

fn formats(root: &Value) -> Option<String> {
    first(root, |node| {
        let format = node.schema["format"].as_str()?;
        let is_unknown = node.is("string") && !FORMATS.contains(&format);
        is_unknown.then(|| within(node, &format!("'{format}' is not a valid format.")))
    })
}

fn patterns(root: &Value) -> Option<String> {
    first(root, |node| {
        let pattern = Pattern::of(node.schema["pattern"].as_str()?);
        let place = node.path.join(".");
        pattern.looks_around().then(|| {
            format!(
                "Invalid JSON schema: regex lookaround is not supported. Found at $.{place}.pattern."
            )
        })
    })
}

fn enum_values(root: &Value) -> Option<String> {
    first(root, |node| {
        let kinds = types(node.schema);
        let fits = |value: &&Value| kinds.iter().any(|kind| has_type(value, kind));
        let misfit = allowed_values(node.schema).find(|value| !kinds.is_empty() && !fits(value))?;
        let (place, kind) = (context(node), &node.schema["type"]);
        Some(format!(
            "{place}, enum value {misfit} does not validate against {{'type': {kind}}}."
        ))
    })
}

fn beside_reference(root: &Value) -> Option<String> {
    first(root, |node| {
        let beside = node.keywords_beside(&["$ref"]);
        let beside = beside.first().filter(|_| node.has("$ref"))?;
        Some(format!(
            "{}, $ref cannot have keywords {{'{beside}'}}.",
            context(node)
        ))
    })
}

fn references(root: &Value) -> Option<String> {
    first(root, |node| {
        let reference = node.schema["$ref"].as_str()?;
        let is_lost = resolve(root, reference).is_none();
        is_lost.then(|| {
            let words = "reference can only point to definitions defined at the top level of the \
                         schema.";
            within(node, words)
        })
    })
}
