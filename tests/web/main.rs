//! The tool that fetches pages: what it refuses, what it survives, and what the model reads.

mod attacks;
mod bodies;
mod corpus;
mod network;
mod pages;
mod providers;
mod proxies;
mod redirects;
mod server;
mod ticket;

use agentwerk::tools::{IntoTool, ToolContext, WebFetchTool};
use serde_json::{Value, json};

/// Fetches by hand.
async fn fetch(tool: WebFetchTool, url: &str) -> Result<String, String> {
    call(tool, json!({ "url": url })).await
}

async fn call(tool: WebFetchTool, arguments: Value) -> Result<String, String> {
    let context = ToolContext::new(".");
    match tool.into_tool().call(arguments, &context).await {
        Ok(result) if result.is_error() => Err(result.text()),
        Ok(result) => Ok(result.text()),
        Err(error) => Err(error.to_string()),
    }
}

/// The text of the page in the frame, behind the lines that say where it stands.
fn framed(shown: &str) -> &str {
    if shown.contains("(the page has no text)\n") {
        assert!(!shown.contains("<<<"), "{shown}");
        return "";
    }
    frame(shown).split_once("\n\n").expect("a text begins").1
}

/// What stands in the frame.
fn frame(shown: &str) -> &str {
    let (_, rest) = shown.split_once("<<<").expect("a frame begins");
    let (mark, rest) = rest.split_once('\n').expect("a frame begins with a line");
    let end = format!("\n{mark}>>>\n");
    rest.split_once(&end).expect("the frame ends").0
}
