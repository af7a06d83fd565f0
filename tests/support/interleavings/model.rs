//! A model that says anything that models say.

use std::sync::Arc;
use std::time::Duration;

use agentwerk::chat::{ContentBlock, Deltas, Request, Response, StopReason, ToolCall, Usage};
use agentwerk::providers::{Provider, ProviderError};
use fastrand::Rng;
use serde_json::{Value, json};

use super::ON_PURPOSE;
use super::toolbox;
use super::watch::{Doing, Watch};

/// How a reply ends that the vendor paused.
pub(super) const PAUSED: &str = "(paused)";

/// How long something hangs.
pub(super) const HANG: u64 = 10 * 60 * 1_000;

/// Messages after which the model comes to an end.
const MESSAGES_MAX: usize = 16;

#[derive(Debug)]
pub(super) struct RandomModel(pub(super) Arc<Watch>);

impl Provider for RandomModel {
    async fn respond(
        &self,
        request: &Request,
        deltas: &Deltas<'_>,
    ) -> Result<Response, ProviderError> {
        let watch = &self.0;
        let task = task_of(request);
        watch.read(&task, request);
        let _busy = watch.begin(&task, Doing::Request);
        let mut rng = watch.chance(&task);
        wait(watch, &mut rng).await;
        let response = reply(&mut rng, request, watch).await?;
        for block in &response.content {
            if let ContentBlock::Text { text } = block {
                deltas.text(text.as_str()).await;
            }
        }
        let usage = Usage {
            input_tokens: rng.u64(0..100),
            output_tokens: rng.u64(0..100),
            cache_read_tokens: rng.u64(0..10),
            cache_write_tokens: rng.u64(0..10),
        };
        Ok(response.usage(usage))
    }

    fn name(&self) -> &str {
        "random"
    }
}

/// Waits for a while, or not at all.
pub(super) async fn wait(watch: &Watch, rng: &mut Rng) {
    if rng.bool() {
        tokio::time::sleep(watch.pace.span(rng.u64(0..400))).await;
    }
}

/// The task in the first message.
pub(super) fn task_of(request: &Request) -> String {
    let text = request.messages.first().map(agentwerk::chat::Message::text);
    let text = text.unwrap_or_default();
    let from = text.find("task-").unwrap_or_default();
    let until = text[from..]
        .find('.')
        .map_or(text.len(), |at| from + at + 1);
    text[from..until].to_owned()
}

async fn reply(rng: &mut Rng, request: &Request, watch: &Watch) -> Result<Response, ProviderError> {
    let has_schema = request.tools.iter().any(|tool| tool.name == "write_result");
    if request.messages.len() > MESSAGES_MAX {
        return Ok(ending(has_schema));
    }
    Ok(match rng.u8(0..60) {
        0..14 => Response::text(text(rng)),
        14..16 => Response::text(json!({ "ok": rng.bool() }).to_string()),
        16..20 => ending(has_schema),
        20 => Response::text(*rng.choice(&["", " \n"]).unwrap_or(&"")),
        21 => Response::text(text(rng)).stop_reason(StopReason::MaxTokens),
        22 => Response::text("No.").stop_reason(StopReason::Refusal),
        23 => Response::text(format!("Hm {PAUSED}")).stop_reason(StopReason::Pause),
        24 => Response::text("I call a tool.").stop_reason(StopReason::ToolCalls),
        25 if rng.bool() => {
            Response::text("Hm.").stop_reason(StopReason::Other("tired".to_owned()))
        }
        26 | 27 => return Err(error(rng)),
        28 if rng.bool() => return Err(ProviderError::terminal("no")),
        29 if rng.bool() => {
            tokio::time::sleep(watch.pace.span(HANG)).await;
            return Err(ProviderError::retryable("it hung"));
        }
        30 if rng.u8(0..4) == 0 => std::panic::panic_any(ON_PURPOSE),
        _ => calls(rng, request.messages.len()),
    })
}

/// A reply that ends the ticket, unless its agent waits for comments.
fn ending(has_schema: bool) -> Response {
    if has_schema {
        crate::write_result(&json!({ "ok": true }))
    } else {
        Response::text("Done.")
    }
}

fn error(rng: &mut Rng) -> ProviderError {
    if rng.bool() {
        return ProviderError::retryable("not now");
    }
    ProviderError::RateLimited {
        endpoint: "random".to_owned(),
        message: "slow down".to_owned(),
        retry_after: rng.bool().then(|| Duration::from_millis(rng.u64(0..3))),
    }
}

fn calls(rng: &mut Rng, turn: usize) -> Response {
    let count = *rng.choice(&[1, 1, 1, 2, 2, 3, 5]).unwrap_or(&1);
    let mut content = Vec::new();
    if rng.bool() {
        content.push(ContentBlock::text(text(rng)));
    }
    for number in 0..count {
        content.push(ContentBlock::ToolCall(call(rng, turn, number)));
    }
    let reason = if rng.u8(0..8) == 0 {
        StopReason::EndTurn
    } else {
        StopReason::ToolCalls
    };
    Response::new(content, reason)
}

fn call(rng: &mut Rng, turn: usize, number: usize) -> ToolCall {
    // Some vendors name the calls of all turns alike, and some models those of one.
    let id = match rng.u8(0..8) {
        0 => "call".to_owned(),
        1 => format!("call-{number}"),
        _ => format!("once-{turn}-{number}-{}", rng.u32(..)),
    };
    let name = *rng.choice(&toolbox::NAMES).unwrap_or(&"look");
    let arguments = match (name, rng.u8(0..10)) {
        (_, 0) => json!({ "number": "many" }),
        ("write_result", _) => json!({ "result": { "ok": rng.bool() } }),
        ("write_handover", _) => json!({
            "to": *rng.choice(&["red", "green", "nobody", " "]).unwrap_or(&"red"),
            "task": format!("task-{:x}.", rng.u64(..)),
            "result": "the first half",
        }),
        _ => json!({ "number": rng.u8(0..3) }),
    };
    ToolCall::new(id, name, &arguments)
}

fn text(rng: &mut Rng) -> String {
    Value::from(rng.u32(..)).to_string() + " is a number."
}
