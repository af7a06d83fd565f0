//! What Mistral checks.

use super::super::failure::Failure;
use super::super::format::Vendor;
use super::super::recorded::Recorded;
use super::{Check, Rule, call_ids, chat, ensure, items, unknown_field};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "unknown field",
        source: "Python package mistralai 3.7.0, `ChatCompletionRequest`; the API answers 422",
        check: fields,
    },
    Rule {
        name: "call ids",
        source: "error 3280 of the API; nearai/ironclaw#1241",
        check: ids,
    },
    Rule {
        name: "tool messages",
        source: "error 3230 of the API: `Not the same number of function calls and responses`",
        check: tool_messages,
    },
    Rule {
        name: "role order",
        source: "error 3230 of the API, for most models until 2026: zed-industries/zed#37021, \
                 datapizza-labs/datapizza-ai#98",
        check: order,
    },
    Rule {
        name: "last role",
        source: "error 3230 of the API; 0xPlaygrounds/rig#1130",
        check: last,
    },
    Rule {
        name: "assistant content",
        source: "error 3240 of the API: text or calls, but not nothing",
        check: content,
    },
    Rule {
        name: "reasoning_effort",
        source: "Python package mistralai 3.7.0, `ReasoningEffort`; the API answers 422",
        check: effort,
    },
    Rule {
        name: "tools",
        source: "docs.mistral.ai/capabilities/function_calling: names; at most 128",
        check: tools,
    },
];

fn coded(check: Check, code: &'static str) -> Check {
    check.map_err(|failure| Failure {
        code: Some(code),
        ..failure
    })
}

fn fields(_: &Vendor, request: &Recorded) -> Check {
    let known = [
        "model",
        "messages",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "temperature",
        "top_p",
        "max_tokens",
        "stop",
        "random_seed",
        "metadata",
        "response_format",
        "presence_penalty",
        "frequency_penalty",
        "n",
        "prediction",
        "parallel_tool_calls",
        "prompt_mode",
        "reasoning_effort",
        "safe_prompt",
        "prompt_cache_key",
    ];
    let unknown = unknown_field(&request.body, &known);
    let in_message = [
        "role",
        "content",
        "name",
        "tool_calls",
        "tool_call_id",
        "prefix",
    ];
    let unknown = unknown.or_else(|| {
        let mut messages = request.messages().iter();
        messages.find_map(|message| unknown_field(message, &in_message))
    });
    let Some(unknown) = unknown else {
        return Ok(());
    };
    let mut failure = Failure::of(422);
    failure.message = format!("Extra inputs are not permitted: {unknown}");
    Err(failure)
}

fn ids(_: &Vendor, request: &Recorded) -> Check {
    let fits = |id: &str| id.len() == 9 && id.chars().all(|c| c.is_ascii_alphanumeric());
    for message in request.messages() {
        let answered = message["tool_call_id"].as_str();
        let mut ids = call_ids(message).into_iter().chain(answered);
        let refused = ids.find(|id| !fits(id));
        let check = ensure(refused.is_none(), || {
            format!(
                "Tool call id was {} but must be a-z, A-Z, 0-9, with a length of 9.",
                refused.unwrap_or_default()
            )
        });
        coded(check, "3280")?;
    }
    Ok(())
}

fn tool_messages(vendor: &Vendor, request: &Recorded) -> Check {
    chat::tool_messages(vendor, request).map_err(|_| Failure {
        status: 400,
        message: "Not the same number of function calls and responses".to_owned(),
        code: Some("3230"),
    })
}

/// The roles that may stand behind each other; `user` behind `tool` may not.
fn order(_: &Vendor, request: &Recorded) -> Check {
    let mut before = "";
    for message in request.messages() {
        let role = message["role"].as_str().unwrap_or_default();
        let fits = match role {
            "system" => before.is_empty() || before == "system" || before == "assistant",
            "user" => before != "tool",
            "assistant" => !before.is_empty(),
            "tool" => before == "assistant" || before == "tool",
            _ => false,
        };
        let check = ensure(fits, || {
            format!("Unexpected role '{role}' after role '{before}'")
        });
        coded(check, "3230")?;
        before = role;
    }
    Ok(())
}

fn last(_: &Vendor, request: &Recorded) -> Check {
    let last = request.messages().last().map(|last| &last["role"]);
    let fits = last.is_some_and(|role| role == "user" || role == "tool");
    let check = ensure(fits, || {
        "Expected last role User or Tool (or Assistant with prefix True) for serving but got \
         assistant"
            .to_owned()
    });
    coded(check, "3230")
}

fn content(_: &Vendor, request: &Recorded) -> Check {
    let assistant = |message: &&serde_json::Value| message["role"] == "assistant";
    for message in request.messages().iter().filter(assistant) {
        let has_text = message["content"]
            .as_str()
            .is_some_and(|text| !text.is_empty());
        let has_content = has_text || !items(&message["content"]).is_empty();
        let check = ensure(
            has_content || !items(&message["tool_calls"]).is_empty(),
            || "Assistant message must have either content or tool_calls, but not none.".to_owned(),
        );
        coded(check, "3240")?;
    }
    Ok(())
}

fn tools(vendor: &Vendor, request: &Recorded) -> Check {
    ensure(items(&request.body["tools"]).len() <= 128, || {
        "Too many tools: at most 128".to_owned()
    })?;
    chat::tools(vendor, request)
}

fn effort(vendor: &Vendor, request: &Recorded) -> Check {
    chat::effort(vendor, request).map_err(|failure| Failure {
        status: 422,
        ..failure
    })
}
