//! The words of a conversation: how they are stored and read back.

use agentwerk::chat::{
    CallResult, ContentBlock, Message, Request, Response, Role, StopReason, Thinking, ThinkingBody,
    ToolArguments, ToolCall, Usage,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Stores a value, reads it back, and gives its stored form.
fn stored<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) -> Value {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
    serde_json::from_str(&text).unwrap()
}

fn thinking(body: ThinkingBody) -> ContentBlock {
    ContentBlock::Thinking(Thinking {
        origin: "anthropic".to_owned(),
        body,
    })
}

fn call(arguments: &str) -> ToolCall {
    let mut call = ToolCall::new("call-1", "read_file", &json!({}));
    call.arguments = ToolArguments::new(arguments);
    call
}

#[test]
fn text_is_stored_as_it_is() {
    let text = "Line\n\"quoted\" \u{0} ä 🦀";
    let block = ContentBlock::text(text);
    assert_eq!(stored(&block), json!({ "type": "text", "text": text }));
}

#[test]
fn thoughts_are_stored_to_the_byte() {
    let open = ThinkingBody::Open {
        text: " hm…\n".to_owned(),
        signature: Some("c2ln+/==".to_owned()),
    };
    let expected = json!({
        "type": "thinking", "origin": "anthropic",
        "form": "open", "text": " hm…\n", "signature": "c2ln+/=="
    });
    assert_eq!(stored(&thinking(open)), expected);
    let unsigned = ThinkingBody::Open {
        text: String::new(),
        signature: None,
    };
    let expected = json!({
        "type": "thinking", "origin": "anthropic", "form": "open", "text": ""
    });
    assert_eq!(stored(&thinking(unsigned)), expected);
    let redacted = ThinkingBody::Redacted {
        data: "b3BhcXVl".to_owned(),
    };
    let expected = json!({
        "type": "thinking", "origin": "anthropic", "form": "redacted", "data": "b3BhcXVl"
    });
    assert_eq!(stored(&thinking(redacted)), expected);
}

#[test]
fn a_tool_call_keeps_the_text_of_its_arguments() {
    let block = ContentBlock::ToolCall(call("{ \"path\" : \"a\" }"));
    let expected = json!({
        "type": "tool_call", "id": "call-1", "name": "read_file",
        "arguments": "{ \"path\" : \"a\" }"
    });
    assert_eq!(stored(&block), expected);
}

#[test]
fn a_tool_result_says_that_it_is_an_error_only_when_it_is() {
    let mut result = CallResult {
        call_id: "call-1".into(),
        content: "gone".to_owned(),
        is_error: true,
    };
    let expected = json!({
        "type": "tool_result", "call_id": "call-1", "content": "gone", "is_error": true
    });
    assert_eq!(stored(&ContentBlock::ToolResult(result.clone())), expected);
    result.is_error = false;
    let expected = json!({ "type": "tool_result", "call_id": "call-1", "content": "gone" });
    assert_eq!(stored(&ContentBlock::ToolResult(result)), expected);
}

#[test]
fn a_message_of_all_blocks_is_stored_and_read_back() {
    let message = Message::new(
        Role::Assistant,
        vec![
            thinking(ThinkingBody::Redacted {
                data: "x".to_owned(),
            }),
            ContentBlock::text("one "),
            ContentBlock::ToolCall(call("{}")),
            ContentBlock::text("two"),
        ],
    );
    assert_eq!(stored(&message)["role"], "assistant");
    assert_eq!(message.text(), "one two");
    assert_eq!(message.tool_calls().collect::<Vec<_>>(), [&call("{}")]);
    assert_eq!(stored(&Message::user("hi"))["role"], "user");
    assert!(serde_json::from_value::<Message>(json!({ "role": "system", "content": [] })).is_err());
}

#[test]
fn a_stored_conversation_without_newer_fields_is_read() {
    let usage: Usage =
        serde_json::from_value(json!({ "input_tokens": 3, "output_tokens": 2 })).unwrap();
    assert_eq!(usage.total_input_tokens(), 3);
    let result: CallResult =
        serde_json::from_value(json!({ "call_id": "1", "content": "x" })).unwrap();
    assert!(!result.is_error);
}

#[test]
fn every_reason_to_stop_is_stored() {
    let reasons = [
        (StopReason::EndTurn, json!("end_turn")),
        (StopReason::ToolCalls, json!("tool_calls")),
        (StopReason::MaxTokens, json!("max_tokens")),
        (StopReason::StopSequence, json!("stop_sequence")),
        (StopReason::Pause, json!("pause")),
        (StopReason::Refusal, json!("refusal")),
        (StopReason::ContextOverflow, json!("context_overflow")),
        (
            StopReason::Other("new".to_owned()),
            json!({ "other": "new" }),
        ),
    ];
    for (reason, expected) in reasons {
        assert_eq!(stored(&reason), expected);
    }
}

#[test]
fn empty_arguments_are_an_empty_object() {
    for text in ["", "  ", "\n\t"] {
        let arguments = ToolArguments::new(text);
        assert_eq!(arguments.as_str(), "{}");
        assert_eq!(arguments.parse().unwrap(), json!({}));
        assert_eq!(stored(&arguments), json!("{}"));
    }
}

#[test]
fn malformed_arguments_are_kept_as_they_are() {
    for text in ["{", "{\"a\": 1,}", "{} {}", "null and void"] {
        let arguments = ToolArguments::new(text);
        assert_eq!(arguments.as_str(), text);
        assert!(arguments.parse().is_err(), "{text}");
        assert_eq!(stored(&arguments), json!(text));
    }
}

#[test]
fn arguments_keep_their_order_and_large_numbers() {
    let text = "{\"z\":18446744073709551615,\"a\":-9223372036854775808}";
    let value = ToolArguments::new(text).parse().unwrap();
    assert_eq!(value.to_string(), text);
}

#[test]
fn usage_is_added_up_and_never_overflows() {
    let most = Usage {
        input_tokens: u64::MAX,
        output_tokens: 1,
        cache_read_tokens: 2,
        cache_write_tokens: 3,
    };
    let sum = most + most;
    assert_eq!(sum.input_tokens, u64::MAX);
    assert_eq!((sum.output_tokens, sum.cache_read_tokens), (2, 4));
    assert_eq!(sum.total_input_tokens(), u64::MAX);
    assert_eq!(stored(&most)["cache_write_tokens"], 3);
}

#[test]
fn a_request_and_a_response_are_built_in_steps() {
    let request = Request::new("m", vec![Message::user("a"), Message::user("b")])
        .system("Be brief.")
        .max_reply_tokens(5);
    assert_eq!(request.last_text(), "b");
    assert_eq!(request.system.as_deref(), Some("Be brief."));
    assert_eq!(Request::new("m", Vec::new()).last_text(), "");
    let response = Response::text("cut").stop_reason(StopReason::MaxTokens);
    assert_eq!(response.stop_reason, StopReason::MaxTokens);
    assert_eq!(response.into_message(), Message::assistant("cut"));
}
