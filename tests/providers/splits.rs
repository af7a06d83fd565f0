//! However a stream is split, the reply is the same.

use agentwerk::chat::{ContentBlock, Response, StopReason, ThinkingBody, Usage};
use agentwerk::providers::SharedProvider;
use agentwerk_tests::asking::{ask, provider};
use agentwerk_tests::vendor::{Answer, Chunking, Format, Quirk, Reply, VendorServer};

use super::talk::{answered, question, two_calls};

const RANDOM_SPLITS: u64 = 1_000;

fn usage() -> Usage {
    Usage {
        input_tokens: 40,
        output_tokens: 30,
        cache_read_tokens: 1_000,
        cache_write_tokens: 0,
    }
}

/// One whole conversation: what was said, and what was handed on while it was said.
#[derive(Debug, PartialEq)]
struct Heard(Vec<(Response, String, String)>);

async fn hold(
    server: &VendorServer,
    provider: &SharedProvider,
    chunking: &Chunking,
    quirk: Option<Quirk>,
) -> Heard {
    let last = Reply::new()
        .thinking("Now I know.")
        .text("It means “artless”.");
    let mut request = question();
    let mut heard = Vec::new();
    for reply in [two_calls().usage(usage()), last] {
        let reply = quirk.into_iter().fold(reply, Reply::quirk);
        server.enqueue(Answer::reply(reply).chunking(chunking.clone()));
        let asked = ask(provider, &request).await;
        let (text, thinking) = (asked.text.clone(), asked.thinking.clone());
        let reply = asked
            .outcome
            .unwrap_or_else(|error| panic!("{:?}, {chunking:?}: {error:?}", server.format()));
        if reply.stop_reason == StopReason::ToolCalls {
            request = answered(&request, &reply);
        }
        heard.push((reply, text, thinking));
    }
    Heard(heard)
}

async fn splits_change_nothing(format: Format) {
    let server = VendorServer::start(format).await;
    let provider = provider(&server);
    for quirk in [None, Some(Quirk::CrLf)] {
        let whole = hold(&server, &provider, &Chunking::Whole, quirk).await;
        check_whole(format, &whole);
        for chunking in [Chunking::ByteByByte, Chunking::PerEvent] {
            let split = hold(&server, &provider, &chunking, quirk).await;
            assert_eq!(split, whole, "{format:?}, {chunking:?}, {quirk:?}");
        }
        for seed in 0..RANDOM_SPLITS / 2 {
            let split = hold(&server, &provider, &Chunking::Random { seed }, quirk).await;
            assert_eq!(split, whole, "{format:?}, seed {seed}, {quirk:?}");
        }
    }
}

/// The reply in one piece is what the model said.
fn check_whole(format: Format, heard: &Heard) {
    let (reply, text, thinking) = &heard.0[0];
    assert_eq!(text, "I look “naïve” up. 🦀🦀 \\ \"done\"\n");
    let thoughts = match format {
        Format::OpenAi => "",
        _ => "The word has a diaeresis: ï. I look it up.",
    };
    assert_eq!(thinking, thoughts);
    assert_eq!(reply.stop_reason, StopReason::ToolCalls);
    assert_eq!(reply.usage, usage());
    let mut blocks = reply.content.iter();
    if format != Format::OpenAi {
        let Some(ContentBlock::Thinking(block)) = blocks.next() else {
            panic!("{format:?} thinks first: {:?}", reply.content);
        };
        let ThinkingBody::Open { text, signature } = &block.body else {
            panic!("{format:?} thinks aloud: {block:?}");
        };
        assert_eq!(text, thoughts);
        assert_eq!(signature.is_some(), format != Format::Mistral);
    }
    assert_eq!(blocks.next(), Some(&ContentBlock::text(text.as_str())));
    let calls = blocks.map(|block| match block {
        ContentBlock::ToolCall(call) => (call.name.as_str(), call.arguments.as_str()),
        other => panic!("{format:?}: {other:?}"),
    });
    let arguments = "{\"word\": \"na\\u00efve 🦀\"}";
    let expected = [("look_up", arguments), ("count", "{}")];
    assert_eq!(calls.collect::<Vec<_>>(), expected);
    let (last, text, _) = &heard.0[1];
    assert_eq!(text, "It means “artless”.");
    assert_eq!(last.stop_reason, StopReason::EndTurn);
}

#[tokio::test]
async fn splits_change_nothing_of_an_anthropic_reply() {
    splits_change_nothing(Format::Anthropic).await;
}

#[tokio::test]
async fn splits_change_nothing_of_an_openai_reply() {
    splits_change_nothing(Format::OpenAi).await;
}

#[tokio::test]
async fn splits_change_nothing_of_a_mistral_reply() {
    splits_change_nothing(Format::Mistral).await;
}

#[tokio::test]
async fn splits_change_nothing_of_a_litellm_reply() {
    splits_change_nothing(Format::LiteLlm).await;
}
