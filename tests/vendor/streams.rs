use agentwerk_tests::vendor::{Answer, Chunking, Format, Quirk, Reply, VendorServer, sign};
use serde_json::Value;

use super::client::Call;

fn reply() -> Reply {
    Reply::new()
        .thinking("Let me look it up. äöü")
        .text("It is a word: “naïve” 🦀.")
        .tool_call("look_up", r#"{"word":"naïve"}"#)
        .tool_call("look_up", "")
}

/// The events of a stream, as a strict reader of server-sent events sees them.
fn events(text: &str) -> Vec<Value> {
    let text = text.replace("\r\n", "\n");
    assert!(text.ends_with("\n\n"), "the last event is complete");
    let blocks = text.trim_end().split("\n\n");
    let data = blocks.filter_map(|block| {
        let mut lines = block.lines();
        lines.find_map(|line| line.strip_prefix("data: "))
    });
    data.map(|data| match data {
        "[DONE]" => Value::from("[DONE]"),
        data => serde_json::from_str(data).expect("JSON"),
    })
    .collect()
}

/// All strings at a place, in a row.
fn joined(events: &[Value], pointer: &str) -> String {
    let pieces = events
        .iter()
        .filter_map(|event| event.pointer(pointer)?.as_str());
    pieces.collect()
}

async fn stream(server: &VendorServer, answer: impl Into<Answer>) -> String {
    server.enqueue(answer);
    let answer = Call::new(server).send(server).await;
    answer.text().await.expect("a whole body")
}

#[tokio::test]
async fn anthropic_streams_blocks_of_named_events() {
    let server = VendorServer::start(Format::Anthropic).await;
    let text = stream(&server, reply()).await;
    let events = events(&text);
    let named = text.lines().filter(|line| line.starts_with("event: "));
    assert_eq!(named.count(), events.len(), "every event has a name");
    assert_eq!(events[0]["type"], "message_start");
    assert_eq!(events[events.len() - 1]["type"], "message_stop");
    assert_eq!(joined(&events, "/delta/thinking"), "Let me look it up. äöü");
    assert_eq!(joined(&events, "/delta/text"), "It is a word: “naïve” 🦀.");
    assert_eq!(
        joined(&events, "/delta/partial_json"),
        r#"{"word":"naïve"}"#
    );
    assert_eq!(
        joined(&events, "/delta/signature"),
        sign("Let me look it up. äöü")
    );
    assert_eq!(joined(&events, "/delta/stop_reason"), "tool_use");
}

#[tokio::test]
async fn openai_streams_calls_by_index_and_counts_at_the_end() {
    let server = VendorServer::start(Format::OpenAi).await;
    let events = events(&stream(&server, reply()).await);
    assert_eq!(events[events.len() - 1], "[DONE]");
    let counts = &events[events.len() - 2];
    assert_eq!(counts["choices"], serde_json::json!([]));
    assert_eq!(counts["usage"]["prompt_tokens"], 25);
    assert!(events[0]["obfuscation"].is_string());
    let content = joined(&events, "/choices/0/delta/content");
    assert_eq!(content, "It is a word: “naïve” 🦀.");
    let arguments = joined(&events, "/choices/0/delta/tool_calls/0/function/arguments");
    assert_eq!(arguments, r#"{"word":"naïve"}"#);
    assert_eq!(joined(&events, "/choices/0/finish_reason"), "tool_calls");
}

#[tokio::test]
async fn mistral_streams_typed_thoughts_and_whole_calls() {
    let server = VendorServer::start(Format::Mistral).await;
    let events = events(&stream(&server, reply().quirk(Quirk::ArgumentsAsObject)).await);
    assert_eq!(events[events.len() - 1], "[DONE]");
    let thoughts = joined(&events, "/choices/0/delta/content/0/thinking/0/text");
    assert_eq!(thoughts, "Let me look it up. äöü");
    let calls = &events[events.len() - 2]["choices"][0]["delta"]["tool_calls"];
    assert_eq!(calls[0]["function"]["arguments"]["word"], "naïve");
    assert_eq!(calls[1]["function"]["arguments"], "");
    let ids = [&calls[0]["id"], &calls[1]["id"]].map(|id| id.as_str().map_or(0, str::len));
    assert_eq!(ids, [9, 9]);
}

#[tokio::test]
async fn litellm_relays_thoughts_beside_the_text() {
    let server = VendorServer::start(Format::LiteLlm).await;
    let signed = "/choices/0/delta/thinking_blocks/0";
    let forms = [
        (Quirk::CrLf, 5),
        (Quirk::UnnumberedThinking, 5),
        (Quirk::WholeThinking, 1),
        (Quirk::UnsignedThinking, 0),
    ];
    for (quirk, blocks) in forms {
        let events = events(&stream(&server, reply().quirk(quirk)).await);
        let thoughts = joined(&events, "/choices/0/delta/reasoning_content");
        assert_eq!(thoughts, "Let me look it up. äöü");
        let signature = joined(&events, &format!("{signed}/signature"));
        let expected = sign("Let me look it up. äöü");
        assert_eq!(signature, if blocks == 0 { "" } else { &expected });
        let found = events
            .iter()
            .filter(|event| event.pointer(signed).is_some());
        assert_eq!(found.count(), blocks);
    }
}

#[tokio::test]
async fn chunks_change_where_a_stream_is_split_and_nothing_else() {
    for format in Format::ALL {
        let server = VendorServer::start(format).await;
        let whole = stream(&server, Answer::reply(reply()).chunking(Chunking::Whole)).await;
        let random = (0..20).map(|seed| Chunking::Random { seed });
        let others = [Chunking::PerEvent, Chunking::Sizes(vec![1, 2, 3, 500])];
        for chunking in random.chain(others) {
            let split = stream(&server, Answer::reply(reply()).chunking(chunking.clone())).await;
            assert_eq!(split, whole, "{format:?}, {chunking:?}");
        }
    }
}

#[tokio::test]
async fn byte_by_byte_means_one_byte_at_a_time() {
    let server = VendorServer::start(Format::OpenAi).await;
    server.enqueue(Answer::reply(Reply::new().text("hi")).chunking(Chunking::ByteByByte));
    let mut answer = Call::new(&server).send(&server).await;
    let mut chunks = 0;
    while let Some(chunk) = answer.chunk().await.expect("a whole body") {
        assert_eq!(chunk.len(), 1);
        chunks += 1;
    }
    assert!(chunks > 100, "{chunks} chunks");
}

#[tokio::test]
async fn answers_follow_the_queue_and_then_the_function() {
    let server = VendorServer::start(Format::Mistral).await;
    server.respond_with(|request| Reply::new().text(request.method.as_str()).into());
    let first = stream(&server, Reply::new().text("queued")).await;
    assert_eq!(
        joined(&events(&first), "/choices/0/delta/content"),
        "queued"
    );
    let second = Call::new(&server).send(&server).await;
    let second = second.text().await.expect("a whole body");
    assert_eq!(joined(&events(&second), "/choices/0/delta/content"), "POST");
    assert_eq!(server.requests().len(), 2);
}
