//! What Anthropic checks in the tools of a request.

use serde_json::Value;

use super::super::format::{Format, Vendor};
use super::super::recorded::Recorded;
use super::{Check, Rule, ensure, is_tool_name, items, strict, unknown_field};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "tool fields",
        source: "Python package anthropic 2.11.0, `ToolParam`",
        check: fields,
    },
    Rule {
        name: "tools",
        source: "platform.claude.com/docs/en/agents-and-tools/tool-use: name, input_schema; error \
                 texts: anthropics/claude-code#27337 (root), #79418 (property names), of any tool",
        check: tools,
    },
    Rule {
        name: "strict tools",
        source: "a table of their own: `Format::schema_rules`",
        check: strict_tools,
    },
];

fn fields(_: &Vendor, request: &Recorded) -> Check {
    let known = [
        "type",
        "name",
        "description",
        "input_schema",
        "strict",
        "cache_control",
        "allowed_callers",
        "defer_loading",
        "eager_input_streaming",
        "input_examples",
    ];
    for (number, tool) in items(&request.body["tools"]).iter().enumerate() {
        let unknown = unknown_field(tool, &known);
        ensure(unknown.is_none(), || {
            let unknown = unknown.unwrap_or_default();
            format!("tools.{number}.custom.{unknown}: Extra inputs are not permitted")
        })?;
        let strict = tool.get("strict");
        ensure(strict.is_none_or(Value::is_boolean), || {
            format!("tools.{number}.custom.strict: Input should be a valid boolean")
        })?;
    }
    Ok(())
}

fn tools(_: &Vendor, request: &Recorded) -> Check {
    let mut names = Vec::new();
    for (number, tool) in items(&request.body["tools"]).iter().enumerate() {
        let name = tool["name"].as_str().unwrap_or_default();
        ensure(is_tool_name(name), || {
            format!(
                "tools.{number}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,64}}$'"
            )
        })?;
        ensure(!names.contains(&name), || {
            "tools: Tool names must be unique.".to_owned()
        })?;
        schema(&tool["input_schema"]).map_or(Ok(()), |what| {
            Err(super::bad(format!("tools.{number}.custom.{what}")))
        })?;
        names.push(name);
    }
    Ok(())
}

/// What is wrong with any tool's schema.
fn schema(schema: &Value) -> Option<String> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let mut names = properties.map(|(name, _)| name);
    strict::anthropic_root(schema).or_else(|| {
        let is_refused = names.any(|name| !strict::is_anthropic_property_name(name));
        is_refused.then(|| strict::PROPERTY_KEYS.to_owned())
    })
}

fn strict_tools(_: &Vendor, request: &Recorded) -> Check {
    let tools = items(&request.body["tools"]).iter().enumerate();
    let strict = tools.filter(|(_, tool)| tool["strict"] == true);
    let place = |number| format!("tools.{number}.custom: ");
    let tools: Vec<_> = strict
        .map(|(number, tool)| (place(number), &tool["input_schema"]))
        .collect();
    strict::refusal(Format::Anthropic, &tools).map_or(Ok(()), |what| Err(super::bad(what)))
}
