//! What `OpenAI` checks beyond the common chat format.

use serde_json::Value;

use super::super::failure::Failure;
use super::super::format::{Format, Vendor};
use super::super::recorded::Recorded;
use super::{Check, Rule, bad, ensure, items, strict, unknown_field};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "unknown field",
        source: "Python package openai 3.52.0, types of `chat.completions.create`",
        check: fields,
    },
    Rule {
        name: "max_completion_tokens",
        source: "error texts of the API: current models refuse `max_tokens`",
        check: max_tokens,
    },
    Rule {
        name: "tool fields",
        source: "Python package openai 3.52.0, `ChatCompletionFunctionToolParam`",
        check: tool_fields,
    },
    Rule {
        name: "tool schemas",
        source: "error text, also of tools that are not strict: chatanywhere/GPT_API_free#403",
        check: tool_schemas,
    },
    Rule {
        name: "strict tools",
        source: "a table of their own: `Format::schema_rules`",
        check: strict_tools,
    },
];

fn fields(_: &Vendor, request: &Recorded) -> Check {
    let known = [
        "model",
        "messages",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "max_completion_tokens",
        "max_tokens",
        "reasoning_effort",
        "response_format",
        "temperature",
        "top_p",
        "stop",
        "seed",
        "n",
        "user",
        "metadata",
        "store",
        "service_tier",
        "prompt_cache_key",
        "prompt_cache_options",
        "verbosity",
        "safety_identifier",
        "logprobs",
        "top_logprobs",
    ];
    let unknown = unknown_field(&request.body, &known);
    let in_message = [
        "role",
        "content",
        "name",
        "refusal",
        "tool_calls",
        "tool_call_id",
        "audio",
    ];
    let unknown = unknown.or_else(|| {
        let mut messages = request.messages().iter();
        messages.find_map(|message| unknown_field(message, &in_message))
    });
    ensure(unknown.is_none(), || {
        format!(
            "Unrecognized request argument supplied: {}",
            unknown.unwrap_or_default()
        )
    })
}

fn max_tokens(_: &Vendor, request: &Recorded) -> Check {
    ensure(request.body["max_tokens"].is_null(), || {
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use \
         'max_completion_tokens' instead."
            .to_owned()
    })
}

fn tool_fields(_: &Vendor, request: &Recorded) -> Check {
    for tool in items(&request.body["tools"]) {
        let function = &tool["function"];
        let known = ["name", "description", "parameters", "strict"];
        let unknown = unknown_field(tool, &["type", "function"]);
        let unknown = unknown.or_else(|| unknown_field(function, &known));
        ensure(unknown.is_none(), || {
            format!(
                "Unknown parameter: 'tools[0].{}'.",
                unknown.unwrap_or_default()
            )
        })?;
        let strict = &function["strict"];
        ensure(strict.is_null() || strict.is_boolean(), || {
            "Invalid type for 'tools[0].function.strict': expected a boolean.".to_owned()
        })?;
    }
    Ok(())
}

/// What comes before what is wrong with a schema.
fn place(function: &Value) -> String {
    let name = function["name"].as_str().unwrap_or_default();
    format!("Invalid schema for function '{name}': ")
}

fn refused(what: Option<String>) -> Check {
    let Some(what) = what else {
        return Ok(());
    };
    let code = Some("invalid_function_parameters");
    Err(Failure { code, ..bad(what) })
}

fn tool_schemas(_: &Vendor, request: &Recorded) -> Check {
    let functions = items(&request.body["tools"])
        .iter()
        .map(|tool| &tool["function"]);
    let mut functions = functions.filter(|function| function["parameters"].is_object());
    refused(functions.find_map(|function| {
        let what = strict::openai_root(&function["parameters"])?;
        Some(format!("{}{what}", place(function)))
    }))
}

fn strict_tools(_: &Vendor, request: &Recorded) -> Check {
    let functions = items(&request.body["tools"])
        .iter()
        .map(|tool| &tool["function"]);
    let strict = functions.filter(|function| function["strict"] == true);
    let tools: Vec<_> = strict
        .map(|function| (place(function), &function["parameters"]))
        .collect();
    refused(strict::refusal(Format::OpenAi, &tools))
}
