//! What `OpenAI` checks beyond the common chat format.

use super::super::format::Vendor;
use super::super::recorded::Recorded;
use super::{Check, Rule, ensure, items, strict, unknown_field};

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
        name: "strict tools",
        source: "platform.openai.com/docs/guides/structured-outputs: supported schemas",
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

fn strict_tools(_: &Vendor, request: &Recorded) -> Check {
    for tool in items(&request.body["tools"]) {
        let function = &tool["function"];
        if function["strict"] == true {
            let name = function["name"].as_str().unwrap_or_default();
            strict::check(&function["parameters"]).map_err(|what| {
                super::bad(format!("Invalid schema for function '{name}': {what}"))
            })?;
        }
    }
    Ok(())
}
