//! The schemas that Anthropic takes of a strict tool.

use serde_json::Value;

use super::super::items;
use super::pattern::Pattern;
use super::schema::{DEFINITIONS, allowed_values, circle, first, has_type, resolve, types};
use super::{Check, SchemaRule};

pub(super) const RULES: &[SchemaRule] = &[
    SchemaRule {
        name: "root",
        source: "Python package anthropic 2.11.0, `InputSchema`: type object; error text: \
                 anthropics/claude-code#27337",
        check: Check::Each(root),
    },
    SchemaRule {
        name: "keywords",
        source: "platform.claude.com/docs/en/build-with-claude/structured-outputs, JSON Schema \
                 limitations, read 2026-11; error texts: earendil-works/pi#9953 (minimum), \
                 experientiallabs/experiential#804 (maxItems), vercel/ai (oneOf). The page's lists \
                 are open (`such as`), so only what it lists as supported is taken. minLength and \
                 maxLength are refused by the page and taken by probes; $schema and examples are \
                 not on the page: all four refused",
        check: Check::Each(keywords),
    },
    SchemaRule {
        name: "unions",
        source: "error text `For 'anyOf', 'type' is not supported`, in public probes of 2026-09; \
                 the same of `allOf` is the stricter reading",
        check: Check::Each(unions),
    },
    SchemaRule {
        name: "allOf with $ref",
        source: "the page's supported features: `allOf` with `$ref` not supported. The words of \
                 the error are not known",
        check: Check::Each(all_of_references),
    },
    SchemaRule {
        name: "any value",
        source: "error text `Empty schema ({}) that accepts any JSON value is not supported`, in \
                 public probes of 2026-09. An untyped `enum` is taken: the Python package \
                 anthropic 2.11.0, `transform_schema`, drops the type beside it",
        check: Check::Each(any_value),
    },
    SchemaRule {
        name: "additionalProperties",
        source: "the page's supported features; error text: veryfront/veryfront-code#3921",
        check: Check::Each(closed),
    },
    SchemaRule {
        name: "items",
        source: "error text `Array types must be specified with a single object schema for \
                 'items'`, in public probes of 2026-09; an array without any is the stricter \
                 reading",
        check: Check::Each(arrays),
    },
    SchemaRule {
        name: "minItems",
        source: "the page's supported features: only 0 and 1; error text: \
                 ghostlobster/memorize-everything#93",
        check: Check::Each(min_items),
    },
    SchemaRule {
        name: "formats",
        source: "the page's supported features, and the Python package anthropic 2.11.0, \
                 `SupportedStringFormats`; error text in public probes of 2026-10",
        check: Check::Each(formats),
    },
    SchemaRule {
        name: "patterns",
        source: "the page's pattern support: no references to groups, no look-around, no edges of \
                 words; large counts are refused too, from which on is not said. Named groups and \
                 flags are not on the page, so refused",
        check: Check::Each(patterns),
    },
    SchemaRule {
        name: "enum values",
        source: "the page's supported features: no complex types; error text: \
                 BerriAI/litellm#37881, which refuses a list of types beside `enum` whatever the \
                 values. The same for `const` is the stricter reading",
        check: Check::Each(enum_values),
    },
    SchemaRule {
        name: "beside $ref",
        source: "not documented: the Python package anthropic 2.11.0, `transform_schema`, drops \
                 what stands beside it, so the stricter reading",
        check: Check::Each(beside_reference),
    },
    SchemaRule {
        name: "references",
        source: "the page's list of what is not supported: external `$ref`. Only definitions at \
                 the top is the stricter reading",
        check: Check::Each(references),
    },
    SchemaRule {
        name: "recursion",
        source: "the page's list of what is not supported: recursive schemas; error text: \
                 experientiallabs/experiential#804",
        check: Check::Each(recursion),
    },
    SchemaRule {
        name: "property names",
        source: "error text: anthropics/claude-code#79418, of the top of any tool's schema; below \
                 it is the stricter reading",
        check: Check::Each(property_names),
    },
];

const FORMATS: [&str; 10] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "uri",
    "ipv4",
    "ipv6",
    "uuid",
];

/// Keywords that say what is meant, and not what is allowed.
const WORDS: [&str; 3] = ["title", "description", "default"];

/// What is wrong with a property's name, for tools that are not strict too.
pub(in super::super) const PROPERTY_KEYS: &str =
    "input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'";

const COMBINING: [&str; 2] = ["anyOf", "allOf"];

/// Also of tools that are not strict.
pub(in super::super) fn root(schema: &Value) -> Option<String> {
    if schema["type"] != "object" {
        return Some("input_schema.type: Field required".to_owned());
    }
    let refused = ["oneOf", "allOf", "anyOf"];
    let is_refused = refused.iter().any(|keyword| schema.get(keyword).is_some());
    is_refused.then(|| {
        "input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level"
            .to_owned()
    })
}

/// Also of tools that are not strict, and there of the top only.
pub(in super::super) fn is_property_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(allowed)
}

fn permitted(kind: &str) -> &'static [&'static str] {
    match kind {
        "object" => &["properties", "required", "additionalProperties"],
        "array" => &["items", "minItems"],
        "string" => &["pattern", "format"],
        _ => &[],
    }
}

fn keywords(root: &Value) -> Option<String> {
    first(root, |node| {
        if node.has("oneOf") {
            return Some("Schema type 'oneOf' is not supported".to_owned());
        }
        if node.has("not") {
            return Some("Schema keyword 'not' is not supported".to_owned());
        }
        if node.has("$ref") || COMBINING.iter().any(|keyword| node.has(keyword)) {
            return None;
        }
        let kinds = types(node.schema);
        let mut known = vec!["type", "enum", "const"];
        known.extend(WORDS);
        known.extend(kinds.iter().copied().flat_map(permitted));
        known.extend(DEFINITIONS.into_iter().filter(|_| node.is_root()));
        let kind = kinds.first().copied().unwrap_or("enum");
        match &node.keywords_beside(&known)[..] {
            [] => None,
            [name] => Some(format!(
                "For '{kind}' type, property '{name}' is not supported"
            )),
            names => {
                let names = names.join(", ");
                Some(format!(
                    "For '{kind}' type, properties {names} are not supported"
                ))
            }
        }
    })
}

fn unions(root: &Value) -> Option<String> {
    first(root, |node| {
        let union = COMBINING.into_iter().find(|keyword| node.has(keyword))?;
        let mut known = vec![union];
        known.extend(WORDS);
        let beside = node.keywords_beside(&known).join(", ");
        (!beside.is_empty()).then(|| format!("For '{union}', '{beside}' is not supported"))
    })
}

fn all_of_references(root: &Value) -> Option<String> {
    first(root, |node| {
        let mut members = items(&node.schema["allOf"]).iter();
        let refers = members.any(|member| member.get("$ref").is_some());
        refers.then(|| "For 'allOf', '$ref' is not supported".to_owned())
    })
}

fn any_value(root: &Value) -> Option<String> {
    let saying = [
        "type", "$ref", "anyOf", "allOf", "oneOf", "not", "enum", "const",
    ];
    first(root, |node| {
        let is_any = !saying.iter().any(|keyword| node.has(keyword));
        is_any.then(|| "Empty schema ({}) that accepts any JSON value is not supported.".to_owned())
    })
}

fn closed(root: &Value) -> Option<String> {
    first(root, |node| {
        let is_open = node.is_object() && node.schema["additionalProperties"] != false;
        is_open.then(|| {
            "For 'object' type, 'additionalProperties' must be explicitly set to false".to_owned()
        })
    })
}

fn arrays(root: &Value) -> Option<String> {
    first(root, |node| {
        let lacks = node.is("array") && !node.schema["items"].is_object();
        lacks.then(|| {
            "Invalid schema: Array types must be specified with a single object schema for 'items'."
                .to_owned()
        })
    })
}

fn min_items(root: &Value) -> Option<String> {
    first(root, |node| {
        let is_refused = node
            .schema
            .get("minItems")
            .is_some_and(|min| *min != 0 && *min != 1);
        is_refused.then(|| {
            "For 'array' type, 'minItems' values other than 0 or 1 are not supported".to_owned()
        })
    })
}

fn formats(root: &Value) -> Option<String> {
    first(root, |node| {
        let format = node.schema["format"].as_str()?;
        let is_unknown = node.is("string") && !FORMATS.contains(&format);
        is_unknown.then(|| format!("For 'string' type, format '{format}' is not supported"))
    })
}

fn patterns(root: &Value) -> Option<String> {
    first(root, |node| {
        let text = node.schema["pattern"].as_str()?;
        let pattern = Pattern::of(text);
        let is_refused = pattern.has_special_groups() || pattern.refers_or_looks_at_words();
        is_refused.then(|| format!("Invalid regex in pattern field: {text}"))
    })
}

fn enum_values(root: &Value) -> Option<String> {
    first(root, |node| {
        let kinds = types(node.schema);
        let fits = |value: &&Value| match kinds[..] {
            [] => !value.is_array() && !value.is_object(),
            [kind] => has_type(value, kind) && kind != "array" && kind != "object",
            _ => false,
        };
        let misfit = allowed_values(node.schema).find(|value| !fits(value))?;
        let kind = &node.schema["type"];
        Some(format!(
            "Invalid schema: Enum value {misfit} does not match declared type '{kind}'"
        ))
    })
}

fn beside_reference(root: &Value) -> Option<String> {
    first(root, |node| {
        let beside = node.keywords_beside(&["$ref"]).join(", ");
        let is_refused = node.has("$ref") && !beside.is_empty();
        is_refused.then(|| format!("For '$ref', '{beside}' is not supported"))
    })
}

fn references(root: &Value) -> Option<String> {
    first(root, |node| {
        let reference = node.schema["$ref"].as_str()?;
        let is_lost = resolve(root, reference).is_none();
        is_lost.then(|| format!("Unable to resolve reference '{reference}'"))
    })
}

fn recursion(root: &Value) -> Option<String> {
    let circle = circle(root)?;
    let names = circle
        .iter()
        .filter_map(|reference| reference.rsplit('/').next());
    let names: Vec<_> = names.collect();
    Some(format!(
        "Circular reference detected in schema definitions: {}. Self-referencing or \
         mutually-referencing definitions are not supported.",
        names.join(" -> ")
    ))
}

fn property_names(root: &Value) -> Option<String> {
    first(root, |node| {
        let mut names = node.property_names();
        let is_refused = names.any(|name| !is_property_name(name));
        is_refused.then(|| PROPERTY_KEYS.to_owned())
    })
}
