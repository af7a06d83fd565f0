//! What the chat completion formats of `OpenAI` and `LiteLLM` check alike.

use super::super::format::Vendor;
use super::super::recorded::Recorded;
use super::{Check, Rule, call_ids, ensure, is_tool_name, items};

const CHAT: &str = "platform.openai.com/docs/api-reference/chat/create, read 2026-11";

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "roles",
        source: CHAT,
        check: roles,
    },
    Rule {
        name: "content",
        source: CHAT,
        check: content,
    },
    Rule {
        name: "tool messages",
        source: "error texts of the API: every call id is answered, right after the calls",
        check: tool_messages,
    },
    Rule {
        name: "tool calls",
        source: "Python package openai 3.52.0: `function.arguments` is a string",
        check: tool_calls,
    },
    Rule {
        name: "tools",
        source: "platform.openai.com/docs/guides/function-calling: names, parameters",
        check: tools,
    },
    Rule {
        name: "reasoning_effort",
        source: "Python packages openai 3.52.0, `ReasoningEffort`, and litellm 1.109.1, \
                 `REASONING_EFFORT`",
        check: effort,
    },
];

fn roles(_: &Vendor, request: &Recorded) -> Check {
    let known = ["developer", "system", "user", "assistant", "tool"];
    for message in request.messages() {
        let role = message["role"].as_str().unwrap_or_default();
        ensure(known.contains(&role), || {
            format!("Invalid value: '{role}'. Supported values are: {known:?}")
        })?;
    }
    Ok(())
}

fn content(_: &Vendor, request: &Recorded) -> Check {
    for message in request.messages() {
        let has_content = message["content"].is_string() || message["content"].is_array();
        let may_lack = !items(&message["tool_calls"]).is_empty() && message["content"].is_null();
        ensure(has_content || may_lack, || {
            "Invalid value for 'content': expected a string, got null.".to_owned()
        })?;
    }
    let mut calls = request
        .messages()
        .iter()
        .map(|message| &message["tool_calls"]);
    ensure(
        calls.all(|calls| calls.as_array().is_none_or(|calls| !calls.is_empty())),
        || "[] is too short - 'tool_calls'".to_owned(),
    )
}

pub(super) fn tool_messages(_: &Vendor, request: &Recorded) -> Check {
    let mut open: Vec<&str> = Vec::new();
    for message in request.messages() {
        if message["role"] == "tool" {
            let id = message["tool_call_id"].as_str().unwrap_or_default();
            let place = open.iter().position(|asked| *asked == id);
            open.remove(place.ok_or_else(|| {
                super::bad(
                    "Invalid parameter: messages with role 'tool' must be a response to a \
                     preceeding message with 'tool_calls'.",
                )
            })?);
            continue;
        }
        unanswered(&open)?;
        open = call_ids(message);
    }
    unanswered(&open)
}

fn unanswered(open: &[&str]) -> Check {
    ensure(open.is_empty(), || {
        format!(
            "An assistant message with 'tool_calls' must be followed by tool messages responding \
             to each 'tool_call_id'. The following tool_call_ids did not have response messages: \
             {open:?}"
        )
    })
}

fn tool_calls(_: &Vendor, request: &Recorded) -> Check {
    let messages = request.messages().iter();
    for call in messages.flat_map(|message| items(&message["tool_calls"])) {
        ensure(call["type"] == "function", || {
            "Missing required parameter: 'tool_calls[0].type'.".to_owned()
        })?;
        ensure(call["function"]["arguments"].is_string(), || {
            "Invalid type for 'function.arguments': expected a string.".to_owned()
        })?;
        let id = call["id"].as_str().unwrap_or_default();
        ensure((1..=64).contains(&id.len()), || {
            "Invalid 'tool_calls[0].id': string too long or missing.".to_owned()
        })?;
    }
    Ok(())
}

pub(super) fn tools(_: &Vendor, request: &Recorded) -> Check {
    ensure(request.body["tools"] != serde_json::json!([]), || {
        "[] is too short - 'tools'".to_owned()
    })?;
    for tool in items(&request.body["tools"]) {
        let name = tool["function"]["name"].as_str().unwrap_or_default();
        ensure(tool["type"] == "function", || {
            "Missing required parameter: 'tools[0].type'.".to_owned()
        })?;
        ensure(is_tool_name(name), || {
            "Invalid 'tools[0].function.name': string does not match pattern \
             '^[a-zA-Z0-9_-]+$'."
                .to_owned()
        })?;
        let parameters = &tool["function"]["parameters"];
        ensure(
            parameters.is_null() || parameters["type"] == "object",
            || {
                format!(
                    "Invalid schema for function '{name}': schema must be a JSON Schema of 'type: \
                 \"object\"', got 'type: {}'.",
                    parameters["type"]
                )
            },
        )?;
    }
    Ok(())
}

pub(super) fn effort(_: &Vendor, request: &Recorded) -> Check {
    let effort = &request.body["reasoning_effort"];
    let known = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
    ensure(
        effort.is_null() || known.iter().any(|word| effort == word),
        || format!("Invalid value: {effort}. Supported values are: {known:?}"),
    )
}
