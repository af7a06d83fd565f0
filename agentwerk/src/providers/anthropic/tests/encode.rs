use serde_json::{Value, json};

use crate::chat::{
    CallResult, ContentBlock, Message, ReasoningEffort, Request, Role, Thinking, ThinkingBody,
    ToolArguments, ToolCall, ToolSpec,
};
use crate::providers::ProviderError;
use crate::providers::anthropic::encode;
use crate::providers::tool_forms::ToolForms;
use crate::schemas::dialect::Dialect;

/// The request, with strict tools.
fn body(request: &Request) -> Result<String, ProviderError> {
    let forms = ToolForms::new(&request.tools, Dialect::Anthropic)?;
    encode::body(&forms, request)
}

fn encoded(request: &Request) -> Value {
    serde_json::from_str(&body(request).unwrap()).unwrap()
}

/// The content of a message, without the marks for the cache.
fn content(body: &Value, message: usize) -> Value {
    let mut content = body["messages"][message]["content"].clone();
    for block in content.as_array_mut().unwrap() {
        block.as_object_mut().unwrap().remove("cache_control");
    }
    content
}

fn result(id: &str, content: &str, is_error: bool) -> ContentBlock {
    ContentBlock::ToolResult(CallResult {
        call_id: id.into(),
        content: content.to_owned(),
        is_error,
    })
}

fn call(id: &str, arguments: &str) -> ContentBlock {
    ContentBlock::ToolCall(ToolCall {
        id: id.into(),
        name: "f".to_owned(),
        arguments: ToolArguments::new(arguments),
    })
}

fn thinking(origin: &str, body: ThinkingBody) -> ContentBlock {
    ContentBlock::Thinking(Thinking {
        origin: origin.to_owned(),
        body,
    })
}

fn open(text: &str, signature: Option<&str>) -> ThinkingBody {
    ThinkingBody::Open {
        text: text.to_owned(),
        signature: signature.map(str::to_owned),
    }
}

#[test]
fn a_request_has_what_it_needs_and_no_more() {
    let request = Request::new("claude-sonnet-5-5", vec![Message::user("hi")])
        .system("Be brief.")
        .tools(vec![ToolSpec::new("f", "Does f.")]);
    let schema =
        json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
    assert_eq!(
        encoded(&request),
        json!({
            "model": "claude-sonnet-5-5",
            "max_tokens": 20_000,
            "stream": true,
            "system": [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
            "tools": [{
                "name": "f", "description": "Does f.", "strict": true, "input_schema": schema,
                "cache_control": {"type": "ephemeral"}
            }],
            "messages": [{"role": "user", "content": [
                {"type": "text", "text": "hi", "cache_control": {"type": "ephemeral"}}
            ]}]
        })
    );
}

#[test]
fn the_effort_is_sent_where_it_is_set_as_the_nearest_that_there_is() {
    let request = Request::new("m", vec![Message::user("hi")]);
    assert_eq!(encoded(&request).get("output_config"), None);
    let efforts = [
        (ReasoningEffort::None, "low"),
        (ReasoningEffort::Minimal, "low"),
        (ReasoningEffort::Low, "low"),
        (ReasoningEffort::Medium, "medium"),
        (ReasoningEffort::High, "high"),
        (ReasoningEffort::XHigh, "xhigh"),
        (ReasoningEffort::Max, "max"),
    ];
    for (effort, word) in efforts {
        let body = encoded(&request.clone().reasoning_effort(effort));
        assert_eq!(body["output_config"], json!({"effort": word}));
        // Current models refuse both a thinking that is turned off and a budget for it.
        assert_eq!(body.get("thinking"), None);
    }
}

#[test]
fn the_cap_of_a_reply_is_the_callers_or_a_default() {
    let max_tokens = |request: Request| encoded(&request)["max_tokens"].clone();
    let request = |model| Request::new(model, vec![Message::user("hi")]);
    assert_eq!(max_tokens(request("unknown")), 20_000);
    assert_eq!(max_tokens(request("gpt-4o")), 16_384);
    // The model could say more: a longer reply would not leave the window its room.
    assert_eq!(max_tokens(request("claude-sonnet-5-5")), 20_000);
    assert_eq!(max_tokens(request("unknown").max_reply_tokens(64)), 64);
}

#[test]
fn results_come_before_the_text_of_their_message() {
    let message = Message::new(
        Role::User,
        vec![
            ContentBlock::text("And?"),
            result("a", "1", false),
            result("b.c", "no", true),
        ],
    );
    let body = encoded(&Request::new("m", vec![message]));
    let content = content(&body, 0);
    assert_eq!(
        content[0],
        json!({"type": "tool_result", "tool_use_id": "a", "content": "1"})
    );
    assert_eq!(content[1]["is_error"], true);
    assert_eq!(content[2], json!({"type": "text", "text": "And?"}));
}

#[test]
fn a_failure_without_words_gets_some_and_a_success_stays_empty() {
    let message = Message::new(
        Role::User,
        vec![result("a", " \n", true), result("b", "", false)],
    );
    let body = encoded(&Request::new("m", vec![message]));
    let content = &body["messages"][0]["content"];
    assert_eq!(content[0]["content"], "The call failed and said no more.");
    assert_eq!(content[1]["content"], "");
}

#[test]
fn a_call_keeps_the_bytes_of_its_arguments() {
    let message = Message::new(
        Role::Assistant,
        vec![call("a", " {\"n\": 1.50,\"n\":1e4} ")],
    );
    let body = body(&Request::new("m", vec![message])).unwrap();
    assert!(body.contains(r#""input":{"n": 1.50,"n":1e4}"#), "{body}");
}

#[test]
fn arguments_that_are_no_object_are_wrapped() {
    let half_a_pair = r#"{"path": "\ud83e"}"#;
    for text in [
        "{\"path\": ",
        "[1]",
        "\"text\"",
        "{} {}",
        r#"{"n":1e400}"#,
        half_a_pair,
    ] {
        let message = Message::new(Role::Assistant, vec![call("a", text)]);
        let body = encoded(&Request::new("m", vec![message]));
        let input = &body["messages"][0]["content"][0]["input"];
        assert_eq!(*input, json!({"malformed_arguments": text}));
    }
}

#[test]
fn a_call_and_its_result_keep_one_id_that_the_api_takes() {
    let messages = vec![
        Message::new(Role::Assistant, vec![call("functions.f:0", "{}")]),
        Message::new(Role::User, vec![result("functions.f:0", "1", false)]),
    ];
    let body = encoded(&Request::new("m", messages));
    let id = &body["messages"][0]["content"][0]["id"];
    assert_eq!(*id, body["messages"][1]["content"][0]["tool_use_id"]);
    assert!(
        id.as_str()
            .unwrap()
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric())
    );
}

#[test]
fn only_own_thoughts_go_back_and_in_their_order() {
    let message = Message::new(
        Role::Assistant,
        vec![
            thinking("anthropic", open("a", Some("sig"))),
            thinking("mistral", open("b", Some("sig"))),
            thinking(
                "anthropic",
                ThinkingBody::Redacted {
                    data: "x".to_owned(),
                },
            ),
            ContentBlock::text(" \n"),
            thinking("anthropic", open("unsigned", None)),
            ContentBlock::text("c"),
        ],
    );
    let body = encoded(&Request::new("m", vec![message]));
    assert_eq!(
        content(&body, 0),
        json!([
            {"type": "thinking", "thinking": "a", "signature": "sig"},
            {"type": "redacted_thinking", "data": "x"},
            {"type": "text", "text": "c"}
        ])
    );
}

#[test]
fn a_message_with_nothing_to_send_is_left_out() {
    let messages = vec![
        Message::user("a"),
        Message::assistant(""),
        Message::user("b"),
    ];
    let body = encoded(&Request::new("m", messages));
    assert_eq!(body["messages"].as_array().unwrap().len(), 2);
}
