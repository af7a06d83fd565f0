//! The client's side of the conversation with the [scripted model](crate::scripted).

use agentwerk::chat::{CallResult, Message, Request, StopReason, ToolSpec, Usage};
use agentwerk::providers::SharedProvider;
use serde_json::json;

use crate::asking::ask;
use crate::scripted::{FILES, OPENING, TOOL};

/// A request with the tool that the model knows.
pub fn request(model: &str, messages: Vec<Message>) -> Request {
    let read_file = ToolSpec::new(TOOL, "Reads a file.").schema(json!({
        "type": "object",
        "properties": {"path": {"type": "string"}},
        "required": ["path"],
        "additionalProperties": false,
    }));
    Request::new(model, messages)
        .system("Be brief.")
        .tools(vec![read_file])
}

/// Asks, answers both calls (the second one failed), and asks again; gives the tokens of both replies.
///
/// # Panics
/// Text, calls or reasons to stop are not those of the script.
pub async fn converse(provider: &SharedProvider, model: &str) -> [Usage; 2] {
    let mut messages = vec![Message::user("What does Cargo.toml describe? 🦀")];
    let asked = ask(provider, &request(model, messages.clone())).await;
    assert_eq!(asked.text, OPENING, "{model}: {asked:?}");
    let first = asked.reply();
    assert_eq!(first.stop_reason, StopReason::ToolCalls, "{model}");
    let message = first.clone().into_message();
    assert_eq!(message.text(), OPENING, "{model}");
    let arguments: Vec<_> = message
        .tool_calls()
        .map(|call| (call.name.as_str(), call.arguments.parse().expect("JSON")))
        .collect();
    let wanted = FILES.map(|file| (TOOL, json!({ "path": file })));
    assert_eq!(arguments, wanted, "{model}");
    let outcomes = [("[package]\nname = “naïve”", false), ("no such file", true)];
    let results = message.tool_calls().zip(outcomes);
    let results = results.map(|(call, (content, is_error))| CallResult {
        call_id: call.id.clone(),
        content: content.to_owned(),
        is_error,
    });
    let results = Message::tool_results(results.collect());
    messages.extend([message, results]);
    let second = ask(provider, &request(model, messages)).await;
    let told = second.text.clone();
    let second = second.reply();
    assert_eq!(second.stop_reason, StopReason::EndTurn, "{model}");
    assert!(
        told.contains("`Cargo.toml` has 2 lines: [package] · name = “naïve”"),
        "{model}: {told}"
    );
    assert!(told.contains("`README.md`"), "{model}: {told}");
    assert!(told.contains("no such file"), "{model}: {told}");
    [first.usage, second.usage]
}
