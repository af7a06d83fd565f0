//! `OpenAI`'s chat completion chunks, with padding fields and the token counts in a chunk of their
//! own.

use agentwerk::chat::{StopReason, Usage};
use serde_json::{Value, json};

use super::format::{Ids, model_of};
use super::reply::{Block, Quirk, Reply};
use super::sse::Event;

/// A fixed creation time: the bytes of an answer depend on nothing but the script.
pub(super) const CREATED: u64 = 1_790_000_000;

pub(super) fn render(reply: &Reply, request: &Value) -> Vec<Event> {
    let mut ids = Ids::of(request);
    let id = ids.next("chatcmpl-", 29);
    let counts = request["stream_options"]["include_usage"] == true && !reply.has(Quirk::NoUsage);
    let chunk = |delta: Value, finish: Option<&str>| {
        let mut chunk = head(&id, request);
        chunk["choices"] = json!([{
            "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish,
        }]);
        if counts {
            chunk["usage"] = Value::Null;
        }
        // Padding of varying length, against readers of packet sizes.
        chunk["obfuscation"] = "x8Qz1Lw0"[..1 + delta.to_string().len() % 8].into();
        Event::data(chunk)
    };
    let mut events = vec![chunk(
        json!({"role": "assistant", "content": "", "refusal": null}),
        None,
    )];
    let field = match reply.has(Quirk::TextIsRefusal) {
        true => "refusal",
        false => "content",
    };
    let mut calls = 0;
    for block in &reply.blocks {
        match block {
            // This vendor shows no thoughts.
            Block::Thinking(_) | Block::Redacted(_) => {}
            Block::Text(text) => {
                events.extend(text.iter().map(|piece| chunk(json!({field: piece}), None)));
            }
            Block::ToolCall { .. } => {
                let deltas = call_deltas(block, calls, || ids.next("call_", 24));
                events.extend(deltas.into_iter().map(|delta| chunk(delta, None)));
                calls += 1;
            }
        }
    }
    events.push(chunk(json!({}), Some(finish_word(&reply.stop()))));
    if counts {
        let mut last = head(&id, request);
        last["choices"] = json!([]);
        last["usage"] = usage(&reply.usage);
        last["obfuscation"] = "".into();
        events.push(Event::data(last));
    }
    events.push(Event::data("[DONE]"));
    events
}

fn head(id: &str, request: &Value) -> Value {
    json!({
        "id": id,
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": model_of(request),
        "service_tier": "default",
        "system_fingerprint": null,
    })
}

/// A call in deltas: id and name come once, in the first.
pub(super) fn call_deltas(
    block: &Block,
    index: usize,
    new_id: impl FnOnce() -> String,
) -> Vec<Value> {
    let Block::ToolCall {
        id,
        name,
        arguments,
    } = block
    else {
        return Vec::new();
    };
    let first = json!({"tool_calls": [{
        "index": index,
        "id": id.clone().unwrap_or_else(new_id),
        "type": "function",
        "function": {"name": name, "arguments": ""},
    }]});
    let rest = arguments
        .iter()
        .map(|piece| json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}));
    [first].into_iter().chain(rest).collect()
}

/// The vendor has no words for a pause or an overflow; it says `stop` and `length`.
pub(super) fn finish_word(reason: &StopReason) -> &str {
    match reason {
        StopReason::ToolCalls => "tool_calls",
        StopReason::MaxTokens | StopReason::ContextOverflow => "length",
        StopReason::Refusal => "content_filter",
        StopReason::Other(word) => word,
        _ => "stop",
    }
}

/// Cached tokens are a part of the prompt here, not beside it.
fn usage(usage: &Usage) -> Value {
    let prompt = usage.total_input_tokens();
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": usage.output_tokens,
        "total_tokens": prompt + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cache_read_tokens, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
        },
    })
}
