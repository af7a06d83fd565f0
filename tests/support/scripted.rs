//! A model that holds the same conversation with any client.
//!
//! What it says depends on nothing but the request, so it needs no queue of answers, and a client
//! that is not written in Rust can hold the conversation too. It asks for [`FILES`] with [`TOOL`],
//! both at once, and answers from what the tool gave.
//!
//! # Invariants
//! - The same request gets the same answer.
//! - The answer to tool results is made of these results.

use agentwerk::chat::Usage;
use serde_json::Value;

use crate::vendor::{Answer, Chunking, Incident, Quirk, Recorded, Reply, RetryAfter};

/// The tool that it knows.
pub const TOOL: &str = "read_file";

/// What it asks the tool for.
pub const FILES: [&str; 2] = ["Cargo.toml", "README.md"];

/// What it thinks first, where the format has thoughts.
pub const THOUGHTS: &str = "Both files, at once: “naïve” guesses help nobody. 🦀";

/// Thoughts that nobody may read, after the others.
pub const REDACTED: &str = "b64+/opaque==";

/// What it writes before it asks.
pub const OPENING: &str = "I read both files first – “Cargo.toml” and “README.md”. 🦀";

/// The tokens of a reply that asks for the tool.
pub const ASKING_USAGE: Usage = Usage {
    input_tokens: 120,
    output_tokens: 34,
    cache_read_tokens: 80,
    cache_write_tokens: 16,
};

/// The tokens of any other reply.
pub const ANSWERING_USAGE: Usage = Usage {
    input_tokens: 40,
    output_tokens: 21,
    cache_read_tokens: 216,
    cache_write_tokens: 0,
};

/// How long a limited client is asked to wait.
pub const RETRY_AFTER_S: u64 = 2;

/// Events of a stream that come before it breaks.
const EVENTS_BEFORE: usize = 4;

/// Lines of one file that an answer shows, and characters of one line.
const LINES_MAX: usize = 3;
const LINE_CHARS_MAX: usize = 120;

/// What may follow `+` in the name of the model, and how it changes the stream.
const QUIRKS: [(&str, Quirk); 10] = [
    ("crlf", Quirk::CrLf),
    ("typed-content", Quirk::TypedContent),
    ("object-arguments", Quirk::ArgumentsAsObject),
    ("fragments", Quirk::FragmentedArguments),
    ("no-index", Quirk::NoIndex),
    ("null-ids", Quirk::NullIds),
    ("unsigned", Quirk::UnsignedThinking),
    ("unnumbered", Quirk::UnnumberedThinking),
    ("whole", Quirk::WholeThinking),
    ("stop-despite-calls", Quirk::StopDespiteCalls),
];

/// Answers a request.
///
/// The name of the model says how: `scripted` is the common form, `scripted+byte-by-byte+crlf`
/// comes in one-byte chunks with CR LF, and `scripted+rate-limited` gets status 429.
pub fn answer(request: &Recorded) -> Answer {
    let model = request.body["model"].as_str().unwrap_or_default();
    let words = || model.split('+').skip(1);
    let mut reply = reply(&request.body);
    for word in words() {
        if let Some((_, quirk)) = QUIRKS.iter().find(|(name, _)| *name == word) {
            reply = reply.quirk(*quirk);
        }
    }
    let mut answer = Answer::reply(reply);
    for word in words() {
        answer = match word {
            "byte-by-byte" => answer.chunking(Chunking::ByteByByte),
            "rate-limited" => Answer::status(429).retry_after(RetryAfter::Seconds(RETRY_AFTER_S)),
            "overflow" => Answer::context_overflow(),
            "overloaded" => answer.after(EVENTS_BEFORE, Incident::Error(529)),
            "cut" => answer.after(EVENTS_BEFORE, Incident::Close),
            _ => answer,
        };
    }
    answer
}

fn reply(body: &Value) -> Reply {
    let results = results(body);
    if !results.is_empty() {
        let told: Vec<_> = results.iter().map(Outcome::told).collect();
        return Reply::new().text(told.join("\n")).usage(ANSWERING_USAGE);
    }
    if !is_offered(body) {
        let text = format!("Without the tool `{TOOL}` I can say nothing.");
        return Reply::new().text(text).usage(ANSWERING_USAGE);
    }
    let opening = Reply::new()
        .thinking(THOUGHTS)
        .redacted(REDACTED)
        .text(OPENING)
        .usage(ASKING_USAGE);
    FILES.iter().fold(opening, |reply, file| {
        reply.tool_call(TOOL, serde_json::json!({ "path": file }))
    })
}

fn is_offered(body: &Value) -> bool {
    let mut tools = items(&body["tools"]).iter();
    tools.any(|tool| tool["name"] == TOOL || tool["function"]["name"] == TOOL)
}

/// What a tool call gave, in no vendor's words.
struct Outcome {
    path: String,
    content: String,
    is_error: bool,
}

impl Outcome {
    fn told(&self) -> String {
        let Self { path, content, .. } = self;
        if self.is_error {
            return format!("`{path}` could not be read: {content}");
        }
        let lines: Vec<_> = content.lines().map(without_number).collect();
        // What a manifest says of itself, after what any file begins with.
        let says = |line: &&&str| {
            ["name =", "members =", "description ="]
                .iter()
                .any(|key| line.starts_with(key))
        };
        let first = lines.iter().filter(|line| !line.trim().is_empty()).take(1);
        let shown = first.chain(lines.iter().skip(1).filter(says));
        let shown: Vec<String> = shown
            .take(LINES_MAX)
            .map(|line| line.trim().chars().take(LINE_CHARS_MAX).collect())
            .collect();
        format!("`{path}` has {} lines: {}", lines.len(), shown.join(" · "))
    }
}

/// A line as the file has it; tools that read files number the lines.
fn without_number(line: &str) -> &str {
    match line.split_once('\t') {
        Some((number, text)) if number.trim().parse::<usize>().is_ok() => text,
        _ => line,
    }
}

/// The tool results at the end of a conversation, in either form of message.
fn results(body: &Value) -> Vec<Outcome> {
    let messages = items(&body["messages"]);
    let tools = messages.iter().rev();
    let mut tools: Vec<_> = tools
        .take_while(|message| message["role"] == "tool")
        .collect();
    tools.reverse();
    let blocks = messages
        .last()
        .map_or(&[][..], |last| items(&last["content"]));
    let blocks = blocks.iter().filter(|block| block["type"] == "tool_result");
    let outcome = |result: &Value, id: &str| {
        let content = text(&result["content"]);
        Outcome {
            path: asked_for(messages, result[id].as_str().unwrap_or_default()),
            is_error: result["is_error"] == true || content.starts_with("Error"),
            content,
        }
    };
    let tools = tools.iter().map(|tool| outcome(tool, "tool_call_id"));
    let blocks = blocks.map(|block| outcome(block, "tool_use_id"));
    tools.chain(blocks).collect()
}

/// The path in the arguments of a call.
fn asked_for(messages: &[Value], id: &str) -> String {
    let mut calls = messages.iter().flat_map(|message| {
        let uses = items(&message["content"])
            .iter()
            .map(|block| (&block["id"], &block["input"]));
        let calls = items(&message["tool_calls"])
            .iter()
            .map(|call| (&call["id"], &call["function"]["arguments"]));
        uses.chain(calls)
    });
    let arguments = calls.find(|(known, _)| *known == id);
    let path = arguments.map(|(_, arguments)| match arguments.as_str() {
        Some(text) => serde_json::from_str::<Value>(text).unwrap_or_default()["path"].clone(),
        None => arguments["path"].clone(),
    });
    let path = path.as_ref().and_then(Value::as_str);
    path.unwrap_or("a call that nobody made").to_owned()
}

/// A text, or the texts of a list of blocks.
fn text(content: &Value) -> String {
    let texts = items(content).iter().filter_map(|b| b["text"].as_str());
    content
        .as_str()
        .map_or_else(|| texts.collect(), str::to_owned)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
