//! What the tests share: systems on scripted models, a log of events, models that never answer,
//! a vendor on the loopback interface, and a disk with faults.

mod arguments;
pub mod asking;
#[cfg(target_os = "linux")]
pub mod command_ends;
pub mod conversation;
pub mod disk;
pub mod durability;
pub mod interleavings;
#[cfg(unix)]
pub mod kill_loop;
#[cfg(unix)]
pub mod opener_races;
pub mod play;
#[cfg(unix)]
pub mod process;
pub mod scripted;
pub mod spans;
pub mod vendor;

mod log;
mod stuck;

pub use log::{EventLog, name_of};
pub use stuck::{DropCount, StuckModel};

use std::time::Duration;

use agentwerk::chat::{CallResult, ContentBlock, Message, Response, ToolCall};
use agentwerk::providers::Provider;
use agentwerk::tools::{Tool, ToolResult};
use agentwerk::{Agent, Clock, TicketSystem, Timestamp};
use serde_json::{Value, json};

/// A system in memory with one unnamed agent on this model.
pub fn system(model: impl Provider) -> TicketSystem {
    let clock = Clock::starting_at(Timestamp::from_millis(0));
    let tickets = TicketSystem::in_memory_at(clock);
    tickets.provider(model).model("scripted");
    tickets.agent(Agent::new());
    tickets
}

/// A reply that calls one tool.
pub fn call(id: &str, tool: &str, arguments: &Value) -> Response {
    Response::tool_calls([ToolCall::new(id, tool, arguments)])
}

/// A reply that writes a result.
pub fn write_result(result: &Value) -> Response {
    call("result", "write_result", &json!({ "result": result }))
}

/// A tool that gives back its `text`.
pub fn echo() -> Tool {
    Tool::new("echo", "Repeats a text.")
        .schema(json!({
            "type": "object",
            "properties": { "text": { "type": "string" } },
            "required": ["text"]
        }))
        .handler(|input, _context| async move { Ok(ToolResult::success(input["text"].clone())) })
}

/// The results of tools in a message.
pub fn results(message: &Message) -> Vec<CallResult> {
    let blocks = message.content().iter();
    blocks
        .filter_map(|block| match block {
            ContentBlock::ToolResult(result) => Some(result.clone()),
            _ => None,
        })
        .collect()
}

/// Whether every tool call in a conversation is answered by the very next message.
pub fn all_calls_are_answered(messages: &[Message]) -> bool {
    messages.iter().enumerate().all(|(position, message)| {
        let calls: Vec<_> = message.tool_calls().map(|call| call.id.clone()).collect();
        let answers = messages.get(position + 1).map(results).unwrap_or_default();
        calls.is_empty()
            || calls
                .iter()
                .eq(answers.iter().map(|answer| &answer.call_id))
    })
}

/// Waits for something that must happen; fails the test rather than hang.
///
/// # Panics
/// It did not happen within a minute.
pub async fn within<T>(happening: impl IntoFuture<Output = T>) -> T {
    let limit = Duration::from_secs(60);
    let happened = tokio::time::timeout(limit, happening.into_future()).await;
    happened.expect("nothing happened for a minute")
}
