//! Servers of one format differ, and the reply is the same.

use agentwerk::chat::{ContentBlock, Response, StopReason, Usage};
use agentwerk_tests::vendor::{Answer, Format, Incident, Quirk, Reply};

use super::errors::{asked, hello};
use super::talk::two_calls;

/// Names and arguments of the calls in a reply.
fn calls(reply: Response) -> Vec<(String, String)> {
    let message = reply.into_message();
    let calls = message.tool_calls();
    calls
        .map(|call| (call.name.clone(), call.arguments.as_str().to_owned()))
        .collect()
}

#[tokio::test]
async fn calls_are_read_in_every_form() {
    let arguments = r#"{"word":"naïve"}"#;
    let reply = Reply::new()
        .tool_call("look_up", arguments)
        .tool_call("count", "{}");
    let expected = vec![
        ("look_up".to_owned(), arguments.to_owned()),
        ("count".to_owned(), "{}".to_owned()),
    ];
    for (format, quirk) in [
        (Format::Mistral, Quirk::ArgumentsAsObject),
        (Format::Mistral, Quirk::FragmentedArguments),
        (Format::Mistral, Quirk::NoIndex),
        (Format::Mistral, Quirk::NullIds),
        (Format::LiteLlm, Quirk::StopDespiteCalls),
    ] {
        let asked = asked(format, reply.clone().quirk(quirk).into()).await;
        let reply = asked.reply();
        assert_eq!(reply.stop_reason, StopReason::ToolCalls, "{quirk:?}");
        assert_eq!(calls(reply), expected, "{quirk:?}");
    }
}

#[tokio::test]
async fn typed_text_is_text() {
    let asked = asked(Format::Mistral, hello().quirk(Quirk::TypedContent).into()).await;
    assert_eq!(asked.text, "hello world");
    assert_eq!(asked.reply().content, [ContentBlock::text("hello world")]);
}

#[tokio::test]
async fn a_refusal_keeps_its_words() {
    let asked = asked(Format::OpenAi, hello().quirk(Quirk::TextIsRefusal).into()).await;
    let reply = asked.reply();
    assert_eq!(reply.stop_reason, StopReason::Refusal);
    assert_eq!(reply.into_message().text(), "hello world");
}

#[tokio::test]
async fn thoughts_of_a_proxy_are_the_same_in_every_form() {
    let two_blocks = Reply::new()
        .thinking("First this.")
        .redacted("opaque")
        .thinking("First this. Then that.")
        .text("Done.");
    for reply in [two_calls(), two_blocks] {
        let new = asked(Format::LiteLlm, reply.clone().into()).await;
        let (thinking, response) = (new.thinking.clone(), new.reply());
        for quirk in [Quirk::UnnumberedThinking, Quirk::WholeThinking] {
            let old = asked(Format::LiteLlm, reply.clone().quirk(quirk).into()).await;
            assert_eq!(old.thinking, thinking, "{quirk:?}");
            assert_eq!(old.reply(), response, "{quirk:?}");
        }
    }
    let unsigned = two_calls().quirk(Quirk::UnsignedThinking);
    let unsigned = asked(Format::LiteLlm, unsigned.into()).await;
    assert_eq!(
        unsigned.thinking,
        "The word has a diaeresis: ï. I look it up."
    );
}

#[tokio::test]
async fn a_reply_without_counts_counts_as_nothing() {
    for format in Format::ALL {
        let asked = asked(format, hello().quirk(Quirk::NoUsage).into()).await;
        assert_eq!(asked.reply().usage, Usage::default(), "{format:?}");
    }
}

#[tokio::test]
async fn cached_tokens_are_counted_once() {
    let usage = Usage {
        input_tokens: 10,
        output_tokens: 5,
        cache_read_tokens: 200,
        cache_write_tokens: 3_000,
    };
    for format in [Format::Anthropic, Format::LiteLlm] {
        let asked = asked(format, hello().usage(usage).into()).await;
        assert_eq!(asked.reply().usage, usage, "{format:?}");
    }
}

#[tokio::test]
async fn every_reason_to_stop_has_a_word_of_ours() {
    use StopReason::{ContextOverflow, EndTurn, MaxTokens, Pause, Refusal, StopSequence};
    let other = StopReason::Other("novel_reason".to_owned());
    let anthropic = [
        EndTurn,
        MaxTokens,
        StopSequence,
        Pause,
        Refusal,
        ContextOverflow,
        other.clone(),
    ];
    for reason in anthropic {
        let asked = asked(
            Format::Anthropic,
            hello().stop_reason(reason.clone()).into(),
        )
        .await;
        assert_eq!(asked.reply().stop_reason, reason);
    }
    for format in [Format::OpenAi, Format::Mistral, Format::LiteLlm] {
        for reason in [EndTurn, MaxTokens, Refusal, other.clone()] {
            let asked = asked(format, hello().stop_reason(reason.clone()).into()).await;
            assert_eq!(asked.reply().stop_reason, reason, "{format:?}");
        }
    }
    let full = hello().stop_reason(ContextOverflow);
    let asked = asked(Format::Mistral, full.into()).await;
    assert_eq!(asked.reply().stop_reason, ContextOverflow);
}

#[tokio::test]
async fn keep_alives_and_unknown_events_are_skipped() {
    for format in Format::ALL {
        let unknown = match format {
            Format::Anthropic => Incident::Event {
                name: Some("novelty"),
                data: r#"{"type":"novelty","index":7}"#.to_owned(),
            },
            _ => Incident::data(r#"{"id":"x","object":"novelty","choices":[],"extra":{}}"#),
        };
        let answer = Answer::reply(hello())
            .after(0, Incident::Comments(3))
            .after(1, Incident::Pings(2))
            .after(3, unknown)
            .after(3, Incident::Comments(1));
        let asked = asked(format, answer).await;
        assert_eq!(asked.text, "hello world", "{format:?}");
        assert_eq!(asked.reply().content, [ContentBlock::text("hello world")]);
    }
}
