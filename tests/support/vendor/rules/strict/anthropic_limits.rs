//! How much Anthropic lets the strict tools of one request ask of its grammar.

use serde_json::Value;

use super::schema::{Used, types, uses};
use super::{Check, SchemaRule};

const TOOLS_MAX: usize = 20;
const OPTIONAL_MAX: usize = 24;
const UNIONS_MAX: usize = 16;

pub(super) const RULES: &[SchemaRule] = &[
    SchemaRule {
        name: "strict tool count",
        source: "platform.claude.com/docs/en/build-with-claude/structured-outputs, schema \
                 complexity limits, read 2026-11; error text: datarobot-oss/datarobot-genai#547",
        check: Check::Together(tool_count),
    },
    SchemaRule {
        name: "optional parameters",
        source: "the same table; error text: elie222/inbox-zero#2662. Nested ones count \
                 (elizaOS/eliza#16499); that a definition counts wherever it is used is the \
                 stricter reading",
        check: Check::Together(optional_parameters),
    },
    SchemaRule {
        name: "union parameters",
        source: "the same table: `anyOf` or type arrays; error text in public probes of 2026-09. \
                 That members of arrays and uses of a definition count is the stricter reading",
        check: Check::Together(union_parameters),
    },
];

fn tool_count(schemas: &[&Value]) -> Option<String> {
    let count = schemas.len();
    (count > TOOLS_MAX).then(|| {
        format!(
            "Too many strict tools ({count}). The maximum number of strict tools supported is \
             {TOOLS_MAX}. Try reducing the number of tools marked as strict."
        )
    })
}

/// Adds something up over all schemas, where values meet them.
fn total(schemas: &[&Value], count: impl Fn(&Used<'_>) -> usize) -> usize {
    let used = schemas.iter().flat_map(|schema| uses(schema));
    used.map(|used| count(&used)).sum()
}

fn optional_parameters(schemas: &[&Value]) -> Option<String> {
    let count = total(schemas, |used| {
        let names = used.node.property_names();
        names.filter(|name| !used.node.requires(name)).count()
    });
    (count > OPTIONAL_MAX).then(|| {
        format!(
            "Schemas contains too many optional parameters ({count}), which would make grammar \
             compilation inefficient. Reduce the number of optional parameters in your tool \
             schemas (limit: {OPTIONAL_MAX})."
        )
    })
}

fn union_parameters(schemas: &[&Value]) -> Option<String> {
    let count = total(schemas, |used| {
        let is_union = used.node.has("anyOf") || types(used.node.schema).len() > 1;
        usize::from(is_union)
    });
    (count > UNIONS_MAX).then(|| {
        format!(
            "Schemas contains too many parameters with union types ({count} parameters with type \
             arrays or anyOf). This causes exponential compilation cost. Reduce the number of \
             nullable or union-typed parameters (limit: {UNIONS_MAX})."
        )
    })
}
