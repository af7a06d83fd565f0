//! Scripts that stand in for a model. They call the tools that a model would call, and say only
//! what the tools really gave.

mod manifest;
mod spelling;
mod words;

pub use manifest::reads_manifest;
pub use spelling::spells;
pub use words::counts_words;

use agentwerk::chat::{CallResult, ContentBlock, Message, Request};

/// The results of the last turn's tool calls, in the order of the calls.
fn results(request: &Request) -> Vec<&CallResult> {
    request.messages.last().map(results_in).unwrap_or_default()
}

/// The results of tool calls in one message.
fn results_in(message: &Message) -> Vec<&CallResult> {
    message
        .content()
        .iter()
        .filter_map(|block| match block {
            ContentBlock::ToolResult(result) => Some(result),
            _ => None,
        })
        .collect()
}
