use crate::chat::{
    ContentBlock, Delta, Response, StopReason, Thinking, ThinkingBody, ToolArguments, ToolCall,
    Usage,
};
use crate::providers::anthropic::stream::MessageStream;
use crate::providers::http::{Assemble, Progress, SseEvent, StreamFault};
use crate::providers::tests::replay::{Replayed, replay};

const REPLY: &str = include_str!("reply.sse");
/// What litellm 1.106.2 makes of a stream of Mistral's at `/v1/messages`.
const LITELLM_MISTRAL: &str = include_str!("litellm_1_106_mistral.sse");

fn call(id: &str, name: &str, arguments: &str) -> ContentBlock {
    ContentBlock::ToolCall(ToolCall {
        id: id.into(),
        name: name.to_owned(),
        arguments: ToolArguments::new(arguments),
    })
}

fn thinking(body: ThinkingBody) -> ContentBlock {
    ContentBlock::Thinking(Thinking {
        origin: "anthropic".to_owned(),
        body,
    })
}

#[test]
fn a_whole_stream_becomes_the_reply() {
    let Replayed { response, deltas } = replay(MessageStream::default(), REPLY).unwrap();
    let content = vec![
        thinking(ThinkingBody::Open {
            text: "Two files, two calls.".to_owned(),
            signature: Some("EqQBCgIYAhIM1gbcDa9GJwZA2b3h".to_owned()),
        }),
        thinking(ThinkingBody::Redacted {
            data: "EmwKAhgBEgy3va3pzix".to_owned(),
        }),
        ContentBlock::text("Ich lese beide – 📄."),
        call(
            "toolu_01A",
            "read_file",
            r#"{"path": "a.txt", "from": 1.0}"#,
        ),
        call("toolu_01B", "list", "{}"),
    ];
    let usage = Usage {
        input_tokens: 472,
        output_tokens: 89,
        cache_read_tokens: 2048,
        cache_write_tokens: 30,
    };
    let expected = Response::new(content, StopReason::ToolCalls).usage(usage);
    assert_eq!(response, Some(expected));
    let expected = [
        Delta::Thinking("Two files, ".to_owned()),
        Delta::Thinking("two calls.".to_owned()),
        Delta::Text("Ich lese ".to_owned()),
        Delta::Text("beide – 📄.".to_owned()),
    ];
    assert_eq!(deltas, expected);
}

#[test]
fn a_thousand_blocks_are_the_most() {
    let start = |index: usize| {
        let block = r#"{"type":"tool_use","id":"a","name":"f","input":{}}"#;
        format!(
            "data: {{\"type\":\"content_block_start\",\"index\":{index},\
             \"content_block\":{block}}}\n\n"
        )
    };
    let stream_of = |count: usize| (0..count).map(start).collect::<String>();
    assert!(replay(MessageStream::default(), &stream_of(1_000)).is_ok());
    let outcome = replay(MessageStream::default(), &stream_of(1_001));
    assert!(matches!(outcome, Err(StreamFault::TooLarge(_))));
}

#[test]
fn a_stream_that_is_cut_before_its_last_event_is_never_a_reply() {
    let without_end = REPLY
        .trim_end()
        .strip_suffix(r#"data: {"type":"message_stop"}"#);
    let replayed = replay(MessageStream::default(), without_end.unwrap()).unwrap();
    assert_eq!(replayed.response, None);
}

#[test]
fn an_end_without_a_reason_is_no_reply() {
    let replayed = replay(
        MessageStream::default(),
        "data: {\"type\":\"message_stop\"}\n\n",
    );
    assert_eq!(replayed.unwrap().response, None);
}

#[test]
fn every_stop_reason_has_its_meaning() {
    let cases = [
        ("end_turn", StopReason::EndTurn),
        ("tool_use", StopReason::ToolCalls),
        ("max_tokens", StopReason::MaxTokens),
        ("stop_sequence", StopReason::StopSequence),
        ("pause_turn", StopReason::Pause),
        ("refusal", StopReason::Refusal),
        ("model_context_window_exceeded", StopReason::ContextOverflow),
        ("new", StopReason::Other("new".to_owned())),
    ];
    for (reason, expected) in cases {
        let stream = format!(
            "data: {{\"type\":\"message_delta\",\"delta\":{{\"stop_reason\":\"{reason}\"}},\
             \"usage\":{{\"output_tokens\":1}}}}\n\ndata: {{\"type\":\"message_stop\"}}\n\n"
        );
        let response = replay(MessageStream::default(), &stream).unwrap().response;
        assert_eq!(response.unwrap().stop_reason, expected);
    }
}

#[test]
fn an_error_in_the_stream_ends_it() {
    let stream = "event: error\ndata: {\"type\":\"error\",\"error\":\
        {\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let Err(StreamFault::Vendor(error)) = replay(MessageStream::default(), stream) else {
        panic!("expected the vendor's error");
    };
    assert_eq!(error.kind.as_deref(), Some("overloaded_error"));
    assert_eq!(error.message, "Overloaded");
}

#[test]
fn an_input_that_is_not_streamed_is_kept_in_the_models_bytes() {
    let start = r#"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"x","name":"f","input":{"n": 1.50}}}"#;
    let mut stream = MessageStream::default();
    let event = |data: &str| SseEvent {
        name: None,
        data: data.to_owned(),
    };
    stream.take(&event(start), &mut Vec::new()).unwrap();
    let end = r#"{"type":"message_delta","delta":{"stop_reason":"tool_use"}}"#;
    assert_eq!(
        stream.take(&event(end), &mut Vec::new()).unwrap(),
        Progress::Open
    );
    let response = stream.finish().unwrap();
    assert_eq!(response.content, [call("x", "f", r#"{"n": 1.50}"#)]);
}

#[test]
fn a_signature_that_a_proxy_repeats_is_kept_once() {
    let response = replay(MessageStream::default(), LITELLM_MISTRAL)
        .unwrap()
        .response
        .unwrap();
    let open = ThinkingBody::Open {
        text: "Both fi".to_owned(),
        signature: Some("mistral".to_owned()),
    };
    assert_eq!(response.content[0], thinking(open));
    // The proxy joined two calls, and the model is told that this is no JSON.
    let joined = r#"{"path":"Cargo.toml"}{"path":"README.md"}"#;
    assert_eq!(response.content[2], call("KgCZQPcHc", "read_file", joined));
    // It begins with counts of zero, and has the real ones at the end.
    let usage = Usage {
        input_tokens: 136,
        output_tokens: 34,
        cache_read_tokens: 80,
        cache_write_tokens: 0,
    };
    assert_eq!(response.usage, usage);
}

#[test]
fn thoughts_that_nobody_signed_have_no_signature() {
    let stream = "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":\
        {\"type\":\"thinking\",\"thinking\":\"a\",\"signature\":\"\"}}\n\n\
        data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n\
        data: {\"type\":\"message_stop\"}\n\n";
    let response = replay(MessageStream::default(), stream).unwrap().response;
    let open = ThinkingBody::Open {
        text: "a".to_owned(),
        signature: None,
    };
    assert_eq!(response.unwrap().content, [thinking(open)]);
}
