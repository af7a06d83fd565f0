use serde_json::Value;

use crate::chat::{
    CallResult, ContentBlock, Message, Request, Role, Thinking, ThinkingBody, ToolCall, ToolSpec,
};
use crate::providers::anthropic::encode;
use crate::providers::tool_forms::ToolForms;
use crate::schemas::dialect::Dialect;

const MARK: &str = r#","cache_control":{"type":"ephemeral"}"#;

fn body(request: &Request) -> String {
    let forms = ToolForms::new(&request.tools, Dialect::Anthropic).unwrap();
    encode::body(&forms, request).unwrap()
}

/// The places of the marks in the messages: message and block.
fn marks(messages: Vec<Message>) -> Vec<(usize, usize)> {
    let body: Value = serde_json::from_str(&body(&Request::new("m", messages))).unwrap();
    let mut found = Vec::new();
    for (place, message) in body["messages"].as_array().unwrap().iter().enumerate() {
        for (block, fields) in message["content"].as_array().unwrap().iter().enumerate() {
            if let Some(mark) = fields.get("cache_control") {
                assert_eq!(*mark, serde_json::json!({"type": "ephemeral"}));
                found.push((place, block));
            }
        }
    }
    found
}

fn calls(count: usize) -> Message {
    let calls = (0..count)
        .map(|n| ToolCall::new(format!("call-{n}"), "f", &Value::Null))
        .map(ContentBlock::ToolCall);
    Message::new(Role::Assistant, calls.collect())
}

fn results(contents: &[&str]) -> Message {
    let results = contents.iter().enumerate().map(|(n, content)| CallResult {
        call_id: format!("call-{n}").into(),
        content: (*content).to_owned(),
        is_error: false,
    });
    Message::tool_results(results.collect())
}

fn thoughts(body: ThinkingBody) -> ContentBlock {
    ContentBlock::Thinking(Thinking {
        origin: "anthropic".to_owned(),
        body,
    })
}

fn signed() -> ContentBlock {
    thoughts(ThinkingBody::Open {
        text: "\"}]}\"".to_owned(),
        signature: Some("sig".to_owned()),
    })
}

#[test]
fn the_marks_stand_at_the_end_and_where_the_request_before_ended() {
    let mut messages = vec![Message::user("a")];
    assert_eq!(marks(messages.clone()), [(0, 0)]);
    messages.extend([calls(2), results(&["1", "2"])]);
    assert_eq!(marks(messages.clone()), [(0, 0), (2, 1)]);
    // A turn of more blocks than the vendor looks back.
    messages.extend([calls(15), results(&["1"; 15])]);
    assert_eq!(marks(messages.clone()), [(2, 1), (4, 14)]);
    // What was said since the model's last reply is new as well.
    messages.push(Message::user("b"));
    assert_eq!(marks(messages), [(2, 1), (5, 0)]);
}

#[test]
fn thoughts_and_empty_results_are_not_marked() {
    let question = Message::user("a");
    let redacted = thoughts(ThinkingBody::Redacted {
        data: "x".to_owned(),
    });
    let said = ContentBlock::text("b");
    let thinking_last = Message::new(Role::Assistant, vec![said, signed(), redacted]);
    assert_eq!(
        marks(vec![question.clone(), thinking_last]),
        [(0, 0), (1, 0)]
    );
    let only_thoughts = Message::new(Role::Assistant, vec![signed()]);
    assert_eq!(marks(vec![question.clone(), only_thoughts]), [(0, 0)]);
    let empty_last = vec![question.clone(), calls(3), results(&["1", " \n", ""])];
    assert_eq!(marks(empty_last), [(0, 0), (2, 0)]);
    let all_empty = vec![question.clone(), calls(2), results(&["", ""])];
    assert_eq!(marks(all_empty), [(0, 0), (1, 1)]);
    let not_sent = vec![question, Message::assistant("b"), Message::user("")];
    assert_eq!(marks(not_sent), [(0, 0), (1, 0)]);
}

#[test]
fn no_request_has_more_than_four_marks() {
    let tools = vec![ToolSpec::new("f", "Does f."), ToolSpec::new("g", "Does g.")];
    let mut messages = vec![Message::user("a")];
    for _ in 0..10 {
        messages.extend([calls(1), results(&["1"])]);
        let request = Request::new("m", messages.clone())
            .system("Be brief.")
            .tools(tools.clone());
        assert_eq!(body(&request).matches(MARK).count(), 4);
    }
    assert_eq!(
        body(&Request::new("m", Vec::new())).matches(MARK).count(),
        0
    );
}

#[test]
fn the_next_request_begins_with_the_bytes_of_this_one_apart_from_the_marks() {
    let mut messages = vec![
        Message::user("a"),
        Message::new(Role::Assistant, vec![signed(), ContentBlock::text("b")]),
        Message::user("c"),
    ];
    let first = body(&Request::new("m", messages.clone()));
    messages.push(Message::assistant("d"));
    messages.push(Message::user("e"));
    let second = body(&Request::new("m", messages));
    assert_ne!(first.find(MARK), second.find(MARK), "the marks moved");
    let [first, second] = [first, second].map(|body| body.replace(MARK, ""));
    assert!(second.starts_with(first.strip_suffix("]}").unwrap()));
}
