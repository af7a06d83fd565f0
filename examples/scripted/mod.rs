//! Scripts that stand in for a model. They call the tools that a model would call, and say only
//! what the tools really gave.

mod bridges;
mod chat;
mod isbn;
mod lighthouse;
mod manifest;
mod spelling;
mod squares;
mod words;

pub use bridges::{inspects, ranks};
pub use chat::remembers;
pub use isbn::completes_isbn;
pub use lighthouse::{answers_from_page, writes_page};
pub use manifest::reads_manifest;
pub use spelling::spells;
pub use squares::adds_squares;
pub use words::counts_words;

use agentwerk::chat::{CallResult, ContentBlock, Message, Request};

/// The task of the ticket: it stands behind the context, in the first message.
fn task(request: &Request) -> &str {
    let first = request.messages.first();
    match first.and_then(|message| message.content().last()) {
        Some(ContentBlock::Text { text }) => text,
        _ => "",
    }
}

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
