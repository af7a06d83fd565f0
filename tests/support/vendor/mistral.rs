//! Mistral's chunks: nine-character ids, calls that come whole, typed content where it thinks.

use agentwerk::chat::StopReason;
use serde_json::{Value, json};

use super::format::{Ids, model_of};
use super::openai::CREATED;
use super::reply::{Block, Quirk, Reply};
use super::sse::Event;

pub(super) fn render(reply: &Reply, request: &Value) -> Vec<Event> {
    let mut ids = Ids::of(request);
    let head = json!({
        "id": ids.next("", 32),
        "object": "chat.completion.chunk",
        "created": CREATED,
        "model": model_of(request),
    });
    let chunk = |delta: Value, finish: Option<&str>| {
        let mut chunk = head.clone();
        chunk["choices"] = json!([{"index": 0, "delta": delta, "finish_reason": finish}]);
        chunk
    };
    let mut chunks = vec![chunk(json!({"role": "assistant", "content": ""}), None)];
    let mut calls = Vec::new();
    for block in &reply.blocks {
        match block {
            Block::Thinking(thoughts) => chunks.extend(thoughts.iter().map(|piece| {
                let thought = json!([{"type": "text", "text": piece}]);
                chunk(
                    json!({"content": [{"type": "thinking", "thinking": thought}]}),
                    None,
                )
            })),
            // This vendor hides no thoughts.
            Block::Redacted(_) => {}
            Block::Text(text) => chunks.extend(text.iter().map(|piece| {
                let content = match reply.has(Quirk::TypedContent) {
                    true => json!([{"type": "text", "text": piece}]),
                    false => json!(piece),
                };
                chunk(json!({"content": content}), None)
            })),
            Block::ToolCall { .. } if reply.has(Quirk::FragmentedArguments) => {
                let deltas = fragments(block, calls.len(), &mut ids);
                chunks.extend(deltas.into_iter().map(|delta| chunk(delta, None)));
                calls.push(Value::Null);
            }
            Block::ToolCall { .. } => calls.push(whole_call(block, calls.len(), reply, &mut ids)),
        }
    }
    calls.retain(|call| !call.is_null());
    let mut last = json!({"content": ""});
    if !calls.is_empty() {
        last["tool_calls"] = calls.into();
    }
    let stop = reply.stop();
    let mut last = chunk(last, Some(finish_word(&stop)));
    if !reply.has(Quirk::NoUsage) {
        last["usage"] = usage(reply);
    }
    chunks.push(last);
    let events = chunks.into_iter().map(Event::data);
    events.chain([Event::data("[DONE]")]).collect()
}

fn whole_call(block: &Block, index: usize, reply: &Reply, ids: &mut Ids) -> Value {
    let Block::ToolCall {
        id,
        name,
        arguments,
    } = block
    else {
        return Value::Null;
    };
    let id = match id {
        _ if reply.has(Quirk::NullIds) => "null".to_owned(),
        Some(id) => id.clone(),
        None => ids.next("", 9),
    };
    let text = arguments.whole();
    let object = serde_json::from_str(&text).ok().filter(Value::is_object);
    let arguments = match object {
        Some(object) if reply.has(Quirk::ArgumentsAsObject) => object,
        _ => Value::String(text),
    };
    let mut call = json!({"id": id, "function": {"name": name, "arguments": arguments}});
    if !reply.has(Quirk::NoIndex) {
        call["index"] = index.into();
    }
    call
}

fn fragments(block: &Block, index: usize, ids: &mut Ids) -> Vec<Value> {
    let Block::ToolCall {
        id,
        name,
        arguments,
    } = block
    else {
        return Vec::new();
    };
    let id = id.clone().unwrap_or_else(|| ids.next("", 9));
    // Every piece repeats the id; only the first has a name.
    let pieces = arguments.iter().enumerate().map(|(number, piece)| {
        let name = if number == 0 { name } else { "" };
        let function = json!({"name": name, "arguments": piece});
        json!({"tool_calls": [{"index": index, "id": id, "function": function}]})
    });
    pieces.collect()
}

fn finish_word(reason: &StopReason) -> &str {
    match reason {
        StopReason::ToolCalls => "tool_calls",
        StopReason::MaxTokens => "length",
        StopReason::ContextOverflow => "model_length",
        StopReason::Refusal => "content_filter",
        StopReason::Other(word) => word,
        _ => "stop",
    }
}

fn usage(reply: &Reply) -> Value {
    let prompt = reply.usage.total_input_tokens();
    json!({
        "prompt_tokens": prompt,
        "total_tokens": prompt + reply.usage.output_tokens,
        "completion_tokens": reply.usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": reply.usage.cache_read_tokens},
    })
}
