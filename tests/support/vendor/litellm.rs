//! Chat completion chunks as a `LiteLLM` proxy relays them, with thoughts in fields of its own.
//!
//! Since June 2026 the signed block comes whole, once, after the pieces of its text; before, there
//! was an entry per piece and the signature in the last (BerriAI/litellm#29428, #31022).

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
    let mut calls = 0;
    for block in &reply.blocks {
        match block {
            Block::Thinking(thoughts) => deltas.extend(thinking(thoughts, reply)),
            Block::Redacted(_) if reply.has(Quirk::UnsignedThinking) => {}
            Block::Redacted(data) => deltas.push(json!({
                "content": "",
                "thinking_blocks": [{"type": "redacted_thinking", "data": data}],
            })),
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

fn thinking(thoughts: &Pieces, reply: &Reply) -> Vec<Value> {
    let signature = sign(&thoughts.whole());
    let block = |text: &str, signature: &str| json!([{"type": "thinking", "thinking": text, "signature": signature}]);
    let piecewise = reply.has(Quirk::PiecewiseThinking);
    let mut deltas: Vec<Value> = thoughts
        .iter()
        .map(|piece| {
            let mut delta = json!({"reasoning_content": piece, "content": ""});
            if piecewise {
                delta["thinking_blocks"] = block(piece, "");
            }
            delta
        })
        .collect();
    if !reply.has(Quirk::UnsignedThinking) {
        let text = match piecewise {
            true => String::new(),
            false => thoughts.whole(),
        };
        deltas.push(json!({
            "reasoning_content": "",
            "thinking_blocks": block(&text, &signature),
            "content": "",
        }));
    }
    deltas
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
