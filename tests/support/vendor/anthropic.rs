//! Anthropic's Messages stream: named events, blocks with a start, deltas and a stop.

use agentwerk::chat::{StopReason, Usage};
use serde_json::{Value, json};

use super::format::{Ids, model_of};
use super::reply::{Block, Quirk, Reply, sign};
use super::sse::Event;

pub(super) fn ping() -> Event {
    Event::named("ping", json!({"type": "ping"}))
}

pub(super) fn render(reply: &Reply, request: &Value) -> Vec<Event> {
    let mut ids = Ids::of(request);
    let counted = !reply.has(Quirk::NoUsage);
    let start = json!({
        "type": "message_start",
        "message": {
            "id": ids.next("msg_01", 22),
            "type": "message",
            "role": "assistant",
            "model": model_of(request),
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            "usage": if counted { usage(&reply.usage, 1) } else { json!({}) },
        },
    });
    let mut events = vec![event(&start)];
    for (index, block) in reply.blocks.iter().enumerate() {
        let (start, deltas) = block_parts(block, &mut ids);
        events.push(event(
            &json!({"type": "content_block_start", "index": index, "content_block": start}),
        ));
        if index == 0 {
            events.push(ping());
        }
        events.extend(deltas.into_iter().map(|delta| {
            event(&json!({"type": "content_block_delta", "index": index, "delta": delta}))
        }));
        events.push(event(
            &json!({"type": "content_block_stop", "index": index}),
        ));
    }
    let mut delta = json!({
        "type": "message_delta",
        "delta": stop(&reply.stop()),
    });
    if counted {
        // Cumulative: a client that adds this to the counts of the start counts twice.
        delta["usage"] = usage(&reply.usage, reply.usage.output_tokens);
    }
    events.push(event(&delta));
    events.push(event(&json!({"type": "message_stop"})));
    events
}

fn event(data: &Value) -> Event {
    let name = match data["type"].as_str() {
        Some("message_start") => "message_start",
        Some("content_block_start") => "content_block_start",
        Some("content_block_delta") => "content_block_delta",
        Some("content_block_stop") => "content_block_stop",
        Some("message_delta") => "message_delta",
        _ => "message_stop",
    };
    Event::named(name, data)
}

fn usage(usage: &Usage, output_tokens: u64) -> Value {
    json!({
        "input_tokens": usage.input_tokens,
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cache_read_tokens,
        "output_tokens": output_tokens,
    })
}

/// What a block starts as, and the deltas that complete it.
fn block_parts(block: &Block, ids: &mut Ids) -> (Value, Vec<Value>) {
    match block {
        Block::Thinking(thoughts) => {
            let deltas = thoughts
                .iter()
                .map(|piece| json!({"type": "thinking_delta", "thinking": piece}));
            let signature = sign(&thoughts.whole());
            let signed = json!({"type": "signature_delta", "signature": signature});
            (
                json!({"type": "thinking", "thinking": "", "signature": ""}),
                deltas.chain([signed]).collect(),
            )
        }
        Block::Redacted(data) => (json!({"type": "redacted_thinking", "data": data}), vec![]),
        Block::Text(text) => (
            json!({"type": "text", "text": ""}),
            text.iter()
                .map(|piece| json!({"type": "text_delta", "text": piece}))
                .collect(),
        ),
        Block::ToolCall {
            id,
            name,
            arguments,
        } => {
            let id = id.clone().unwrap_or_else(|| ids.next("toolu_01", 22));
            // The first fragment is always empty, and the only one of a call without arguments.
            let fragments = [""].into_iter().chain(arguments.iter());
            (
                json!({"type": "tool_use", "id": id, "name": name, "input": {}}),
                fragments
                    .map(|piece| json!({"type": "input_json_delta", "partial_json": piece}))
                    .collect(),
            )
        }
    }
}

fn stop(reason: &StopReason) -> Value {
    let word = match reason {
        StopReason::ToolCalls => "tool_use",
        StopReason::MaxTokens => "max_tokens",
        StopReason::StopSequence => "stop_sequence",
        StopReason::Pause => "pause_turn",
        StopReason::Refusal => "refusal",
        StopReason::ContextOverflow => "model_context_window_exceeded",
        StopReason::Other(word) => word,
        _ => "end_turn",
    };
    let details = match reason {
        StopReason::Refusal => json!({"type": "refusal", "category": "cyber"}),
        _ => Value::Null,
    };
    json!({"stop_reason": word, "stop_sequence": null, "stop_details": details})
}
