use serde_json::{Value, json};

use crate::chat::{
    CallResult, ContentBlock, Message, ReasoningEffort, Request, Role, Thinking, ThinkingBody,
    ToolArguments, ToolCall, ToolSpec,
};
use crate::providers::call_id::made_of;
use crate::providers::chat_completions::Dialect;
use crate::providers::chat_completions::encode;
use crate::providers::tool_forms::ToolForms;
use crate::providers::{ProviderError, litellm, mistral, openai};

/// The request, with its tools in the dialect's own form.
fn body(dialect: &Dialect, request: &Request) -> Result<String, ProviderError> {
    let forms = ToolForms::new(&request.tools, dialect.tools)?;
    encode::body(dialect, &forms, request)
}

fn encoded(dialect: &Dialect, request: &Request) -> Value {
    serde_json::from_str(&body(dialect, request).unwrap()).unwrap()
}

fn messages(dialect: &Dialect, messages: Vec<Message>) -> Value {
    encoded(dialect, &Request::new("m", messages))["messages"].clone()
}

fn call(id: &str, arguments: &str) -> ContentBlock {
    ContentBlock::ToolCall(ToolCall {
        id: id.into(),
        name: "f".to_owned(),
        arguments: ToolArguments::new(arguments),
    })
}

fn result(id: &str, content: &str, is_error: bool) -> CallResult {
    CallResult {
        call_id: id.into(),
        content: content.to_owned(),
        is_error,
    }
}

fn thinking(origin: &str, body: ThinkingBody) -> ContentBlock {
    ContentBlock::Thinking(Thinking {
        origin: origin.to_owned(),
        body,
    })
}

fn open(text: &str, signature: &str) -> ThinkingBody {
    ThinkingBody::Open {
        text: text.to_owned(),
        signature: Some(signature.to_owned()),
    }
}

#[test]
fn each_vendor_gets_the_fields_that_it_knows() {
    let request = Request::new("m", vec![Message::user("hi")])
        .system("Be brief.")
        .tools(vec![ToolSpec::new("f", "Does f.")])
        .max_reply_tokens(64);
    let schema =
        json!({"type": "object", "properties": {}, "required": [], "additionalProperties": false});
    let function = json!({"name": "f", "description": "Does f.", "parameters": schema});
    let body = |role: &str| {
        json!({
            "model": "m",
            "stream": true,
            "tools": [{"type": "function", "function": function}],
            "messages": [
                {"role": role, "content": "Be brief."},
                {"role": "user", "content": "hi"}
            ]
        })
    };
    let mut expected = body("developer");
    expected["stream_options"] = json!({"include_usage": true});
    expected["max_completion_tokens"] = json!(64);
    expected["tools"][0]["function"]["strict"] = json!(true);
    assert_eq!(encoded(&openai::OPENAI, &request), expected);
    expected["tools"][0]["function"]
        .as_object_mut()
        .unwrap()
        .remove("strict");
    expected["messages"][0]["role"] = json!("system");
    assert_eq!(encoded(&openai::COMPATIBLE, &request), expected);
    assert_eq!(encoded(&litellm::DIALECT, &request), expected);
    let mut expected = body("system");
    expected["max_tokens"] = json!(64);
    assert_eq!(encoded(&mistral::DIALECT, &request), expected);
}

#[test]
fn the_effort_is_sent_where_it_is_set_to_every_vendor() {
    let request = Request::new("m", vec![Message::user("hi")]);
    let efforts = [
        (ReasoningEffort::None, "none"),
        (ReasoningEffort::Minimal, "minimal"),
        (ReasoningEffort::Low, "low"),
        (ReasoningEffort::Medium, "medium"),
        (ReasoningEffort::High, "high"),
        (ReasoningEffort::XHigh, "xhigh"),
        (ReasoningEffort::Max, "max"),
    ];
    for dialect in [
        &openai::OPENAI,
        &openai::COMPATIBLE,
        &mistral::DIALECT,
        &litellm::DIALECT,
    ] {
        assert_eq!(encoded(dialect, &request).get("reasoning_effort"), None);
        for (effort, word) in efforts {
            let body = encoded(dialect, &request.clone().reasoning_effort(effort));
            assert_eq!(body["reasoning_effort"], word, "{}", dialect.name);
        }
    }
}

#[test]
fn results_become_messages_of_their_own() {
    let turn = vec![
        Message::new(
            Role::Assistant,
            vec![call("a", "{\"x\": 1.50}"), call("b", "{\"cut")],
        ),
        Message::tool_results(vec![
            result("a", "1", false),
            result("b", "no such file", true),
            result("c", "error: no", true),
        ]),
    ];
    assert_eq!(
        messages(&openai::OPENAI, turn),
        json!([
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1.50}"}},
                {"id": "b", "type": "function", "function": {
                    "name": "f", "arguments": "{\"malformed_arguments\":\"{\\\"cut\"}"
                }}
            ]},
            {"role": "tool", "content": "1", "tool_call_id": "a"},
            {"role": "tool", "content": "Error: no such file", "tool_call_id": "b"},
            {"role": "tool", "content": "error: no", "tool_call_id": "c"}
        ])
    );
}

#[test]
fn mistral_gets_ids_of_nine_characters_for_calls_and_results_alike() {
    let turn = vec![
        Message::new(
            Role::Assistant,
            vec![
                call("D681PevKs", "{}"),
                call("toolu_01A", "{}"),
                call("null", "{}"),
            ],
        ),
        Message::tool_results(vec![
            result("D681PevKs", "1", false),
            result("toolu_01A", "2", false),
            result("null", "3", false),
        ]),
    ];
    let wire = messages(&mistral::DIALECT, turn);
    let expected = [
        "D681PevKs".to_owned(),
        made_of("toolu_01A"),
        made_of("null"),
    ];
    for (place, id) in expected.iter().enumerate() {
        assert_eq!(wire[0]["tool_calls"][place]["id"], *id);
        assert_eq!(wire[place + 1]["tool_call_id"], *id);
    }
}

#[test]
fn mistral_never_sees_a_user_right_after_a_tool() {
    let roles = |dialect, conversation| -> Vec<String> {
        let wire = messages(dialect, conversation);
        let roles = wire
            .as_array()
            .unwrap()
            .iter()
            .map(|message| message["role"].as_str());
        roles.map(|role| role.unwrap().to_owned()).collect()
    };
    let results = || ContentBlock::ToolResult(result("a", "1", false));
    let in_one = vec![Message::new(
        Role::User,
        vec![results(), ContentBlock::text("And now?")],
    )];
    let in_two = vec![
        Message::new(Role::User, vec![results()]),
        Message::assistant(""),
        Message::user("And now?"),
    ];
    for conversation in [in_one, in_two] {
        let bridged = ["tool", "assistant", "user"];
        assert_eq!(roles(&mistral::DIALECT, conversation.clone()), bridged);
        assert_eq!(roles(&openai::OPENAI, conversation), ["tool", "user"]);
    }
    let answered = vec![
        Message::new(Role::User, vec![results()]),
        Message::assistant("Done."),
        Message::user("Thanks."),
    ];
    assert_eq!(
        roles(&mistral::DIALECT, answered),
        ["tool", "assistant", "user"]
    );
}

#[test]
fn a_user_without_words_asks_mistral_for_no_bridge() {
    let results = ContentBlock::ToolResult(result("a", "1", false));
    let conversation = vec![
        Message::new(Role::User, vec![results]),
        Message::user(""),
        Message::assistant("Done."),
    ];
    let wire = messages(&mistral::DIALECT, conversation);
    assert_eq!(wire.as_array().unwrap().len(), 2, "{wire}");
}

#[test]
fn thoughts_go_back_only_to_the_vendor_that_had_them() {
    let message = Message::new(
        Role::Assistant,
        vec![
            thinking("litellm", open("a", "sig-a")),
            thinking(
                "litellm",
                ThinkingBody::Redacted {
                    data: "x".to_owned(),
                },
            ),
            thinking("mistral", open("b", "sig-b")),
            ContentBlock::text("c"),
        ],
    );
    let wire = |dialect| messages(dialect, vec![message.clone()])[0].clone();
    assert_eq!(
        wire(&litellm::DIALECT),
        json!({"role": "assistant", "content": "c", "thinking_blocks": [
            {"type": "thinking", "thinking": "a", "signature": "sig-a"},
            {"type": "redacted_thinking", "data": "x"}
        ]})
    );
    assert_eq!(
        wire(&mistral::DIALECT),
        json!({"role": "assistant", "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "b"}], "signature": "sig-b"},
            {"type": "text", "text": "c"}
        ]})
    );
    assert_eq!(
        wire(&openai::OPENAI),
        json!({"role": "assistant", "content": "c"})
    );
}

#[test]
fn the_next_request_begins_with_the_bytes_of_this_one() {
    let mut conversation = vec![
        Message::user("a"),
        Message::new(Role::Assistant, vec![call("x", "{}")]),
        Message::tool_results(vec![result("x", "1", false)]),
    ];
    for dialect in [&openai::OPENAI, &mistral::DIALECT, &litellm::DIALECT] {
        let first = body(dialect, &Request::new("m", conversation.clone())).unwrap();
        conversation.push(Message::user("b"));
        let second = body(dialect, &Request::new("m", conversation.clone())).unwrap();
        assert!(second.starts_with(first.strip_suffix("]}").unwrap()));
    }
}
