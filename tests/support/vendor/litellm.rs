//! Chat completion chunks as a `LiteLLM` proxy relays them, with thoughts in fields of its own.
//!
//! Thoughts come as numbered entries of `thinking_blocks`, one per piece, the signature in the last
//! (`llms/anthropic/chat/handler.py` in litellm 1.109.1). Earlier versions left out the number
//! (BerriAI/litellm#29428), or sent the signed block whole behind its pieces (#31022).

use agentwerk::chat::Usage;
use serde_json::{Value, json};

use super::format::{Ids, model_of};
use super::openai::{CREATED, call_deltas, finish_word};
use super::reply::{Block, Pieces, Quirk, Reply, sign};
use super::sse::Event;

pub(super) fn render(reply: &Reply, request: &Value) -> Vec<Event> {
    let mut ids = Ids::of(request);
    let head = json!({
        "id": ids.next("chatcmpl-", 36),
        "created": CREATED,
        "model": model_of(request),
        "object": "chat.completion.chunk",
    });
    let chunk = |choice: Value| {
        let mut chunk = head.clone();
        chunk["choices"] = json!([choice]);
        chunk
    };
    let mut deltas = Vec::new();
    let (mut calls, mut thoughts) = (0, 0);
    for block in &reply.blocks {
        match block {
            Block::Thinking(pieces) => {
                deltas.extend(thinking(pieces, thoughts, reply));
                thoughts += 1;
            }
            Block::Redacted(_) if reply.has(Quirk::UnsignedThinking) => {}
            Block::Redacted(data) => {
                let block = json!({"type": "redacted_thinking", "data": data, "index": thoughts});
                deltas.push(with_block(json!({"content": ""}), block));
                thoughts += 1;
            }
            Block::Text(text) => deltas.extend(text.iter().map(|piece| json!({"content": piece}))),
            Block::ToolCall { .. } => {
                deltas.extend(call_deltas(block, calls, || ids.next("toolu_01", 22)));
                calls += 1;
            }
        }
    }
    if let Some(first) = deltas.first_mut() {
        first["role"] = "assistant".into();
    }
    let mut chunks: Vec<Value> = deltas
        .into_iter()
        .map(|delta| chunk(json!({"index": 0, "delta": delta})))
        .collect();
    let stop = reply.stop();
    let finish = match calls > 0 && reply.has(Quirk::StopDespiteCalls) {
        true => "stop",
        false => finish_word(&stop),
    };
    chunks.push(chunk(
        json!({"finish_reason": finish, "index": 0, "delta": {}}),
    ));
    if request["stream_options"]["include_usage"] == true && !reply.has(Quirk::NoUsage) {
        // Not an empty list, as at the origin: an empty delta beside the counts.
        let mut last = chunk(json!({"index": 0, "delta": {}}));
        last["usage"] = usage(&reply.usage);
        chunks.push(last);
    }
    let events = chunks.into_iter().map(Event::data);
    events.chain([Event::data("[DONE]")]).collect()
}

fn thinking(thoughts: &Pieces, index: usize, reply: &Reply) -> Vec<Value> {
    let unsigned = reply.has(Quirk::UnsignedThinking);
    let unnumbered = reply.has(Quirk::UnnumberedThinking);
    let whole = reply.has(Quirk::WholeThinking);
    let signature = sign(&thoughts.whole());
    let shown = |piece: &str| json!({"reasoning_content": piece, "content": ""});
    let mut deltas: Vec<Value> = thoughts
        .iter()
        .map(|piece| match (unsigned || whole, unnumbered) {
            (true, _) => shown(piece),
            (_, true) => with_block(
                shown(piece),
                json!({"type": "thinking", "thinking": piece, "signature": ""}),
            ),
            _ => with_block(
                shown(piece),
                json!({"type": "thinking", "thinking": piece, "index": index}),
            ),
        })
        .collect();
    if !unsigned {
        let text = if whole {
            thoughts.whole()
        } else {
            String::new()
        };
        let mut last = json!({"type": "thinking", "thinking": text, "signature": signature});
        if !whole && !unnumbered {
            last["index"] = index.into();
        }
        deltas.push(with_block(shown(""), last));
    }
    deltas
}

/// The proxy says the same twice: beside the content, and among the fields of the vendor.
fn with_block(mut delta: Value, block: Value) -> Value {
    delta["provider_specific_fields"] = json!({"thinking_blocks": [&block]});
    delta["thinking_blocks"] = json!([block]);
    delta
}

/// The proxy folds Anthropic's cache counters into the prompt, and repeats them beside it.
fn usage(usage: &Usage) -> Value {
    let prompt = usage.total_input_tokens();
    json!({
        "completion_tokens": usage.output_tokens,
        "prompt_tokens": prompt,
        "total_tokens": prompt + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read_tokens,
            "cache_creation_tokens": usage.cache_write_tokens,
        },
        "cache_creation_input_tokens": usage.cache_write_tokens,
        "cache_read_input_tokens": usage.cache_read_tokens,
    })
}
