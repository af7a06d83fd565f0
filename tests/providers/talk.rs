//! A conversation that every test can hold with every vendor.

use agentwerk::chat::{CallResult, Message, Request, Response, ToolSpec};
use agentwerk_tests::vendor::Reply;
use serde_json::json;

/// A request with two tools.
pub(crate) fn request(messages: Vec<Message>) -> Request {
    let look_up = ToolSpec::new("look_up", "Looks a word up.").schema(json!({
        "type": "object",
        "properties": {"word": {"type": "string"}},
        "required": ["word"],
        "additionalProperties": false,
    }));
    let count = ToolSpec::new("count", "Counts the words.");
    Request::new("any", messages)
        .system("Be brief.")
        .tools(vec![look_up, count])
}

/// The first request of a conversation.
pub(crate) fn question() -> Request {
    request(vec![Message::user("What does “naïve” mean? 🦀")])
}

/// The request that follows a reply with tool calls: every call is answered.
pub(crate) fn answered(before: &Request, reply: &Response) -> Request {
    let message = reply.clone().into_message();
    let results = message.tool_calls().map(|call| CallResult {
        call_id: call.id.clone(),
        content: format!("the result of {}", call.name),
        is_error: false,
    });
    let results = Message::tool_results(results.collect());
    let mut messages = before.messages.clone();
    messages.extend([message, results]);
    request(messages)
}

/// A reply that thinks, writes and asks for two tools at once.
pub(crate) fn two_calls() -> Reply {
    Reply::new()
        .thinking(["The word has a ", "diaeresis: ï.", " I look it up."])
        .text(["I look “na", "ïve”", " up. 🦀🦀 \\ \"done\"\n"])
        .tool_call("look_up", ["{\"wo", "rd\": \"na\\u00efve 🦀", "\"}"])
        .tool_call("count", "")
}
