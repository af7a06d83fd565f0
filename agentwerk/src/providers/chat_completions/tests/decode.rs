use crate::chat::{
    ContentBlock, Delta, Response, StopReason, Thinking, ThinkingBody, ToolArguments, ToolCall,
    Usage,
};
use crate::providers::call_id::made_of;
use crate::providers::chat_completions::Dialect;
use crate::providers::chat_completions::stream::ChatStream;
use crate::providers::http::StreamFault;
use crate::providers::tests::replay::replay;
use crate::providers::{litellm, mistral, openai};

const OPENAI: &str = include_str!("openai.sse");
const MISTRAL: &str = include_str!("mistral.sse");
const LITELLM: &str = include_str!("litellm.sse");
/// What litellm 1.106.2 makes of a stream of Anthropic's, and of one of Mistral's.
const LITELLM_ANTHROPIC: &str = include_str!("litellm_1_106_anthropic.sse");
const LITELLM_MISTRAL: &str = include_str!("litellm_1_106_mistral.sse");

/// The number of messages in the request.
const TURN: usize = 3;

fn reply(dialect: &'static Dialect, stream: &str) -> (Option<Response>, Vec<Delta>) {
    let replayed = replay(ChatStream::new(dialect, TURN), stream).unwrap();
    (replayed.response, replayed.deltas)
}

fn call(id: &str, name: &str, arguments: &str) -> ContentBlock {
    ContentBlock::ToolCall(ToolCall {
        id: id.into(),
        name: name.to_owned(),
        arguments: ToolArguments::new(arguments),
    })
}

fn thinking(origin: &str, body: ThinkingBody) -> ContentBlock {
    ContentBlock::Thinking(Thinking {
        origin: origin.to_owned(),
        body,
    })
}

fn text(piece: &str) -> Delta {
    Delta::Text(piece.to_owned())
}

fn thought(piece: &str) -> Delta {
    Delta::Thinking(piece.to_owned())
}

fn chunk(delta: &str, finish_reason: &str) -> String {
    format!(
        "data: {{\"id\":\"r\",\"choices\":[{{\"index\":0,\"delta\":{delta},\
         \"finish_reason\":{finish_reason}}}]}}\n\n"
    )
}

#[test]
fn a_whole_stream_of_openai_becomes_the_reply() {
    let content = vec![
        ContentBlock::text("Ich lese beide – 📄."),
        call("call_a", "read_file", r#"{"path": "a.txt"}"#),
        call("call_b", "list", "{}"),
    ];
    let usage = Usage {
        input_tokens: 22,
        output_tokens: 300,
        cache_read_tokens: 1920,
        cache_write_tokens: 64,
    };
    let expected = Response::new(content, StopReason::ToolCalls).usage(usage);
    let deltas = vec![text("Ich lese "), text("beide – 📄.")];
    assert_eq!(reply(&openai::OPENAI, OPENAI), (Some(expected), deltas));
}

#[test]
fn a_whole_stream_of_mistral_becomes_the_reply() {
    let content = vec![
        thinking(
            "mistral",
            ThinkingBody::Open {
                text: "Two files, two calls.".to_owned(),
                signature: Some("c2ln".to_owned()),
            },
        ),
        ContentBlock::text("Ich lese beide."),
        call("D681PevKs", "read_file", r#"{"path": "a.txt"}"#),
        call(&made_of("3/7f0d/1"), "list", r#"{"depth": 1.50}"#),
    ];
    let usage = Usage {
        input_tokens: 94,
        output_tokens: 21,
        ..Usage::default()
    };
    let expected = Response::new(content, StopReason::ToolCalls).usage(usage);
    let deltas = vec![
        thought("Two files, "),
        thought("two calls."),
        text("Ich lese "),
        text("beide."),
    ];
    assert_eq!(reply(&mistral::DIALECT, MISTRAL), (Some(expected), deltas));
}

#[test]
fn a_whole_stream_of_litellm_becomes_the_reply() {
    let content = vec![
        thinking(
            "litellm",
            ThinkingBody::Open {
                text: "Let me see.".to_owned(),
                signature: Some("EqQB".to_owned()),
            },
        ),
        thinking(
            "litellm",
            ThinkingBody::Redacted {
                data: "Emwk".to_owned(),
            },
        ),
        ContentBlock::text("Yes."),
    ];
    let usage = Usage {
        input_tokens: 10,
        output_tokens: 7,
        cache_read_tokens: 60,
        cache_write_tokens: 30,
    };
    let expected = Response::new(content, StopReason::EndTurn).usage(usage);
    let deltas = vec![thought("Let me "), thought("see."), text("Yes.")];
    assert_eq!(reply(&litellm::DIALECT, LITELLM), (Some(expected), deltas));
}

fn both_files(
    signature: &str,
    ids: [&str; 2],
    more: impl IntoIterator<Item = ContentBlock>,
) -> Vec<ContentBlock> {
    let open = ThinkingBody::Open {
        text: "Both files, at once: “naïve” guesses help nobody. 🦀".to_owned(),
        signature: Some(signature.to_owned()),
    };
    let mut content = vec![thinking("litellm", open)];
    content.extend(more);
    content.extend([
        ContentBlock::text("I read both files first – “Cargo.toml” and “README.md”. 🦀"),
        call(ids[0], "read_file", r#"{"path":"Cargo.toml"}"#),
        call(ids[1], "read_file", r#"{"path":"README.md"}"#),
    ]);
    content
}

#[test]
fn pieces_of_thoughts_without_number_and_signature_become_one_signed_block() {
    let redacted = thinking(
        "litellm",
        ThinkingBody::Redacted {
            data: "b64+/opaque==".to_owned(),
        },
    );
    let content = both_files(
        "ErUB/d83b88008f94b21c+CkYIBRgC==",
        [
            "toolu_0115faFHFqd2KgCZQPcHcF9G",
            "toolu_01GEbqYJWwCklKRbUBeuH8jG",
        ],
        [redacted],
    );
    let usage = Usage {
        input_tokens: 120,
        output_tokens: 34,
        cache_read_tokens: 80,
        cache_write_tokens: 16,
    };
    let expected = Response::new(content, StopReason::ToolCalls).usage(usage);
    let (response, _) = reply(&litellm::DIALECT, LITELLM_ANTHROPIC);
    assert_eq!(response, Some(expected));
}

#[test]
fn pieces_of_thoughts_with_one_and_the_same_signature_become_one_block() {
    let content = both_files("mistral", ["KgCZQPcHc", "F9GGEbqYJ"], []);
    let usage = Usage {
        input_tokens: 136,
        output_tokens: 34,
        cache_read_tokens: 80,
        cache_write_tokens: 0,
    };
    let expected = Response::new(content, StopReason::ToolCalls).usage(usage);
    let (response, _) = reply(&litellm::DIALECT, LITELLM_MISTRAL);
    assert_eq!(response, Some(expected));
}

#[test]
fn a_stream_without_its_end_marker_is_never_a_reply() {
    for stream in [OPENAI, MISTRAL, LITELLM] {
        let cut = stream.trim_end().strip_suffix("data: [DONE]").unwrap();
        assert_eq!(reply(&openai::OPENAI, cut).0, None);
    }
    assert_eq!(reply(&openai::OPENAI, "data: [DONE]\n\n").0, None);
}

#[test]
fn thoughts_of_a_local_server_are_shown_and_not_kept() {
    let stream = chunk(r#"{"reasoning_content":"a"}"#, "null")
        + &chunk(r#"{"reasoning":"b"}"#, "null")
        + &chunk(r#"{"content":"c"}"#, "\"stop\"")
        + "data: [DONE]\n\n";
    let (response, deltas) = reply(&openai::OPENAI, &stream);
    assert_eq!(response, Some(Response::text("c")));
    assert_eq!(deltas, [thought("a"), thought("b"), text("c")]);
}

#[test]
fn a_refusal_is_text_and_a_reason_to_stop() {
    let stream = chunk(r#"{"refusal":"I can"}"#, "null")
        + &chunk(r#"{"refusal":"not."}"#, "\"stop\"")
        + "data: [DONE]\n\n";
    let expected = Response::text("I cannot.").stop_reason(StopReason::Refusal);
    assert_eq!(reply(&openai::OPENAI, &stream).0, Some(expected));
}

#[test]
fn calls_without_an_index_are_told_apart_by_their_ids() {
    let one = r#"{"id":"a","function":{"name":"f","arguments":"{\"x\""}}"#;
    let more = r#"{"function":{"arguments":":1}"}}"#;
    let two = r#"{"id":"b","function":{"name":"f","arguments":null}}"#;
    let stream = [one, more, two]
        .map(|call| chunk(&format!(r#"{{"tool_calls":[{call}]}}"#), "null"))
        .concat();
    let stream = stream + &chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n";
    let response = reply(&openai::OPENAI, &stream).0.unwrap();
    assert_eq!(
        response.content,
        [call("a", "f", r#"{"x":1}"#), call("b", "f", "{}")]
    );
}

#[test]
fn two_pieces_of_one_call_in_one_chunk_are_one_call() {
    let begin = r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}"#;
    let more = r#"{"index":0,"function":{"arguments":":1}"}}"#;
    let stream = chunk(&format!(r#"{{"tool_calls":[{begin},{more}]}}"#), "null");
    let stream = stream + &chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n";
    let response = reply(&openai::OPENAI, &stream).0.unwrap();
    assert_eq!(response.content, [call("a", "f", r#"{"x":1}"#)]);

    // Mistral's calls stand side by side, some without an id, and all with the same index.
    let one = r#"{"index":0,"id":"null","function":{"name":"f","arguments":"{}"}}"#;
    let stream = chunk(&format!(r#"{{"tool_calls":[{one},{one}]}}"#), "null");
    let stream = stream + &chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n";
    let response = reply(&mistral::DIALECT, &stream).0.unwrap();
    assert_eq!(response.content.len(), 2);
}

/// The names and arguments of calls whose pieces come in chunks of their own.
fn calls_of(pieces: &[&str]) -> Vec<(String, String)> {
    let chunks = pieces
        .iter()
        .map(|piece| chunk(&format!(r#"{{"tool_calls":[{piece}]}}"#), "null"));
    let stream = chunks.collect::<String>() + &chunk("{}", "\"tool_calls\"") + "data: [DONE]\n\n";
    let message = reply(&openai::OPENAI, &stream).0.unwrap().into_message();
    let calls = message.tool_calls();
    calls
        .map(|call| (call.name.clone(), call.arguments.as_str().to_owned()))
        .collect()
}

fn named(calls: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, arguments): &(&str, &str)| ((*name).to_owned(), (*arguments).to_owned());
    calls.iter().map(owned).collect()
}

#[test]
fn calls_without_ids_and_with_one_index_are_told_apart_by_their_names() {
    let whole = r#"{"index":0,"function":{"name":"f","arguments":"{\"x\":\"}\"}"}}"#;
    let arguments = r#"{"x":"}"}"#;
    assert_eq!(
        calls_of(&[whole, whole]),
        named(&[("f", arguments), ("f", arguments)])
    );
    let no_index = r#"{"function":{"name":"g","arguments":"{}"}}"#;
    assert_eq!(
        calls_of(&[no_index, no_index]),
        named(&[("g", "{}"), ("g", "{}")])
    );
    let f = r#"{"index":0,"function":{"name":"f","arguments":""}}"#;
    let g = r#"{"index":0,"function":{"name":"g","arguments":""}}"#;
    let more = r#"{"index":0,"function":{"arguments":"{\"y\":1}"}}"#;
    assert_eq!(
        calls_of(&[f, more, g, more, f, more]),
        named(&[
            ("f", r#"{"y":1}"#),
            ("g", r#"{"y":1}"#),
            ("f", r#"{"y":1}"#)
        ])
    );
}

#[test]
fn an_id_that_was_made_up_belongs_to_its_turn() {
    let piece = r#"{"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]}"#;
    let stream = chunk(piece, "\"tool_calls\"") + "data: [DONE]\n\n";
    let id_at = |turn| {
        let replayed = replay(ChatStream::new(&openai::OPENAI, turn), &stream).unwrap();
        let message = replayed.response.unwrap().into_message();
        message.tool_calls().next().unwrap().id.clone()
    };
    assert_ne!(id_at(1), id_at(3));
    assert_eq!(id_at(1), id_at(1));
}

#[test]
fn a_name_that_is_repeated_with_every_piece_begins_no_call() {
    let pieces = [
        r#"{"index":0,"function":{"name":"f","arguments":"{\"x\":{}"}}"#,
        r#"{"index":0,"function":{"name":"f","arguments":",\"y\":\"}"}}"#,
        r#"{"index":0,"function":{"name":"f","arguments":"\"}"}}"#,
    ];
    assert_eq!(calls_of(&pieces), named(&[("f", r#"{"x":{},"y":"}"}"#)]));
    let pieces = [
        r#"{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}"#,
        r#"{"index":0,"id":"a","function":{"name":"f","arguments":""}}"#,
        r#"{"index":0,"function":{"name":"f","arguments":""}}"#,
    ];
    assert_eq!(calls_of(&pieces), named(&[("f", "{}")]));
}

#[test]
fn a_thousand_blocks_are_the_most() {
    // Signed thoughts never grow, so each is a block of its own.
    let piece = |number: usize| {
        let block = format!(r#"{{"thinking":"a","signature":"{number}"}}"#);
        chunk(&format!(r#"{{"thinking_blocks":[{block}]}}"#), "null")
    };
    let stream_of = |count: usize| (0..count).map(piece).collect::<String>();
    let most = stream_of(1_000) + &chunk("{}", "\"stop\"") + "data: [DONE]\n\n";
    let response = reply(&litellm::DIALECT, &most).0.unwrap();
    assert_eq!(response.content.len(), 1_000);
    let outcome = replay(ChatStream::new(&litellm::DIALECT, TURN), &stream_of(1_001));
    assert!(matches!(outcome, Err(StreamFault::TooLarge(_))));
}

#[test]
fn every_finish_reason_has_its_meaning() {
    let cases = [
        ("stop", StopReason::EndTurn),
        ("tool_calls", StopReason::ToolCalls),
        ("function_call", StopReason::ToolCalls),
        ("length", StopReason::MaxTokens),
        ("content_filter", StopReason::Refusal),
        ("refusal", StopReason::Refusal),
        ("model_length", StopReason::ContextOverflow),
        ("new", StopReason::Other("new".to_owned())),
    ];
    for (reason, expected) in cases {
        let stream = chunk("{}", &format!("\"{reason}\"")) + "data: [DONE]\n\n";
        let response = reply(&mistral::DIALECT, &stream).0.unwrap();
        assert_eq!(response.stop_reason, expected);
    }
}

#[test]
fn an_error_in_the_stream_ends_it() {
    let streams = [
        "data: {\"error\":{\"message\":\"no\",\"type\":\"server_error\"}}\n\n".to_owned(),
        "data: {\"object\":\"error\",\"message\":\"no\",\"type\":\"x\"}\n\n".to_owned(),
        "event: error\ndata: {\"message\":\"no\"}\n\n".to_owned(),
        chunk("{}", "\"error\""),
    ];
    for stream in streams {
        let outcome = replay(ChatStream::new(&mistral::DIALECT, TURN), &stream);
        assert!(matches!(outcome, Err(StreamFault::Vendor(_))), "{stream}");
    }
}

#[test]
fn garbage_is_a_fault() {
    for data in ["{", "[]x", "{\"choices\":7}"] {
        let outcome = replay(
            ChatStream::new(&openai::OPENAI, TURN),
            &format!("data: {data}\n\n"),
        );
        assert!(matches!(outcome, Err(StreamFault::Json(_))), "{data}");
    }
}
